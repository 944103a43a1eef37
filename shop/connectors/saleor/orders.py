"""An order of Saleor as it is now, in the shape of our own query."""

from __future__ import annotations

import re
from datetime import datetime

from shop.connectors import people
from shop.connectors.body import Part, click_tokens
from shop.connectors.choices import Choices
from shop.connectors.contract import Context
from shop.connectors.saleor import refunds
from shop.domain import remarks
from shop.domain.canonical import CanonicalLine, CanonicalOrder, CanonicalReturn
from shop.domain.states import OrderState

SHIPPING = "shipping"
DRAFT = "DRAFT"
_CANCELLED = frozenset({"CANCELED", "CANCELLED", "EXPIRED"})
_PAID = frozenset({"FULL", "OVERCHARGED"})
_LIKE_A_CODE = re.compile(r"(?=.*[A-Z])[A-Z0-9_-]{4,64}")
_PICK_UP = re.compile(r"pick.?up|point|relay|relais|locker|store", re.IGNORECASE)


def state(order: Part, context: Context, *, knows_all: bool = True) -> OrderState:
    """Return an order as it is now, with what came back of it: all, where the body knows.

    :raises UnreadableBody: when something is not as documented.
    """
    total = order.part("total")
    currency = total.part("gross").currency("currency")
    lines = _lines(order, currency, Choices.of(context.options))
    sold = refunds.Sold(
        order_id=order.id("id"),
        currency=currency,
        lines={line.external_id: line for line in lines if line.external_id != SHIPPING},
        gross=_gross(order, currency),
        net_minor=total.part("net").minor("amount", currency),
        gross_minor=total.part("gross").minor("amount", currency),
    )
    back = refunds.units_back(order, sold)
    given = refunds.money_back(order, currency)
    cancelled_at = _cancelled_at(order)
    loose = () if cancelled_at else refunds.without_goods(given, back, sold)
    returns = (*refunds.goods(back, sold), *loose)
    return OrderState(
        order=CanonicalOrder(
            external_id=sold.order_id,
            number=order.text("number", 64) or sold.order_id,
            placed_at=order.moment("created"),
            updated_at=_updated_at(order, returns),
            currency=currency,
            lines=lines,
            cancelled_at=cancelled_at,
            codes=_codes(order),
            click_tokens=_click_tokens(order),
            follows_external_id=_follows(order),
            awaits_payment=cancelled_at is None and _awaits_payment(order, sold, given),
            remarks=_remarks(order, lines, sold, loose),
            **_person(order, context),
        ),
        removed=refunds.beyond(back),
        returns=returns,
        knows_all_returns=knows_all,
    )


def status(order: Part) -> str:
    """Return the status of an order in capital letters."""
    return order.text("status", 40).upper()


def _updated_at(order: Part, returns: tuple[CanonicalReturn, ...]) -> datetime:
    """Return when the order changed last: a refund may be younger than its date of change."""
    placed = order.moment("created")
    changed = order.optional_moment("updatedAt") or placed
    return max([placed, changed, *(one.returned_at for one in returns)])


def _lines(order: Part, currency: str, choices: Choices) -> tuple[CanonicalLine, ...]:
    found = [_line(line, currency, choices) for line in order.parts("lines")
             if line.pieces("quantity")]  # fmt: skip
    shipping = order.part("shippingPrice")
    if shipping.found:
        net = shipping.part("net").minor("amount", currency)
        gross = shipping.part("gross").minor("amount", currency)
        if net or gross:
            found.append(
                CanonicalLine(
                    external_id=SHIPPING,
                    kind="adjustment" if net < 0 else "shipping",
                    sku="",
                    title=order.text("shippingMethodName") or "Shipping",
                    quantity=1,
                    net_minor=net,
                    tax_minor=gross - net,
                )
            )
    return tuple(found)


