from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.domain import bank
from affiliates.services.payees import NAME_LENGTH, TOWN_LENGTH
from portal.countries import FIRST, country_choices


class PayeeForm(forms.Form):
    """Where to pay to. The IBAN is checked here so that its error stands beside it."""

    legal_name = forms.CharField(
        label=gettext_lazy("Legal name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("Of the account's holder, as the bank writes it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    iban = forms.CharField(
        label=gettext_lazy("IBAN"),
        max_length=50,
        help_text=gettext_lazy("Spaces do not matter. It is encrypted; we show its last four."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    country = forms.ChoiceField(label=gettext_lazy("Country you live in"), initial=FIRST)
    town = forms.CharField(
        label=gettext_lazy("Town"),
        max_length=TOWN_LENGTH,
        required=False,
        help_text=gettext_lazy("Banks outside the European Economic Area ask for it."),
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]

    def clean_iban(self) -> str:
        """Return the IBAN in capitals without blanks."""
        try:
            return bank.normalized_iban(self.cleaned_data["iban"])
        except bank.InvalidIban as refusal:
            raise ValidationError(_("This IBAN is not valid: check every character.")) from refusal
