"""What managers write into contracts and gifts, and what an influencer signs with."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from core.money import Money
from influencers.models import Contract
from influencers.services.contracts import Agreed
from payouts.queries.influencer_years import influencers
from portal.forms.staff import REASON_LENGTH
from portal.forms.terms_rule import day_field, major, money_field

CURRENCY = "EUR"
LONGEST = 4_000
VALUE = "in_kind_value"
_SHORT = {"rows": 2}


def _words(label: Any, help_text: Any = "", **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        **options,
    )


def _influencer_field() -> forms.ModelChoiceField[Any]:
    return forms.ModelChoiceField(
        label=gettext_lazy("Influencer"),
        queryset=influencers().none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("Choose"),
    )


class AgreedForm(forms.Form):
    """What the parties agree on: everything that the law asks for has its field."""

    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=80,
        help_text=gettext_lazy("What is promoted: a collection, a season, the brand."),
    )
    missions = _words(gettext_lazy("Missions"), gettext_lazy("What the influencer makes and when."))
    pay = _words(
        gettext_lazy("Pay"),
        gettext_lazy("Amounts, or how they are computed, and when they are paid."),
    )
    in_kind = _words(
        gettext_lazy("Benefits in kind"),
        gettext_lazy("What is given, and on which terms. Empty: nothing."),
        required=False,
    )
    in_kind_value = money_field(gettext_lazy("Value of the benefits, excluding VAT (EUR)"))
    rights = _words(
        gettext_lazy("Rights of use"),
        gettext_lazy("On which media, where and for how long the pictures and texts are used."),
    )
    exclusivity = _words(gettext_lazy("Exclusivity"), gettext_lazy("Empty: none."), required=False)
    territory = forms.CharField(label=gettext_lazy("Territory"), max_length=140)
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = day_field(
        gettext_lazy("Last day"), help_text=gettext_lazy("Empty: for an indefinite time.")
    )
    renews = forms.BooleanField(
        label=gettext_lazy("It goes on after its last day until somebody ends it"), required=False
    )
    notice_days = forms.IntegerField(
        label=gettext_lazy("Notice, in days"), min_value=0, max_value=365, initial=30
    )
    house_email = forms.EmailField(
        label=gettext_lazy("Our e-mail address in the contract"), max_length=254
    )

    def agreed(self) -> Agreed:
        """Return what was typed as the service names it."""
        typed = self.cleaned_data
        value = typed[VALUE]
        named = {name: typed[name] for name in Agreed.__dataclass_fields__ if name in typed}
        minor = Money.from_decimal(value, CURRENCY).minor if value is not None else 0
        return Agreed(**named, in_kind_minor=minor)


class ContractForm(AgreedForm):
    """Another contract. ``key`` makes a form that is sent twice one contract."""

    key = forms.UUIDField(widget=forms.HiddenInput())
    affiliate = _influencer_field()

    field_order = ["key", "affiliate"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        address = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")
        first = {"key": uuid4(), "house_email": address}
        kwargs["initial"] = {**first, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["affiliate"].queryset = influencers()  # type: ignore[attr-defined]


def initial_of(contract: Contract) -> dict[str, Any]:
    """Return what a draft says, for its form."""
    named = {name: getattr(contract, name) for name in AgreedForm.base_fields if name != VALUE}
    return {**named, VALUE: major(contract.in_kind_minor, CURRENCY)}


class GiftForm(forms.Form):
    """Something given. ``key`` makes a form that is sent twice one gift."""

    key = forms.UUIDField(widget=forms.HiddenInput())
    affiliate = _influencer_field()
    what = forms.CharField(label=gettext_lazy("What was given"), max_length=140)
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=80,
        help_text=gettext_lazy("What it is to promote, in the words of the contract."),
    )
    value = forms.DecimalField(
        label=gettext_lazy("Value excluding VAT (EUR)"),
        max_digits=12,
        decimal_places=2,
        min_value=0,
        help_text=gettext_lazy("The price in the shop without VAT, not what it costs us."),
    )
    given_on = forms.DateField(
        label=gettext_lazy("Given on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["affiliate"].queryset = influencers()  # type: ignore[attr-defined]

    def value_given(self) -> Money:
        """Return the value, excluding VAT."""
        return Money.from_decimal(self.cleaned_data["value"], CURRENCY)


class EndForm(forms.Form):
    """The last day of a signed contract, and why."""

    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, shown to the influencer"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs=_SHORT),
    )


class SignForm(forms.Form):
    """A tick and a name stand for a signature. What was read travels with them."""

    language = forms.CharField(widget=forms.HiddenInput(), max_length=2)
    shown_sha256 = forms.CharField(widget=forms.HiddenInput(), max_length=64)
    name = forms.CharField(
        label=gettext_lazy("Your first and last name"),
        max_length=120,
        help_text=gettext_lazy("It stands for your signature."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    accepts = forms.BooleanField(
        label=gettext_lazy("I have read the contract and agree to it."),
        error_messages={"required": gettext_lazy("Tick it to sign the contract.")},
    )
