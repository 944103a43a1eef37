"""Whom people invite by mail."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class InvitedForm(forms.Form):
    """The address that is asked to join."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the address that is invited.")},
    )
