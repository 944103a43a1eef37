"""What was edited at the shop after we were told of an order: stored as facts beside its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from core.money import ratio
from shop.domain.canonical import CanonicalLine, CanonicalReturn, CanonicalReturnLine
from shop.domain.edits import Edit, Known, edit, taken_out
from shop.domain.states import OrderState
from shop.models import Order, OrderLine, Return, ReturnLine, ReturnReason
from shop.services.following import additions_to, roots_of

#: How ids of returns begin that no shop gave: what an edit took out, and the rest of a cancelled
#: order. A return of ours is never missed in a shop's own list.
EDIT, CANCEL = "edit:", "cancel:"
#: Of an order that the shop deleted before we knew it: a return of nothing, which cancels it.
GONE = "gone:"
#: Ends the id of a return that was withdrawn and then told again.
AGAIN = "~again"


def known_lines(orders: Iterable[Order]) -> dict[int, dict[str, Known]]:
    """Return the lines of orders with what edits added and took, by order and the shop's line id.

    Returns that a shop told are not counted: they are its own facts, whatever the lines say.
    """
    root = roots_of([order.pk for order in orders])
    gone, parked = _taken(root), _parked(root)
    found: dict[int, dict[str, Known]] = defaultdict(dict)
    for line in OrderLine.objects.filter(order__in=root).order_by("pk"):
        present, worth = _left(line, gone.get(line.pk, ()))
        before = found[root[line.order_id]].get(line.external_id)
        found[root[line.order_id]][line.external_id] = Known(
            line_external_id=line.external_id,
            kind=line.kind,
            sku=line.sku,
            present=present + (before.present if before else 0),
            worth_minor=worth + (before.worth_minor if before else 0),
        )
    for (order_id, line_id), quantity in parked.items():
        if (known := found[order_id].get(line_id)) is not None:
            there = max(known.present - quantity, 0)
            worth = known.net_of(there)
            found[order_id][line_id] = replace(known, present=there, worth_minor=worth)
    return found


def _left(line: OrderLine, taken: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Return the units of a line that edits left, and their worth; units go at their price then."""
    present, worth = line.quantity, line.net_minor
    for quantity, minor in taken:
        if quantity:
            gone = min(quantity, present)
            worth -= ratio(worth * gone, present) if present else 0
            present -= gone
        else:
            worth = max(worth - minor, 0)
    return present, worth


def _taken(root: Mapping[int, int]) -> dict[int, list[tuple[int, int]]]:
    """Return what edits took from lines: units, or money alone; and withdrawn units. In order."""
    by_edits = Q(shop_return__external_id__startswith=EDIT)
    # Goods of a return that was withdrawn are sold again by an addition: counted once.
    sold_again = Q(shop_return__withdrawn_at__isnull=False, quantity__gt=0)
    rows = ReturnLine.objects.filter(by_edits | sold_again, line__order__in=root)
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    in_order = rows.order_by("shop_return__returned_at", "shop_return__pk", "pk")
    for line, quantity, minor in in_order.values_list("line", "quantity", "net_minor"):
        if line is not None:
            taken[line].append((quantity, minor))
    return taken


def _parked(root: Mapping[int, int]) -> dict[tuple[int, str], int]:
    """Return the units that edits took out after they had come back, by order and line.

    They found no place on a line, and were told all the same: once.
    """
    rows = ReturnLine.objects.filter(
        shop_return__order__in=root,
        shop_return__external_id__startswith=EDIT,
        line__isnull=True,
    )
    parked: dict[tuple[int, str], int] = defaultdict(int)
    for order_id, line_id, quantity in rows.values_list(
        "shop_return__order", "line_external_id", "quantity"
    ):
        if order_id is not None:
            parked[root[order_id], line_id] += quantity
    return parked


def changes(edited: Sequence[tuple[Order, OrderState]]) -> dict[int, Edit]:
    """Return how newer states differ from what is stored, by order."""
    if not edited:
        return {}
    known = known_lines([row for row, _state in edited])
    return {row.pk: edit(known[row.pk], state) for row, state in edited}


def removals(row: Order, lines: Sequence[CanonicalReturnLine], at: datetime) -> CanonicalReturn:
    """Return what an edit took out of an order as a return of our own id."""
    before = Return.objects.filter(
        shop=row.shop_id, external_id__startswith=f"{EDIT}{row.external_id}:"
    )
    numbers = {one.rpartition(":")[2].partition("@")[0] for one in
               before.values_list("external_id", flat=True)}  # fmt: skip
    return CanonicalReturn(
        external_id=f"{EDIT}{row.external_id}:{len(numbers) + 1}",
        order_external_id=row.external_id,
        reason=ReturnReason.CANCELLATION,
        returned_at=at,
        lines=tuple(lines),
    )


