from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.domain.eligibility import NAME_LENGTH, PITCH_LENGTH
from affiliates.models import AffiliateKind, LegalForm
from portal.countries import FIRST, country_choices

MOST_SITES = 10

CHANNELS: dict[str, Promise] = {
    "site": gettext_lazy("Site or blog"),
    "newsletter": gettext_lazy("Newsletter"),
    "instagram": gettext_lazy("Instagram"),
    "tiktok": gettext_lazy("TikTok"),
    "youtube": gettext_lazy("YouTube"),
    "pinterest": gettext_lazy("Pinterest"),
    "podcast": gettext_lazy("Podcast"),
    "store": gettext_lazy("In the store"),
}
METHODS: dict[str, Promise] = {
    "content": gettext_lazy("Articles and guides"),
    "social": gettext_lazy("Posts and stories"),
    "newsletter": gettext_lazy("Newsletter"),
    "comparison": gettext_lazy("Price comparison"),
    "paid_search": gettext_lazy("Paid search"),
    "promo_codes": gettext_lazy("Promo codes"),
    "cashback": gettext_lazy("Cashback"),
    "extension": gettext_lazy("Browser extension"),
}


def words_of(codes: Iterable[str], labels: Mapping[str, Promise]) -> str:
    """Return the labels of ``codes``, joined by commas; an unknown code stands for itself."""
    return ", ".join(str(labels.get(code, code)) for code in codes)


class ApplicationForm(forms.Form):
    """The request to join. Employees name their store, the others a legal form and their sites."""

    kind = forms.ChoiceField(
        label=gettext_lazy("You are"), choices=AffiliateKind.choices, widget=forms.RadioSelect
    )
    name = forms.CharField(
        label=gettext_lazy("Name you are known by"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("Of your site, your account, or yourself."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), initial=FIRST)
    legal_form = forms.ChoiceField(
        label=gettext_lazy("Legal form"),
        choices=LegalForm.choices,
        widget=forms.RadioSelect,
    )
    store = forms.CharField(label=gettext_lazy("Your store"), max_length=80)
    staff_number = forms.CharField(
        label=gettext_lazy("Your staff number"),
        max_length=40,
        help_text=gettext_lazy("It is on your payslip, where your commissions will be too."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Where you speak to people"),
        choices=list(CHANNELS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    sites = forms.CharField(
        label=gettext_lazy("Addresses of your sites and profiles"),
        max_length=4_000,
        help_text=gettext_lazy("One on each line, at most ten. Optional for store employees."),
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "https://", "spellcheck": "false"}),
    )
    methods = forms.MultipleChoiceField(
        label=gettext_lazy("How you would promote the shop"),
        choices=list(METHODS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    pitch = forms.CharField(
        label=gettext_lazy("What you would do, in your own words"),
        max_length=PITCH_LENGTH,
        required=False,
        help_text=gettext_lazy("At most 600 characters. It helps us answer sooner."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    accept = forms.BooleanField(
        label=gettext_lazy("I have read the programme page and accept its terms"),
        error_messages={"required": gettext_lazy("Accept the terms to send your application.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]
        if self.is_bound:
            is_employee = self.data.get("kind") == AffiliateKind.EMPLOYEE
            for name in ("legal_form", "sites") if is_employee else ("store", "staff_number"):
                self.fields[name].required = False

    def clean_sites(self) -> list[str]:
        """Return one address per line that is not empty, with ``https://`` where none was given."""
        lines = [line.strip() for line in self.cleaned_data["sites"].splitlines() if line.strip()]
        if len(lines) > MOST_SITES:
            raise ValidationError(_("At most ten addresses: keep the most important ones."))
        sites = [line if "://" in line else f"https://{line}" for line in lines]
        for site in sites:
            try:
                URLValidator(schemes=["http", "https"])(site)
            except ValidationError as error:
                raise ValidationError(
                    _("“%(site)s” is not an address."), params={"site": site}
                ) from error
        return sites

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") == AffiliateKind.EMPLOYEE:
            cleaned["legal_form"] = LegalForm.INDIVIDUAL
        else:
            cleaned["store"] = cleaned["staff_number"] = ""
        return cleaned
