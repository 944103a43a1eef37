"""What a person types to make a key of the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.api_keys import NAME_LENGTH
from core.models import Scope

_LIVES = [
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("One year")),
    ("730", _("Two years, which is the longest")),
]


class ApiKeyForm(forms.Form):
    """A new key: its name, what it may be used for, how long it lives."""

    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        help_text=_("The program that uses it. For example: newsletter."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.ChoiceField(
        label=_("It ends after"),
        choices=_LIVES,
        initial="365",
        help_text=_("A key always ends. Make the next one in time."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        help_text=_("As little as the program needs."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the key may be used for.")},
    )

    def __init__(self, *args: Any, scopes: Iterable[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope.value, f"{scope.label} ({scope.value})") for scope in scopes
        ]

    def expires_at(self, now: datetime) -> datetime:
        """Return when the key ends."""
        return now + timedelta(days=int(self.cleaned_data["days"]))


class WhichKeyForm(forms.Form):
    """The key that a dialog is about."""

    key = forms.UUIDField(widget=forms.HiddenInput)
