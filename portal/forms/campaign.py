"""What managers type about campaigns, parts, deliveries and parcels."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from influencers.domain.campaign import Piece
from influencers.models import Campaign, DeliverableKind, Disclosure, Pool, Scope
from influencers.services.campaigns import CURRENCY, MOST_OF_ONE, MOST_PIECES, Plan
from portal.forms.terms_rule import major, minor, money_field, names_field, split_skus
from shop.models import Product

SHORT = 300
_MONEY = ("fee", "bonus", "budget", "gift_most")
_BLANK_PIECES = 3


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget)


def _words(label: Any, most: int, rows: int, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, widget=widget, **options)


class CampaignForm(forms.Form):
    """A campaign but for what is delivered. ``key``: sent twice, it is one campaign."""

    key = forms.UUIDField(widget=forms.HiddenInput())
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=80,
        help_text=gettext_lazy("What is promoted: a collection, a season. Contracts count by it."),
    )
    brief = _words(gettext_lazy("Brief"), 4_000, 6)
    do = _words(gettext_lazy("Do"), 2_000, 3, required=False)
    dont = _words(gettext_lazy("Don't"), 2_000, 3, required=False)
    disclosure = forms.ChoiceField(
        label=gettext_lazy("How it is marked as advertising"),
        choices=Disclosure.choices,
        widget=forms.RadioSelect,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Rights to the pictures"),
        choices=Scope.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    rights_months = forms.IntegerField(
        label=gettext_lazy("For how many months from publication"),
        min_value=1,
        max_value=120,
        initial=12,
    )
    fee = money_field(gettext_lazy("Fee for each creator (EUR)"))
    bonus = money_field(gettext_lazy("Bonus for the best (EUR)"))
    bonus_for = forms.CharField(
        label=gettext_lazy("What the bonus is given for"), max_length=200, required=False
    )
    budget = money_field(
        gettext_lazy("Budget (EUR)"),
        required=True,
        help_text=gettext_lazy("Fees, bonuses and gifts excluding VAT together."),
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("How many creators take part"), min_value=1, max_value=10_000
    )
    products = names_field(
        gettext_lazy("Products to choose from (SKU)"),
        gettext_lazy("Paste a list. Creators choose among all sizes of these. Empty: no gifts."),
    )
    gift_most_items = forms.IntegerField(
        label=gettext_lazy("Items for each creator at most"),
        min_value=0,
        max_value=50,
        required=False,
    )
    gift_most = money_field(gettext_lazy("Their value for each creator, excluding VAT (EUR)"))
    is_open_to_apply = forms.BooleanField(
        label=gettext_lazy("Creators can apply by themselves"), required=False
    )
    pool = forms.ModelChoiceField(
        label=gettext_lazy("Pool"),
        queryset=Pool.objects.none(),
        required=False,
        empty_label=gettext_lazy("All creators"),
        help_text=gettext_lazy("Only its members see the campaign and apply."),
    )
    starts_on = _day(gettext_lazy("First day"))
    apply_until = _day(gettext_lazy("Creators answer until"))
    ends_on = _day(gettext_lazy("Last day"), gettext_lazy("Nothing is due after it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["pool"].queryset = Pool.objects.filter(closed_at__isnull=True)  # type: ignore[attr-defined]

    def clean_products(self) -> list[int]:
        """Return the ids of the products.

        :raises ValidationError: for SKUs that no shop has.
        """
        wanted = set(split_skus(self.cleaned_data["products"].replace("\0", "")))
        found = dict(Product.objects.filter(sku__in=wanted).values_list("pk", "sku"))
        unknown = sorted(wanted - set(found.values()))
        if unknown:
            raise forms.ValidationError(
                _("No shop has these: %(skus)s") % {"skus": ", ".join(unknown[:10])}
            )
        return list(found)

    def plan(self, pieces: tuple[Piece, ...]) -> Plan:
        """Return what was typed as the service names it."""
        typed = self.cleaned_data
        amounts = {f"{name}_minor": minor(typed[name], CURRENCY) or 0 for name in _MONEY}
        named = {name: typed[name] for name in Plan.__dataclass_fields__ if name in typed}
        chosen = {
            "scopes": tuple(typed["scopes"]),
            "gift_most_items": typed["gift_most_items"] or 0,
            "product_ids": tuple(typed["products"]),
            "pool_id": typed["pool"].pk if typed["pool"] else None,
        }
        return Plan(**{**named, **amounts, **chosen, "pieces": pieces})


class PieceForm(forms.Form):
    """One thing to deliver; a row without a kind is none."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        required=False,
        choices=[("", gettext_lazy("Nothing")), *DeliverableKind.choices],
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("How many"), min_value=1, max_value=MOST_OF_ONE, initial=1
    )
    due_on = forms.DateField(
        label=gettext_lazy("Due on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(label=gettext_lazy("Details"), required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        """Ask for the day of what is delivered."""
        typed = super().clean() or {}
        if typed.get("kind") and "due_on" in typed and typed["due_on"] is None:
            self.add_error("due_on", _("Say until when."))
        return typed


Pieces = forms.formset_factory(
    PieceForm, extra=_BLANK_PIECES, max_num=MOST_PIECES, validate_max=True
)


def pieces_in(rows: forms.BaseFormSet[PieceForm]) -> tuple[Piece, ...]:
    """Return the rows that were filled in."""
    typed = [form.cleaned_data for form in rows.forms]
    return tuple(
        Piece(kind=row["kind"], quantity=row["quantity"], due_on=row["due_on"], note=row["note"])
        for row in typed
        if row.get("kind")
    )


def initial_of(campaign: Campaign) -> dict[str, Any]:
    """Return what a campaign says, for its form."""
    fields = set(CampaignForm.base_fields) - {*_MONEY, "key", "products", "pool"}
    amounts = {name: major(getattr(campaign, f"{name}_minor") or None, CURRENCY) for name in _MONEY}
    skus = campaign.products.order_by("sku").values_list("sku", flat=True)
    return {
        **{name: getattr(campaign, name) for name in fields},
        **amounts,
        "key": campaign.public_id,
        "products": "\n".join(skus),
        "pool": campaign.pool_id,
    }


def pieces_of(campaign: Campaign) -> list[dict[str, Any]]:
    """Return what is delivered, for its rows."""
    rows = campaign.deliverables.values("kind", "quantity", "due_on", "note")
    return [dict(row) for row in rows]


class ResizeForm(forms.Form):
    """What can still change once somebody agreed to the brief."""

    capacity = forms.IntegerField(
        label=gettext_lazy("How many creators take part"), min_value=1, max_value=10_000
    )
    budget = money_field(gettext_lazy("Budget (EUR)"), required=True)
    apply_until = _day(gettext_lazy("Creators answer until"))

    def budget_minor(self) -> int:
        """Return the budget in minor units."""
        return minor(self.cleaned_data["budget"], CURRENCY) or 0


class ShortReasonForm(forms.Form):
    """A reason that the creator reads."""

    reason = forms.CharField(
        max_length=SHORT, error_messages={"required": gettext_lazy("Write the reason.")}
    )


class ShipForm(forms.Form):
    """With whom a parcel was sent."""

    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=60, required=False)
    tracking_number = forms.CharField(
        label=gettext_lazy("Tracking number"), max_length=60, required=False
    )