def _line(line: Part, currency: str, choices: Choices) -> CanonicalLine:
    total = line.part("totalPrice")
    net = total.part("net").minor("amount", currency)
    before = line.part("undiscountedTotalPrice").part("net").optional_minor("amount", currency)
    sku = line.text("productSku", 64)
    kind = line.part("variant").part("product").part("productType").text("kind", 40)
    is_gift_card = kind == "GIFT_CARD" or sku in choices.gift_cards
    names = (line.text("productName"), line.text("variantName"))
    return CanonicalLine(
        external_id=line.id("id"),
        kind="adjustment" if net < 0 else ("gift_card" if is_gift_card else "product"),
        sku=sku,
        title=" ".join(filter(None, names))[:200],
        quantity=line.pieces("quantity"),
        net_minor=net,
        discount_minor=max((net if before is None else before) - net, 0),
        tax_minor=total.part("gross").minor("amount", currency) - net,
    )


def _gross(order: Part, currency: str) -> dict[str, int]:
    return {
        line.id("id"): line.part("totalPrice").part("gross").minor("amount", currency)
        for line in order.parts("lines")
    }


def _cancelled_at(order: Part) -> datetime | None:
    if status(order) not in _CANCELLED:
        return None
    return order.optional_moment("updatedAt") or order.moment("created")


def _awaits_payment(order: Part, sold: refunds.Sold, given: list[refunds.Money]) -> bool:
    """Tell whether money is to come. What was charged and given back was paid all the same."""
    if status(order) == "UNCONFIRMED":
        return True
    if sold.gross_minor <= 0 or order.text("chargeStatus", 20).upper() in _PAID:
        return False
    charged = order.part("totalCharged").optional_minor("amount", sold.currency)
    if charged is None:
        return order.found.get("isPaid") is not True
    return charged + sum(one.minor for one in given) < sold.gross_minor


def _codes(order: Part) -> tuple[str, ...]:
    told = [order.text("voucherCode", 65)]
    told += [line.text("voucherCode", 65) for line in order.parts("lines")]
    return tuple(dict.fromkeys(code for code in told if 0 < len(code) <= 64))


def _click_tokens(order: Part) -> tuple[str, ...]:
    """Return what our own link left on the order; all other metadata is not read."""
    return click_tokens(
        one.found.get("value")
        for one in order.parts("metadata")
        if one.found.get("key") == "ap_ref"
    )


def _follows(order: Part) -> str:
    """Return the order that this one replaces goods of."""
    original = order.optional_id("original")
    is_replacement = order.text("origin", 20).upper() == "REISSUE"
    return original if is_replacement and original != order.id("id") else ""


def _person(order: Part, context: Context) -> people.Person:
    shipping, billing = order.part("shippingAddress"), order.part("billingAddress")
    is_picked_up = order.text("collectionPointName") or _PICK_UP.search(
        order.text("shippingMethodName")
    )
    return people.person(
        shop_code=context.shop_code,
        customer_id=order.part("user").optional_id("id"),
        email=order.text("userEmail", 320),
        phone=shipping.text("phone", 40) or billing.text("phone", 40),
        street="" if is_picked_up else shipping.text("streetAddress1"),
        postcode=shipping.text("postalCode", 20),
        country=_country(shipping) or _country(billing),
    )


def _country(address: Part) -> str:
    country = address.part("country").text("code", 8).upper()
    return country if re.fullmatch(r"[A-Z]{2}", country) else ""


def _remarks(
    order: Part,
    lines: tuple[CanonicalLine, ...],
    sold: refunds.Sold,
    loose: tuple[CanonicalReturn, ...],
) -> tuple[str, ...]:
    found = set()
    if abs(sum(line.net_minor for line in lines) - sold.net_minor) > len(lines):
        found.add(remarks.TOTALS_DIFFER)
    codes = {code.casefold() for code in _codes(order)}
    for discount in order.parts("discounts"):
        if discount.text("type", 40).upper() == "MANUAL":
            words = {discount.text("name"), discount.text("reason")}
            if any(_LIKE_A_CODE.fullmatch(one) and one.casefold() not in codes for one in words):
                found.add(remarks.MANUAL_CODE)
    shipping = sum(line.net_minor for line in lines if line.kind == "shipping")
    given = sum(line.net_minor for one in loose for line in one.lines)
    if given > shipping:
        found.add(remarks.UNCLEAR_RETURN)
    elif given:
        found.add(remarks.AMOUNT_ONLY)
    return tuple(sorted(found))