def taken_out_before(row: Order, state: OrderState) -> CanonicalReturn | None:
    """Return what edits had taken out of an order before it was first told; None for nothing."""
    lines = taken_out(state)
    return removals(row, lines, state.order.updated_at) if lines else None


def told_again(shop_id: int, states: Sequence[OrderState]) -> list[CanonicalReturn]:
    """Return the returns of some states; one that was withdrawn and is told again has a new id."""
    told = [(one, state) for state in states for one in state.returns]
    if not told:
        return []
    ids = [one.external_id for one, _state in told]
    gone = Return.objects.filter(
        shop=shop_id, withdrawn_at__isnull=False, external_id__in=ids
    ).values_list("external_id", flat=True)
    if not gone:
        return [one for one, _state in told]
    return [
        replace(one, external_id=_id_now(shop_id, one.external_id, state))
        if one.external_id in set(gone)
        else one
        for one, state in told
    ]


def _id_now(shop_id: int, external_id: str, state: OrderState) -> str:
    """Return under which id a return is known, or is to be kept, that was withdrawn before.

    A list from before the withdrawal tells what is known already.
    """
    own = Q(external_id=external_id) | Q(external_id__startswith=f"{external_id}{AGAIN}")
    rows = list(
        Return.objects.filter(own, shop=shop_id)
        .exclude(external_id__contains="@")
        .order_by("pk")
        .values_list("external_id", "withdrawn_at")
    )
    last, withdrawn_at = rows[-1]
    if withdrawn_at is None or state.order.updated_at <= withdrawn_at:
        return last
    return f"{external_id}{AGAIN}{len(rows)}"


def withdrawn(row: Order, state: OrderState) -> list[Return]:
    """Return the shop's returns of an order that its newest list no longer has."""
    if not state.knows_all_returns:
        return []
    told = {one.external_id for one in state.returns}
    known = Return.objects.filter(
        order=row, withdrawn_at__isnull=True, returned_at__lt=state.order.updated_at
    )
    return [
        one
        for one in known.order_by("pk")
        if one.external_id.partition(AGAIN)[0] not in told
        and not one.external_id.startswith((EDIT, CANCEL, GONE))
    ]


def withdraw(returns: Sequence[Return], at: datetime) -> list[CanonicalLine]:
    """Mark returns that the shop deleted; return their goods as lines that are sold again.

    Money that was given back without goods cannot be sold again: the remark
    ``return_withdrawn`` tells a person.
    """
    every = list(returns)
    for one in returns:  # Of what was added later, the return is a companion: shelf.py.
        every += Return.objects.filter(
            shop=one.shop_id, external_id__startswith=f"{one.external_id}@"
        )
    for one in every:
        one.withdrawn_at = at
    Return.objects.bulk_update(every, ["withdrawn_at"])
    rows = ReturnLine.objects.filter(line__isnull=False, quantity__gt=0).select_related("line")
    return _sold_again(list(rows.filter(shop_return__in=every).order_by("pk")))


def _sold_again(goods: Sequence[ReturnLine]) -> list[CanonicalLine]:
    found: dict[str, CanonicalLine] = {}
    for row in goods:
        line = row.line
        assert line is not None  # noqa: S101  # Filtered above; said for the type checker.
        net = ratio(line.net_minor * row.quantity, line.quantity)
        again = CanonicalLine(
            external_id=line.external_id,
            kind=line.kind,
            sku=line.sku,
            title=line.title,
            quantity=row.quantity,
            net_minor=net,
            unit_cost_minor=line.unit_cost_minor,
        )
        before = found.get(line.external_id)
        found[line.external_id] = again if before is None else replace(
            again,
            quantity=again.quantity + before.quantity,
            net_minor=again.net_minor + before.net_minor,
        )  # fmt: skip
    return list(found.values())


def priced(again: Sequence[CanonicalLine], state: OrderState) -> list[CanonicalLine]:
    """Return lines that are sold again at the price that their state gives them, if it has them."""
    said = {line.external_id: line for line in state.order.lines}
    return [
        replace(one, net_minor=ratio(line.net_minor * one.quantity, line.quantity))
        if (line := said.get(one.external_id)) is not None
        else one
        for one in again
    ]


def next_addition(row: Order) -> str:
    """Return the id of the next order that holds what an edit adds to ``row``."""
    return f"{row.external_id}+{additions_to([row.pk]).count() + 1}"
