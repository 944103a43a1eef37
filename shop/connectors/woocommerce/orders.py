"""An order of WooCommerce as it is now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from shop.connectors import people
from shop.connectors.body import click_tokens
from shop.connectors.contract import Context
from shop.connectors.woocommerce import refunds as refunded
from shop.connectors.woocommerce.body import Part
from shop.connectors.woocommerce.lines import lines as order_lines
from shop.domain import remarks
from shop.domain.canonical import CanonicalLine, CanonicalOrder, CanonicalReturn
from shop.domain.states import OrderState

DRAFTS = frozenset({"checkout-draft", "auto-draft", "draft", "new"})
_CANCELLED = frozenset({"cancelled", "trash", "refunded"})
#: A payment that failed may be tried again with the same order: no cancellation, which would stand.
_UNPAID = frozenset({"pending", "on-hold", "failed"})
_PAID = frozenset({"processing", "completed"})
_LIKE_A_CODE = re.compile(r"(?=.*[A-Z])[A-Z0-9_-]{4,64}")
_PICK_UP = re.compile(r"pick.?up|point|relay|relais|locker|store", re.IGNORECASE)
_TILLS = frozenset({"pos", "pos-rest-api"})
_CLICK_KEYS = ("ap_ref", "_ap_ref")
_TEST_KEYS = ("_wcpay_mode",)  # WooPayments writes "test" or "prod".


def state(
    order: Part, refunds: Sequence[Part] | None, context: Context, gift_cards: Iterable[str] = ()
) -> OrderState:
    """Return an order as the body says it is now.

    ``refunds``: all of them as the API lists them; none where the body has only their sums.

    :raises UnreadableBody: when something is not as documented.
    """
    currency = order.currency("currency")
    lines = order_lines(order, currency, frozenset(gift_cards))
    listed = sorted(refunds or (), key=lambda refund: int(refund.id("id")))
    closing = _closing(order, listed)
    sold = _sold(order, currency, lines)
    returns = refunded.returns([one for one in listed if one is not closing], sold)
    return OrderState(
        order=CanonicalOrder(
            external_id=order.id("id"),
            number=order.text("number", 64) or order.id("id"),
            placed_at=_placed_at(order),
            updated_at=_updated_at(order, listed),
            currency=currency,
            lines=lines,
            is_test=_is_test(order),
            # A cancellation takes what refunds left: it waits until they are told with it.
            cancelled_at=None if refunds is None else _cancelled_at(order, listed),
            codes=_codes(order),
            click_tokens=_click_tokens(order),
            awaits_payment=_awaits_payment(order),
            remarks=_remarks(order, sold, returns),
            **_person(order, context),
        ),
        returns=returns,
        knows_all_returns=refunds is not None,
    )


def status(order: Part) -> str:
    """Return the status of an order, without the ``wc-`` of the database."""
    return order.text("status", 40).removeprefix("wc-")


def _sold(order: Part, currency: str, lines: tuple[CanonicalLine, ...]) -> refunded.Sold:
    gross = order.minor("total", currency)
    return refunded.Sold(
        order_id=order.id("id"),
        currency=currency,
        lines={line.external_id: line for line in lines},
        quantities={item.id("id"): item.quantity("quantity") for item in order.parts("line_items")},
        net_minor=gross - (order.optional_minor("total_tax", currency) or 0),
        gross_minor=gross,
    )


def _placed_at(order: Part) -> datetime:
    return order.moment("date_created_gmt")


def _updated_at(order: Part, listed: Sequence[Part]) -> datetime:
    """Return when the order changed last: a refund may be younger than its date of change."""
    changed = order.optional_moment("date_modified_gmt") or _placed_at(order)
    return max([changed, _placed_at(order), *(refunded.made_at(one) for one in listed)])


def _closing(order: Part, listed: Sequence[Part]) -> Part | None:
    """Return the refund that says no more than that the order is refunded.

    WooCommerce makes one for whatever is left, without lines, when a person sets the status. The
    cancellation says the same: told twice it would count twice.
    """
    if status(order) == "refunded" and listed and refunded.names_nothing(listed[-1]):
        return listed[-1]
    return None


def _cancelled_at(order: Part, listed: Sequence[Part]) -> datetime | None:
    if status(order) not in _CANCELLED:
        return None
    if status(order) == "refunded" and listed:
        return refunded.made_at(listed[-1])
    return order.optional_moment("date_modified_gmt") or _placed_at(order)


def _awaits_payment(order: Part) -> bool:
    """Tell whether nobody paid yet; of a status that a plugin made up, its date of payment."""
    name = status(order)
    if name in _PAID or name in _CANCELLED:
        return False
    return name in _UNPAID or order.optional_moment("date_paid_gmt") is None


def _is_test(order: Part) -> bool:
    metas = order.metas().found
    return any(metas.get(key) == "test" for key in _TEST_KEYS)


def _codes(order: Part) -> tuple[str, ...]:
    """Return the coupons of an order; their amounts are often nought and do not matter."""
    codes = (coupon.text("code", 65) for coupon in order.parts("coupon_lines"))
    return tuple(dict.fromkeys(code for code in codes if 0 < len(code) <= 64))


def _click_tokens(order: Part) -> tuple[str, ...]:
    """Return what our own link left on the order; everything else that is there is not read."""
    found: list[object] = []
    for key in _CLICK_KEYS:
        value = order.metas().found.get(key)
        found += value if isinstance(value, list) else [value]
    return click_tokens(found)


def _person(order: Part, context: Context) -> people.Person:
    billing, shipping = order.part("billing"), order.part("shipping")
    delivery = shipping if shipping.text("address_1") else billing
    has_street = bool(order.parts("shipping_lines")) and not _is_picked_up(order)
    return people.person(
        shop_code=context.shop_code,
        customer_id=order.optional_id("customer_id"),
        email=billing.text("email", 320),
        phone=billing.text("phone", 40) or shipping.text("phone", 40),
        street=delivery.text("address_1") if has_street else "",
        postcode=delivery.text("postcode", 20),
        country=_country(delivery) or _country(billing),
    )


def _country(address: Part) -> str:
    country = address.text("country", 8).upper()
    return country if re.fullmatch(r"[A-Z]{2}", country) else ""


def _is_picked_up(order: Part) -> bool:
    return any(
        _PICK_UP.search(line.text("method_id")) or _PICK_UP.search(line.text("method_title"))
        for line in order.parts("shipping_lines")
    )


def _remarks(
    order: Part, sold: refunded.Sold, returns: Sequence[CanonicalReturn]
) -> tuple[str, ...]:
    found = set()
    if any(_is_typed(item) for item in order.parts("line_items")):
        found.add(remarks.CUSTOM_LINE)
    codes = {code.casefold() for code in _codes(order)}
    for line in sold.lines.values():
        like_a_code = _LIKE_A_CODE.fullmatch(line.title) and line.title.casefold() not in codes
        if line.kind == "adjustment" and like_a_code:
            found.add(remarks.MANUAL_CODE)
    if order.text("created_via", 40) in _TILLS:
        found.add(remarks.STORE)
    if abs(sum(line.net_minor for line in sold.lines.values()) - sold.net_minor) > len(sold.lines):
        found.add(remarks.TOTALS_DIFFER)
    nameless = sum(refunded.for_the_order(one) for one in returns)
    shipping = sum(line.net_minor for line in sold.lines.values() if line.kind == "shipping")
    if nameless > shipping:
        found.add(remarks.UNCLEAR_RETURN)
    elif any(not line.quantity for one in returns for line in one.lines):
        found.add(remarks.AMOUNT_ONLY)
    return tuple(sorted(found))


def _is_typed(item: Part) -> bool:
    return not item.optional_id("product_id") and not item.text("sku")
