"""What came back of an order of Saleor: goods by unit, and money that no goods explain.

A fulfilment of returned goods grows when more goods of the order come back, and goods move from
one to another: its id is no refund's. So each unit of a line that came back is a return of its own:
the first, the second, and so on. A unit is never counted twice, whichever way it is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.money import ratio
from shop.connectors.body import Part
from shop.connectors.sold import SoldOrder
from shop.domain.canonical import CanonicalReturn, CanonicalReturnLine

#: Units of a line that came back beyond these are told as removed: as exactly, not one by one.
MOST_UNITS = 500
_BACK = frozenset({"RETURNED", "REFUNDED", "REFUNDED_AND_RETURNED", "REPLACED"})
Told = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Money:
    """Money that was given back, with tax, in minor units; below zero: a refund that failed."""

    event_id: str
    at: datetime
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold(SoldOrder):
    """What refunds are held against. ``gross``: of each line, with tax, in minor units."""

    gross: Mapping[str, int]


def units_back(order: Part, sold: Sold) -> dict[str, list[Told]]:
    """Return for each line what came back of it, oldest first, never more than was ordered.

    The same goods are told as fulfilments and as granted refunds: whichever tells more of a line
    counts for it.

    :raises UnreadableBody: when something is not as documented.
    """
    fulfilled = _told(order.parts("fulfillments"), "created", _BACK)
    granted = _told(order.parts("grantedRefunds"), "createdAt", frozenset({"SUCCESS"}))
    found = {}
    for line_id, line in sold.lines.items():
        ways = (fulfilled.get(line_id, []), granted.get(line_id, []))
        more = max(ways, key=lambda way: sum(count for _at, count in way))
        found[line_id] = list(_clamped(sorted(more), line.quantity))
    return {line_id: told for line_id, told in found.items() if told}


def goods(back: Mapping[str, Sequence[Told]], sold: Sold) -> tuple[CanonicalReturn, ...]:
    """Return the units that came back, each under its line's id and its own number."""
    found = []
    for line_id, told in back.items():
        line = sold.lines[line_id]
        moments = [at for at, count in told for _ in range(min(count, MOST_UNITS))][:MOST_UNITS]
        for number, at in enumerate(moments, start=1):
            worth = ratio(line.net_minor * number, line.quantity) - ratio(
                line.net_minor * (number - 1), line.quantity
            )
            unit = CanonicalReturnLine(
                external_id="unit",
                line_external_id=line_id,
                sku=line.sku,
                quantity=1,
                net_minor=max(worth, 0),
            )
            found.append(
                CanonicalReturn(
                    external_id=f"{line_id}:{number}",
                    order_external_id=sold.order_id,
                    reason="return",
                    returned_at=at,
                    lines=(unit,),
                )
            )
    return tuple(found)


def beyond(back: Mapping[str, Sequence[Told]]) -> dict[str, int]:
    """Return the units of each line that came back and are not told one by one."""
    counts = {line_id: sum(count for _at, count in told) for line_id, told in back.items()}
    return {line_id: count - MOST_UNITS for line_id, count in counts.items() if count > MOST_UNITS}


def money_back(order: Part, currency: str) -> list[Money]:
    """Return the money that was given back, oldest first: of transactions, and older payments.

    :raises UnreadableBody: when something is not as documented.
    """
    found = []
    for transaction in order.parts("transactions"):
        for event in transaction.parts("events"):
            sign = _SIGNS.get(event.text("type", 40), 0)
            if sign:
                minor = event.part("amount").minor("amount", currency)
                found.append(Money(event.id("id"), event.moment("createdAt"), sign * minor))
    for payment in order.parts("payments"):
        for event in payment.parts("transactions"):
            if event.text("kind", 40).upper() == "REFUND" and event.found.get("isSuccess") is True:
                minor = event.part("amount").minor("amount", currency)
                found.append(Money(event.id("id"), event.moment("created"), minor))
    return sorted(found, key=lambda one: (one.at, one.event_id))


def without_goods(
    given: Sequence[Money], back: Mapping[str, Sequence[Told]], sold: Sold
) -> tuple[CanonicalReturn, ...]:
    """Return the money that goods which came back do not explain, less its tax.

    Its amount is part of its id: when goods are told later that explain it, it is another one.
    """
    counts = {line_id: sum(count for _at, count in told) for line_id, told in back.items()}
    explained = sum(
        ratio(sold.gross[line_id] * count, sold.lines[line_id].quantity)
        for line_id, count in counts.items()
    ) + sum(-one.minor for one in given if one.minor < 0)
    found = []
    for one in given:
        rest = max(one.minor - max(explained, 0), 0)
        explained -= one.minor if one.minor > 0 else 0
        if rest > sum(counts.values()):  # A minor unit for each is how platforms round.
            found.append(_amount(one, rest, sold))
    return tuple(found)


def _amount(one: Money, minor: int, sold: Sold) -> CanonicalReturn:
    line = CanonicalReturnLine(
        external_id="money",
        line_external_id="",
        sku="",
        quantity=0,
        net_minor=max(sold.without_tax(minor), 1),
    )
    return CanonicalReturn(
        external_id=f"{one.event_id}:{minor}",
        order_external_id=sold.order_id,
        reason="return",
        returned_at=one.at,
        lines=(line,),
    )


def _told(parts: Sequence[Part], moment: str, wanted: frozenset[str]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for part in parts:
        if part.text("status", 40).upper() in wanted:
            at = part.moment(moment)
            for line in part.parts("lines"):
                of = line.part("orderLine").optional_id("id")
                found[of].append((at, line.pieces("quantity")))
    return found


def _clamped(told: Sequence[Told], most: int) -> Iterator[Told]:
    for at, count in told:
        there = min(count, most)
        most -= there
        if there:
            yield at, there


_SIGNS = {"REFUND_SUCCESS": 1, "REFUND_REVERSE": -1}
