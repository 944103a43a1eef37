"""What is entered for a webhook or a postback."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy

from affiliates.domain.event_types import Audience, types_for
from affiliates.domain.postbacks import MACROS
from affiliates.models import Endpoint
from affiliates.services.endpoints import NAME_LENGTH, URL_LENGTH
from portal.webhook_language import GROUPS

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class EndpointForm(forms.Form):
    """An address, and what it is told. ``groups`` are the fields of its events, one per group."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("For you: the system that listens."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    url = forms.CharField(label=gettext_lazy("Address"), max_length=URL_LENGTH)
    method = forms.ChoiceField(
        label=gettext_lazy("How it is called"),
        choices=[("GET", "GET"), ("POST", "POST")],
        initial="GET",
        widget=forms.RadioSelect,
        help_text=gettext_lazy("As your tracker says; most want GET."),
    )

    def __init__(
        self,
        *args: Any,
        audience: Audience,
        is_postback: bool,
        row: Endpoint | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.is_postback = is_postback
        self.fields["url"].widget = forms.URLInput(
            attrs={**_PLAIN, "placeholder": "https://"}
        ) if not is_postback else forms.Textarea(attrs={**_PLAIN, "rows": 3})  # fmt: skip
        self.fields["url"].help_text = _POSTBACK_HELP if is_postback else _WEBHOOK_HELP
        if not is_postback:
            del self.fields["method"]
        allowed = set(types_for(audience))
        self.groups: list[str] = []
        for number, (label, events) in enumerate(GROUPS):
            choices = [(name, words) for name, words in events.items() if name in allowed]
            if choices:
                self.groups.append(f"events_{number}")
                self.fields[f"events_{number}"] = forms.MultipleChoiceField(
                    label=label, choices=choices, required=False,
                    widget=forms.CheckboxSelectMultiple,
                )  # fmt: skip
        if row is not None:
            self.initial = {"name": row.name, "url": row.url, "method": row.method}
            self._choose(set(row.subscriptions.values_list("type", flat=True)))
        elif self.groups and not self.is_bound:
            self.initial[self.groups[0]] = [name for name, _words in self._choices(self.groups[0])]

    def _choices(self, group: str) -> list[tuple[str, str]]:
        field: Any = self.fields[group]
        return list(field.choices)

    def _choose(self, types: set[str]) -> None:
        for group in self.groups:
            self.initial[group] = [name for name, _w in self._choices(group) if name in types]

    def clean(self) -> dict[str, Any]:
        """Gather the events of all groups under ``types``."""
        found: dict[str, Any] = super().clean() or {}
        found["types"] = [name for group in self.groups for name in found.get(group, ())]
        return found


class ResendForm(forms.Form):
    """Since which day what failed is sent again."""

    since = forms.DateField(
        label=gettext_lazy("What failed since"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


_WEBHOOK_HELP = gettext_lazy("We post JSON to it. It begins with https:// and is public.")
_POSTBACK_HELP = lazystr(
    "https://tracker.example/conversion?cid={sub1}&sum={commission}&id={event_id}"
)
MACRO_NAMES = tuple(f"{{{name}}}" for name in MACROS)
