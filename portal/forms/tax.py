"""What a payee says of its taxes, and the texts of the mandate that finance writes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from affiliates.models import LegalForm, VatRegime
from affiliates.services.mandates import LONGEST, SHORTEST
from payouts.domain.calendar import day_start
from portal.countries import FIRST, country_choices
from portal.formats import PARIS


class TaxForm(forms.Form):
    """The tax profile. What cannot be true is said by the rules; what is missing may wait."""

    legal_form = forms.ChoiceField(
        label=gettext_lazy("Legal form"), choices=LegalForm.choices, widget=forms.RadioSelect
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country of the business"),
        initial=FIRST,
        help_text=gettext_lazy("Where it is registered. It decides which VAT regimes there are."),
    )
    vat_regime = forms.ChoiceField(
        label=gettext_lazy("VAT regime"),
        choices=VatRegime.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Most micro-entreprises are below the threshold. Your invoices say what you choose."
        ),
    )
    legal_name = forms.CharField(
        label=gettext_lazy("Registered name"),
        max_length=120,
        help_text=gettext_lazy("As on the registration: your own name for a sole trader."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Street and number"),
        max_length=140,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postcode = forms.CharField(
        label=gettext_lazy("Postcode"),
        max_length=16,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    town = forms.CharField(
        label=gettext_lazy("Town"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    siret = forms.CharField(
        label=gettext_lazy("SIRET"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("French businesses: 14 digits, of the establishment that invoices."),
    )
    siren = forms.CharField(
        label=gettext_lazy("SIREN"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("9 digits. Need not be typed: the SIRET begins with it."),
    )
    vat_number = forms.CharField(
        label=gettext_lazy("VAT number"),
        max_length=20,
        required=False,
        help_text=gettext_lazy(
            "With the letters of the country. We ask the European register whether it is valid."
        ),
    )
    registration = forms.CharField(
        label=gettext_lazy("Registration number"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Businesses outside the European Union, and in Monaco."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]


class MandateTextForm(forms.Form):
    """Another version of the mandate, in both languages."""

    text_fr = forms.CharField(
        label=gettext_lazy("French text"),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 16, "lang": "fr"}),
        help_text=gettext_lazy(
            "This one prevails. Say within how many days an invoice is contested."
        ),
    )
    text_en = forms.CharField(
        label=gettext_lazy("English text"),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 16, "lang": "en"}),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("From this day on every payee is asked to accept it."),
    )

    def begins_at(self, now: datetime) -> datetime:
        """Return the beginning of the first day in Paris; today begins now."""
        day: date = self.cleaned_data["valid_from"]
        if day == now.astimezone(PARIS).date():
            return now
        return day_start(day)
