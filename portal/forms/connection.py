"""What is entered to connect a shop with a platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy

from shop.connectors.contract import Connector
from shop.models import Connection, Shop

_PREFIX = "entered_"
_KEPT = gettext_lazy("Kept, and never shown. Leave it empty to keep it.")


class ConnectionForm(forms.Form):
    """A connection: what every platform needs, and what this one asks for."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    address = forms.CharField(
        label=gettext_lazy("Address of the shop's API"),
        max_length=300,
        required=False,
        validators=[URLValidator(schemes=["https", "http", "sftp"])],
        help_text=gettext_lazy("As the steps say; empty if nothing is to be asked."),
    )
    timezone = forms.ChoiceField(
        label=gettext_lazy("The shop's time zone"),
        help_text=gettext_lazy("For platforms that send local times."),
    )
    silent_hours = forms.IntegerField(
        label=gettext_lazy("Tell us after so many hours of silence"),
        min_value=1,
        max_value=24 * 30,
        initial=24,
    )

    def __init__(
        self, platform: Connector, *args: Any, row: Connection | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if "shop" in self.fields and Shop.objects.count() == 1:
            self.initial.setdefault("shop", Shop.objects.get())
        zones: Any = self.fields["timezone"]
        zones.choices = [(name, name) for name in sorted(available_timezones()) if "/" in name]
        zones.initial = "Europe/Paris"
        kept = row.entered if row is not None else {}
        for one in platform.fields:
            is_kept = one.is_secret and bool(kept.get(one.name))
            self.fields[f"{_PREFIX}{one.name}"] = forms.CharField(
                label=str(one.label),
                help_text=_KEPT if is_kept else str(one.help),
                required=one.is_required and not is_kept,
                widget=_widget(one.name, is_secret=one.is_secret),
                max_length=20_000,
                strip=True,
            )
        if row is not None:
            self.initial = {
                "name": row.name,
                "address": row.address,
                "timezone": row.timezone,
                "silent_hours": row.silent_hours,
                **{f"{_PREFIX}{name}": text for name, text in row.options.items()},
            }

    @property
    def entered(self) -> Mapping[str, str]:
        """What the platform's own fields hold. After ``is_valid``."""
        return {
            name.removeprefix(_PREFIX): text
            for name, text in self.cleaned_data.items()
            if name.startswith(_PREFIX)
        }


class NewConnectionForm(ConnectionForm):
    """The same for a connection that is made: of which shop, and under which code."""

    shop = forms.ModelChoiceField(
        label=gettext_lazy("Shop"), queryset=Shop.objects.order_by("name")
    )
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("The last part of the address that the platform sends to."),
    )
    field_order = ("shop", "name", "code", "address")


class SecretForm(forms.Form):
    """The secret that the platform made itself."""

    secret = forms.CharField(
        label=gettext_lazy("Secret of the platform"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
    )


def _widget(name: str, *, is_secret: bool) -> forms.Widget:
    if not is_secret:
        return forms.TextInput()
    if "key" in name and "private" in name:
        return forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    return forms.PasswordInput(attrs={"autocomplete": "new-password"})
