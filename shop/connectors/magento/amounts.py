"""How Magento writes amounts: base_* in the shop's currency, the same names without in another's.

Invoices, credit memos and orders write them alike, so all are read here. On items a discount is
above zero, on the whole document it is below.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from shop.connectors.body import Part, rounded

BASE = "base_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Money of a line in major units, exact. ``net``: without tax, after every discount."""

    net: Decimal
    discount: Decimal
    tax: Decimal

    def minor(self, part: Part, currency: str) -> tuple[int, int, int]:
        """Return net, discount and tax in minor units, each rounded once, half away from zero."""
        return (
            rounded(self.net, currency, part.at("row_total")),
            rounded(self.discount, currency, part.at("discount_amount")),
            rounded(self.tax, currency, part.at("tax_amount")),
        )


def of_item(item: Part, prefix: str = BASE) -> Amounts:
    """Return the amounts of an item of an order, an invoice or a credit memo.

    ``row_total`` is without tax and before the discount. Where discounts are taken off prices with
    tax, ``discount_tax_compensation_amount`` is the tax that the discount has in it.

    :raises UnreadableBody: when something is no amount.
    """
    discount = abs(item.decimal(f"{prefix}discount_amount"))
    compensated = item.decimal(f"{prefix}discount_tax_compensation_amount")
    return Amounts(
        net=item.decimal(f"{prefix}row_total") - discount + compensated,
        discount=discount - compensated,
        tax=item.decimal(f"{prefix}tax_amount"),
    )


def of_shipping(document: Part, prefix: str = BASE) -> Amounts:
    """Return the amounts of the shipping of a document. Its compensation has a shorter name.

    :raises UnreadableBody: when something is no amount.
    """
    discount = abs(document.decimal(f"{prefix}shipping_discount_amount"))
    short = document.decimal(f"{prefix}shipping_discount_tax_compensation_amnt")
    compensated = short or document.decimal(f"{prefix}shipping_discount_tax_compensation_amount")
    return Amounts(
        net=document.decimal(f"{prefix}shipping_amount") - discount + compensated,
        discount=discount - compensated,
        tax=document.decimal(f"{prefix}shipping_tax_amount"),
    )


def net_of_document(document: Part, prefix: str = BASE) -> Decimal:
    """Return what a document says of itself: its grand total without tax.

    What was paid with a gift card, store credit or reward points is taken off the grand total: it
    is money, not a discount, so it is put back.

    :raises UnreadableBody: when something is no amount.
    """
    beside = document.part("extension_attributes")
    paid_otherwise = sum(
        (abs(part.decimal(f"{prefix}{name}")) for name in _MONEY for part in (document, beside)),
        Decimal(0),
    )
    weee = sum(
        (item.decimal(f"{prefix}weee_tax_applied_row_amnt") for item in document.parts("items")),
        Decimal(0),
    )
    gross = document.decimal(f"{prefix}grand_total") + paid_otherwise
    return gross - document.decimal(f"{prefix}tax_amount") - weee


def disagree(document: Part, counted: Iterable[Amounts], prefix: str = BASE) -> bool:
    """Tell whether what was counted is not the document's own net, to a hundredth for each.

    :raises UnreadableBody: when something is no amount.
    """
    nets = [one.net for one in counted]
    return abs(sum(nets) - net_of_document(document, prefix)) > _HUNDREDTH * max(len(nets), 1)


_MONEY = ("gift_cards_amount", "customer_balance_amount", "reward_currency_amount")
_HUNDREDTH = Decimal("0.01")
