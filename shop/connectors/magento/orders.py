"""An order of Magento as it is now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from shop.connectors import people
from shop.connectors.body import Part, click_tokens, rounded
from shop.connectors.choices import Choices
from shop.connectors.contract import Context
from shop.connectors.magento import memos as credited
from shop.connectors.magento.amounts import BASE, disagree, net_of_document, of_item, of_shipping
from shop.connectors.magento.lines import Money, counted, in_pieces, lines, places, wrappings
from shop.domain import remarks
from shop.domain.canonical import CanonicalLine, CanonicalOrder, CanonicalReturn
from shop.domain.states import OrderState

_UNPAID = frozenset({"pending_payment", "payment_review", "holded"})
_LIKE_A_CODE = re.compile(r"(?=.*[A-Z])[A-Z0-9_-]{4,64}")
_PICK_UP = re.compile(r"pick.?up|point|relay|relais|locker|store", re.IGNORECASE)


def state(order: Part, memos: Sequence[Part], context: Context) -> OrderState:
    """Return an order as it is now. ``memos``: all its credit memos.

    :raises UnreadableBody: when something is not as documented.
    """
    money = _money(order)
    found = counted(order)
    told = lines(order, found, money, Choices.of(context.options))
    net = rounded(net_of_document(order), money.currency, order.at("base_grand_total"))
    sold = credited.Sold(
        order_id=order.id("entity_id"),
        currency=money.currency,
        lines={line.external_id: line for line in told},
        counted={one.item.id("item_id"): one for one in found},
        places=places(order, found),
        net_minor=net,
        gross_minor=net + order.minor("base_tax_amount", money.currency),
    )
    returns = credited.returns(memos, sold)
    return OrderState(
        order=CanonicalOrder(
            external_id=sold.order_id,
            number=order.text("increment_id", 64) or sold.order_id,
            placed_at=order.moment("created_at"),
            updated_at=_updated_at(order, memos),
            currency=money.currency,
            lines=told,
            cancelled_at=_cancelled_at(order, memos),
            codes=_codes(order),
            click_tokens=_click_tokens(order),
            presentment_currency=money.shown,
            awaits_payment=_awaits_payment(order),
            remarks=_remarks(order, told, returns),
            **_person(order, context),
        ),
        removed={
            one.item.id("item_id"): canceled
            for one in found
            if (canceled := min(in_pieces(one.item.quantity("qty_canceled")), one.pieces))
        },
        returns=returns,
        knows_all_returns=True,
    )


def _money(order: Part) -> Money:
    base = order.currency("base_currency_code")
    shown = order.text("order_currency_code", 8) and order.currency("order_currency_code")
    return Money(base, shown if shown != base else "")


def _updated_at(order: Part, memos: Sequence[Part]) -> datetime:
    """Return when the order changed last: a memo may be younger than its date of change."""
    placed = order.moment("created_at")
    changed = order.optional_moment("updated_at") or placed
    return max([placed, changed, *(memo.moment("created_at") for memo in memos)])


def _cancelled_at(order: Part, memos: Sequence[Part]) -> datetime | None:
    """Return when the whole order was cancelled. What is closed with memos, they tell."""
    name = order.text("state", 32)
    if name == "canceled" or (name == "closed" and not memos):
        return order.optional_moment("updated_at") or order.moment("created_at")
    return None


def _awaits_payment(order: Part) -> bool:
    """Tell whether money is to come: an authorized order is processing and has nothing paid."""
    name = order.text("state", 32)
    if name in _UNPAID:
        return True
    return name not in ("complete", "closed", "canceled") and _is_due(order)


def _is_due(order: Part) -> bool:
    paid = order.decimal(f"{BASE}total_paid") + order.decimal(f"{BASE}total_canceled")
    return paid < order.decimal(f"{BASE}grand_total")


def _codes(order: Part) -> tuple[str, ...]:
    """Return the coupons of an order: one, or several with commas in between."""
    codes = (code.strip() for code in order.text("coupon_code", 1_000).split(","))
    return tuple(dict.fromkeys(code for code in codes if 0 < len(code) <= 64))


def _click_tokens(order: Part) -> tuple[str, ...]:
    """Return what our own link left on the order; everything else that is there is not read."""
    beside = order.part("extension_attributes")
    custom = [
        one.found.get("value")
        for part in (order, beside)
        for one in part.parts("custom_attributes")
        if one.found.get("attribute_code") == "ap_ref"
    ]
    return click_tokens([order.found.get("ap_ref"), beside.found.get("ap_ref"), *custom])


def _person(order: Part, context: Context) -> people.Person:
    billing = order.part("billing_address")
    assigned = order.part("extension_attributes").parts("shipping_assignments")
    shipping = assigned[0].part("shipping") if assigned else Part({})
    delivery = shipping.part("address")
    method = f"{shipping.text('method')} {order.text('shipping_description')}"
    street = next((one for one in delivery.list("street") if isinstance(one, str)), "")
    return people.person(
        shop_code=context.shop_code,
        customer_id=order.optional_id("customer_id"),
        email=order.text("customer_email", 320) or billing.text("email", 320),
        phone=delivery.text("telephone", 40) or billing.text("telephone", 40),
        street="" if _PICK_UP.search(method) else street,
        postcode=delivery.text("postcode", 20),
        country=_country(delivery) or _country(billing),
    )


def _country(address: Part) -> str:
    country = address.text("country_id", 8).upper()
    return country if re.fullmatch(r"[A-Z]{2}", country) else ""


def _remarks(
    order: Part, told: Sequence[CanonicalLine], returns: Sequence[CanonicalReturn]
) -> tuple[str, ...]:
    found = set()
    items = [of_item(one.item) for one in counted(order)]
    wrapped = [amounts for _id, amounts, _shown in wrappings(order)]
    if disagree(order, [*items, of_shipping(order), *wrapped]):
        found.add(remarks.TOTALS_DIFFER)
    named = order.text("discount_description")
    if _LIKE_A_CODE.fullmatch(named) and named not in _codes(order):
        found.add(remarks.MANUAL_CODE)
    if order.text("state", 32) == "complete" and _is_due(order):
        found.add(remarks.OUTSTANDING)
    shipping = sum(line.net_minor for line in told if line.kind == "shipping")
    if credited.for_the_order(returns) > shipping:
        found.add(remarks.UNCLEAR_RETURN)
    elif any(not line.quantity for one in returns for line in one.lines):
        found.add(remarks.AMOUNT_ONLY)
    return tuple(sorted(found))
