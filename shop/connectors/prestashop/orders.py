"""An order of PrestaShop in our words: its lines, what its status means, and who bought."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.wording import Said
from shop.connectors.contract import Context
from shop.connectors.people import Person, person
from shop.connectors.prestashop.amounts import Net, Priced, Reduction, Scale, net_of
from shop.connectors.prestashop.part import MILLION, Part
from shop.connectors.prestashop.slips import returns
from shop.domain.canonical import CanonicalLine, CanonicalOrder
from shop.domain.remarks import CUSTOM_LINE, MANUAL_CODE, TOTALS_DIFFER
from shop.domain.states import OrderState

SHIPPING, WRAPPING = "shipping", "wrapping"
CANCELLED_TEMPLATE, REFUNDED_TEMPLATE = "order_canceled", "refund"
#: The id of "Delivered" where nobody changed the list of statuses.
DELIVERED = "5"
_PICKUP = re.compile(
    r"relais|relay|pick.?up|point|locker|consigne|retrait|magasin|store|click", re.IGNORECASE
)
_LIKE_A_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{2,31}")


@dataclass(frozen=True, slots=True)
class Row:
    """A line before the rules of the cart."""

    line: CanonicalLine
    priced: Priced


def order_state(body: Part, context: Context) -> OrderState | None:
    """Return what a body of ``poll.order`` says; nothing for an order that has no lines.

    :raises UnreadableBody: with the place of what is wrong.
    """
    order = body.part("order")
    order.needed("id")
    rows = [*_goods(body, context.currency), *_extras(order)]
    if not rows:
        return None
    currency = body.text("currency", 3).upper() or context.currency
    scale = _scale(order, currency, context)
    reductions = [_reduction(one) for one in _rules(body)]
    nets = _nets(rows, reductions, scale)
    shown = nets
    if currency != context.currency:
        shown = _nets(rows, reductions, Scale(currency, MILLION))
    lines = tuple(
        replace(
            row.line,
            net_minor=net.net,
            discount_minor=net.discount,
            tax_minor=net.tax,
            presentment_net_minor=None if currency == context.currency else seen.net,
        )
        for row, net, seen in zip(rows, nets, shown, strict=True)
    )
    came, remarks = returns(body, lines, scale, context.timezone)
    paid = Scale(currency, MILLION).minor(order.millionths("total_paid_tax_excl"))
    if abs(sum(one.net for one in shown) - paid) > len(rows):
        remarks |= {TOTALS_DIFFER}
    if any(line.kind == "product" and not line.sku for line in lines):
        remarks |= {CUSTOM_LINE}
    if any(_is_manual_code(rule) for rule in _rules(body)):
        remarks |= {MANUAL_CODE}
    return OrderState(
        order=CanonicalOrder(
            lines=lines,
            currency=context.currency,
            presentment_currency="" if currency == context.currency else currency,
            remarks=tuple(sorted(remarks)),
            **_head(body, context),
            **_status(body, context, has_returns=bool(came)),
            **_person(body, context),
        ),
        returns=came,
        knows_all_returns=True,
    )


def _head(body: Part, context: Context) -> dict[str, Any]:
    order, customer = body.part("order"), body.part("customer")
    external_id = order.needed("id")
    first = customer.key("first_order")
    is_known = bool(first) and not customer.is_true("is_guest")
    return {
        "external_id": external_id,
        "number": order.text("reference", 64) or external_id,
        "placed_at": order.needed_moment("date_add", context.timezone),
        "updated_at": _updated_at(body, context),
        "codes": tuple(dict.fromkeys(
            code for rule in _rules(body) if (code := rule.text("code", 64))
        )),
        "click_tokens": body.texts("references", 64)[:20],
        "is_new_customer": first == external_id if is_known else None,
    }  # fmt: skip


def _updated_at(body: Part, context: Context) -> datetime:
    """A credit slip and a status do not always touch the order's own time (rule PS3)."""
    moments = [body.part("order").needed_moment("date_upd", context.timezone)]
    for name, field in (("slips", "date_upd"), ("slips", "date_add"), ("history", "date_add")):
        found = (one.moment(field, context.timezone) for one in body.parts(name))
        moments += [moment for moment in found if moment is not None]
    return max(moments)


