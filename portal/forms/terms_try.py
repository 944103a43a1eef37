"""An example order, on which the rules of terms are tried."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.domain.rule_choice import LineFacts
from affiliates.domain.terms import CLASSES, ROLES, Customer
from affiliates.services import terms_words
from portal.forms.terms_rule import bps, day_field, minor, money_field, percent_field
from portal.queries.terms_try import TypedLine, found_product


class TryForm(forms.Form):
    """A real order by its number, or the facts of one line. Unknown facts stay empty."""

    number = forms.CharField(
        label=_("Order number"),
        max_length=64,
        required=False,
        help_text=_("Of a real order. Empty: the facts below."),
    )
    category = forms.CharField(label=_("Category"), max_length=120, required=False)
    brand = forms.CharField(label=_("Brand"), max_length=120, required=False)
    collection = forms.CharField(label=_("Collection"), max_length=120, required=False)
    sku = forms.CharField(label=_("Product (SKU)"), max_length=120, required=False)
    customer = forms.ChoiceField(
        label=_("Customer"),
        choices=[(one.value, terms_words.CUSTOMERS[one]) for one in reversed(Customer)],
        required=False,
    )
    affiliate_class = forms.ChoiceField(
        label=_("Kind of affiliate"),
        choices=lambda: [("", "–"), *((one, terms_words.class_name(one)) for one in CLASSES)],
        required=False,
    )
    role = forms.ChoiceField(
        label=_("Part in the order"),
        choices=lambda: [("", "–"), *((one, terms_words.ROLES[one]) for one in ROLES)],
        required=False,
    )
    net = money_field(
        _("Price paid for the line without VAT"),
        help_text=_("With a product of the catalogue: what the line earns is reckoned."),
    )
    quantity = forms.IntegerField(
        label=_("Pieces"), required=False, min_value=1, max_value=10_000, help_text=_("Empty: one.")
    )
    code = forms.CharField(label=_("Promo code"), max_length=60, required=False)
    surface = forms.CharField(label=_("Look or surface"), max_length=120, required=False)
    discount = percent_field(_("Discount of the line"))
    order_value = money_field(_("Value of the order without VAT"))
    placed_on = day_field(_("Day of the order"), help_text=_("Empty: today."))

    def line(self, *, currency: str, today: date) -> TypedLine:
        """Return the line with the typed facts."""
        return TypedLine(
            facts=self.facts(currency=currency, today=today),
            product=found_product(self.cleaned_data["sku"]),
            net_minor=minor(self.cleaned_data["net"], currency),
            quantity=self.cleaned_data["quantity"] or 1,
        )

    def facts(self, *, currency: str, today: date) -> LineFacts:
        """Return the typed facts."""
        said: dict[str, Any] = self.cleaned_data
        return LineFacts(
            category=said["category"],
            brand=said["brand"],
            collections=_set(said["collection"]),
            sku=said["sku"],
            customer=Customer(said["customer"] or Customer.UNKNOWN),
            classes=_set(said["affiliate_class"]),
            role=said["role"],
            codes=_set(said["code"]),
            surface=said["surface"],
            discount_bps=bps(said["discount"]),
            order_minor=minor(said["order_value"], currency) or 0,
            placed_on=said["placed_on"] or today,
        )


def _set(text: str) -> frozenset[str]:
    return frozenset({text} if text else ())
