"""What managers type about the names of the shop and the domains that imitate them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from fraud.services.watch import NAME_LENGTH


class NameForm(forms.Form):
    """A name to watch."""

    name = forms.CharField(
        label=gettext_lazy("Name or domain"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("As visitors write it: CCV Mode, or ccv-mode.fr."),
    )


class HostForm(forms.Form):
    """A domain that somebody came across."""

    host = forms.CharField(
        label=gettext_lazy("Domain"),
        max_length=253,
        help_text=gettext_lazy("It is looked at within minutes."),
    )