def _status(body: Part, context: Context, *, has_returns: bool) -> dict[str, Any]:
    """What the status means, by its flags and its mail, never by its place in the list (PS6)."""
    current = body.part("order").key("current_state")
    states = {one.key("id"): one for one in body.parts("states")}
    state = states.get(current, Part({}, "states"))
    template = state.text("template")
    cancels = template == CANCELLED_TEMPLATE or current in _ids(context, "cancelled_states")
    refunds = template == REFUNDED_TEMPLATE and not has_returns
    since = _times(body, context, {current})
    delivered = {
        one for one in _ids(context, "delivered_states", DELIVERED)
        if one in states and states[one].is_true("shipped")
    }  # fmt: skip
    arrivals = _times(body, context, delivered)
    state.is_true("paid") or template == REFUNDED_TEMPLATE
    cancelled_at = None
    if cancels or refunds:
        cancelled_at = max(since) if since else _updated_at(body, context)
    return {
        "cancelled_at": cancelled_at,
        "delivered_at": min(arrivals) if arrivals else None,
        "awaits_payment": not (
            state.is_true("paid") or cancelled_at or template == REFUNDED_TEMPLATE
        ),
    }


def _times(body: Part, context: Context, states: set[str]) -> list[datetime]:
    found = (
        one.moment("date_add", context.timezone)
        for one in body.parts("history")
        if one.key("id_order_state") in states
    )
    return [moment for moment in found if moment is not None]


def _ids(context: Context, name: str, default: str = "") -> set[str]:
    said = context.options.get(name, "") or default
    return {one.strip() for one in said.split(",") if one.strip()}


def _goods(body: Part, currency: str) -> list[Row]:
    rows = []
    for one in body.parts("lines"):
        line_id, quantity = one.needed("id"), one.pieces("product_quantity")
        if not quantity:
            continue
        cost = one.millionths("original_wholesale_price") or one.millionths(
            "purchase_supplier_price"
        )
        rows.append(
            Row(
                CanonicalLine(
                    external_id=line_id,
                    kind="product",
                    sku=one.text("product_reference", 64),
                    title=one.text("product_name"),
                    quantity=quantity,
                    net_minor=0,
                    unit_cost_minor=Scale(currency, MILLION).minor(cost) if cost > 0 else None,
                ),
                Priced(
                    True,
                    one.millionths("total_price_tax_excl"),
                    one.millionths("total_price_tax_incl"),
                ),
            )
        )
    return rows


def _extras(order: Part) -> list[Row]:
    rows = []
    for name, kind in ((SHIPPING, "shipping"), (WRAPPING, "fee")):
        net = order.millionths(f"total_{name}_tax_excl")
        if net > 0:
            line = CanonicalLine(
                external_id=name, kind=kind, sku="", title="", quantity=1, net_minor=0
            )
            gross = order.millionths(f"total_{name}_tax_incl")
            rows.append(Row(line, Priced(False, net, gross)))
    return rows


def _scale(order: Part, currency: str, context: Context) -> Scale:
    """Only an order in another currency is converted, at the rate it was placed at (PS7)."""
    if currency == context.currency:
        return Scale(context.currency, MILLION)
    rate = order.millionths("conversion_rate")
    if rate <= 0:
        raise order.wrong("conversion_rate", Said("a rate above zero is missing"))
    return Scale(context.currency, rate)


def _nets(rows: Sequence[Row], reductions: Sequence[Reduction], scale: Scale) -> list[Net]:
    ids = [row.line.external_id for row in rows]
    shipping = ids.index(SHIPPING) if SHIPPING in ids else None
    return net_of([row.priced for row in rows], reductions, scale, shipping)


def _rules(body: Part) -> list[Part]:
    rules = [one for one in body.parts("cart_rules") if not one.is_true("deleted")]
    return sorted(rules, key=lambda one: int(one.needed("id")))


def _reduction(rule: Part) -> Reduction:
    return Reduction(
        rule.millionths("value_tax_excl"), rule.millionths("value"), rule.is_true("free_shipping")
    )


def _is_manual_code(rule: Part) -> bool:
    """A rule that has no code and is named like one (PS8)."""
    return not rule.text("code") and bool(_LIKE_A_CODE.fullmatch(rule.text("name")))


def _person(body: Part, context: Context) -> Person:
    customer, address = body.part("customer"), body.part("address")
    return person(
        shop_code=context.shop_code,
        customer_id=body.part("order").key("id_customer"),
        email=customer.text("email", 320),
        phone=address.text("phone_mobile", 40) or address.text("phone", 40),
        street="" if is_pickup(body.text("carrier")) else address.text("address1", 300),
        postcode=address.text("postcode", 20),
        country=address.text("country", 2),
    )


def is_pickup(carrier: str) -> bool:
    """Tell whether a carrier of this name hands goods over elsewhere than at home (PS11)."""
    return _PICKUP.search(carrier) is not None
