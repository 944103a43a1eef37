"""Orders as a platform's API tells them, beside what we know: what differs, in which way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.money import ratio
from shop.domain.edits import Edit
from shop.domain.states import OrderState
from shop.models import DifferenceKind, LineKind, Order, Return
from shop.services import edits


@dataclass(frozen=True, slots=True)
class Found:
    """One order that is told otherwise than it is known."""

    external_id: str
    kind: DifferenceKind
    ours: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """What some orders' goods come to by both, in minor units, and the orders that differ.

    Goods as edits left them: with what was added, without what was taken out.
    """

    found: Sequence[Found]
    theirs_minor: int
    ours_minor: int


def compare(shop_id: int, states: Sequence[OrderState]) -> Compared:
    """Compare orders with what is stored of them, one difference for each at most.

    A state older than the one that is stored says nothing of lines and returns (rule O4); that an
    order is not here, was cancelled or was paid counts whatever its age.
    """
    ids = [state.order.external_id for state in states]
    rows = {row.external_id: row for row in Order.objects.filter(shop=shop_id, external_id__in=ids)}
    known = [(rows[one], state) for one, state in zip(ids, states, strict=True) if one in rows]
    current = [(row, state) for row, state in known
               if state.order.updated_at >= row.source_updated_at]  # fmt: skip
    changes = edits.changes([(row, state) for row, state in current
                             if not (row.cancelled_at or state.order.cancelled_at)])  # fmt: skip
    returns = _returns([row.pk for row in rows.values()])
    found = [
        one
        for state in states
        if (one := _difference(state, rows.get(state.order.external_id), changes, returns))
    ]
    return Compared(found, sum(map(_goods, states)), _stored_goods([row for row, _ in known]))


def _difference(
    state: OrderState,
    row: Order | None,
    changes: Mapping[int, Edit],
    returns: Mapping[int, set[str]],
) -> Found | None:
    said, here = state.order, state.order.external_id
    if row is None:
        return Found(here, DifferenceKind.MISSING, theirs=str(_goods(state)))
    if said.cancelled_at is not None and row.cancelled_at is None:
        return Found(here, DifferenceKind.CANCELLED, theirs=f"{said.cancelled_at:%Y-%m-%d %H:%M}")
    missing = {one.external_id for one in state.returns} - returns.get(row.pk, set())
    if missing:
        return Found(here, DifferenceKind.RETURNS, theirs=", ".join(sorted(missing))[:300])
    if edits.withdrawn(row, state):
        return Found(here, DifferenceKind.RETURNS, ours="more than the shop has")
    if change := changes.get(row.pk):
        return Found(here, DifferenceKind.LINES, ours=_words(change.removed),
                     theirs=_words(change.added))  # fmt: skip
    if row.awaits_payment and not said.awaits_payment:
        return Found(here, DifferenceKind.PAYMENT)
    return None


def _words(lines: Sequence[object]) -> str:
    return ", ".join(
        f"{getattr(line, 'quantity', '')} x {getattr(line, 'sku', '')}" for line in lines
    )[:300]


def _returns(order_ids: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    rows = Return.objects.filter(order__in=order_ids, withdrawn_at__isnull=True)
    for order_id, external_id in rows.values_list("order", "external_id"):
        if order_id is not None:
            found.setdefault(order_id, set()).add(external_id.partition(edits.AGAIN)[0])
    return found


def _goods(state: OrderState) -> int:
    """What the product lines come to, in minor units."""
    total = 0
    for line in state.order.lines:
        there = max(line.quantity - state.removed.get(line.external_id, 0), 0)
        if line.kind == LineKind.PRODUCT:
            total += ratio(line.net_minor * there, line.quantity)
    return total


def _stored_goods(rows: Sequence[Order]) -> int:
    known = edits.known_lines(rows).values()
    lines = (line for lines in known for line in lines.values())
    return sum(line.worth_minor for line in lines if line.kind == LineKind.PRODUCT)
