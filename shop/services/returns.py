"""Goods and money that came back: stored as the shop says it, placed on their lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from core.money import ratio
from core.wording import Said
from shop.domain.canonical import CanonicalReturn, CanonicalReturnLine
from shop.domain.order_rules import return_refusal
from shop.domain.placing import Part
from shop.models import Order, Return, ReturnLine, ReturnReason, Shop
from shop.services.chunks import chunks
from shop.services.locking import locked
from shop.services.shelf import Shelf, to_companions

_BATCH = 2_000


@dataclass(slots=True)
class ReturnReport:
    """What became of the returns. ``conflicts`` says why one was refused."""

    created: int = 0
    unchanged: int = 0
    parked_lines: int = 0
    conflicts: dict[str, str] = field(default_factory=dict)


def record(*, shop_id: int, returns: Iterable[CanonicalReturn], now: datetime) -> ReturnReport:
    """Store returns. Safe to repeat: the same id with other lines is refused, never merged.

    A return of an unknown order is parked and adopted when the order comes. A line that is
    unknown, or a quantity above what is left of it, is parked too: nothing is dropped (rule O8).
    """
    report = ReturnReport()
    for chunk in chunks(returns, key=lambda one: one.external_id):
        _record_chunk(shop_id, chunk, now, report)
    return report


@transaction.atomic
def _record_chunk(
    shop_id: int, returns: Sequence[CanonicalReturn], now: datetime, report: ReturnReport
) -> None:
    record_locked(locked(shop_id), returns, now, report)


def record_locked(
    shop: Shop, returns: Sequence[CanonicalReturn], now: datetime, report: ReturnReport
) -> None:
    """Store returns of which no two have one id. In the caller's lock of the shop."""
    if not returns:
        return
    ids = [said.external_id for said in returns]
    known = dict(
        Return.objects.filter(shop=shop, external_id__in=ids).values_list(
            "external_id", "content_hash"
        )
    )
    fresh = []
    for said in returns:
        refusal = return_refusal(said, now=now)
        if said.external_id not in known and not refusal:
            fresh.append(said)
        elif not refusal and _is_same(shop, said, known[said.external_id]):
            report.unchanged += 1
        else:
            report.conflicts[said.external_id] = refusal or (
                Said(
                    "The return was already received with other lines:"
                    " a correction is a new return."
                )
            )
    order_ids = {said.order_external_id for said in fresh if said.order_external_id}
    orders = {
        order.external_id: order
        for order in Order.objects.filter(shop=shop, external_id__in=order_ids)
    }
    lines = _store(shop, fresh, orders, now)
    report.created += len(fresh)
    report.parked_lines += sum(line.line_id is None and line.quantity > 0 for line in lines)


def _is_same(shop: Shop, said: CanonicalReturn, content_hash: str) -> bool:
    """Tell whether a return was told before; of goods the quantities count alone (rule R2).

    A platform may price what came back anew after an edit, a cent off.
    """
    if said.content_hash() == content_hash:
        return True
    if any(not line.quantity for line in said.lines):
        return False
    own = Q(shop_return__external_id=said.external_id)
    companions = Q(shop_return__external_id__startswith=f"{said.external_id}@")
    stored: Counter[tuple[str, str]] = Counter()
    for line, sku, quantity in ReturnLine.objects.filter(
        own | companions, shop_return__shop=shop
    ).values_list("line_external_id", "sku", "quantity"):
        stored[line, sku] += quantity
    told: Counter[tuple[str, str]] = Counter()
    for one in said.lines:
        told[one.line_external_id, one.sku] += one.quantity
    return stored == told


def adopt(*, shop: Shop, orders: Sequence[Order]) -> None:
    """Give orders that were just stored the returns that waited for them. In the caller's lock."""
    by_id = {order.external_id: order for order in orders}
    parked = list(
        Return.objects.filter(
            shop=shop, order__isnull=True, order_external_id__in=by_id.keys()
        ).order_by("returned_at", "pk")
    )
    if not parked:
        return
    shelf = Shelf([by_id[one.order_external_id].pk for one in parked])
    waiting: dict[int, list[ReturnLine]] = defaultdict(list)
    for line in ReturnLine.objects.filter(shop_return__in=parked).order_by("pk"):
        waiting[line.shop_return_id].append(line)
    surplus: list[ReturnLine] = []
    for one in parked:
        one.order = by_id[one.order_external_id]
        for line in waiting[one.pk]:
            parts = shelf.take(one.order.pk, line.line_external_id, line.sku,
                               line.quantity, line.net_minor)  # fmt: skip
            surplus += _onto(line, one, parts)
    Return.objects.bulk_update(parked, ["order"])
    ReturnLine.objects.bulk_update(
        [line for lines in waiting.values() for line in lines], ["line", "quantity", "net_minor"]
    )
    ReturnLine.objects.bulk_create(surplus, batch_size=_BATCH)


def cancel_rest(*, shop: Shop, orders: Sequence[Order], now: datetime) -> None:
    """Return everything that is still there of cancelled orders. In the caller's lock. Rule O6."""
    left = Shelf([order.pk for order in orders]).left_by_order()
    fresh = []
    for order in orders:
        lines = tuple(
            CanonicalReturnLine(
                external_id=line.external_id,
                line_external_id=line.external_id,
                sku=line.sku,
                quantity=quantity,
                net_minor=ratio(line.net_minor * quantity, line.quantity),
            )
            for line, quantity in left[order.pk]
        )
        if lines:
            fresh.append(
                CanonicalReturn(
                    external_id=f"cancel:{order.external_id}",
                    order_external_id=order.external_id,
                    reason=ReturnReason.CANCELLATION,
                    returned_at=order.cancelled_at or now,
                    lines=lines,
                )
            )
    _store(shop, fresh, {order.external_id: order for order in orders}, now)


def _store(
    shop: Shop, returns: Sequence[CanonicalReturn], orders: dict[str, Order], now: datetime
) -> list[ReturnLine]:
    shelf = Shelf([order.pk for order in orders.values()])
    rows = Return.objects.bulk_create(
        Return(
            shop=shop,
            external_id=said.external_id,
            order_external_id=said.order_external_id,
            order=orders.get(said.order_external_id),
            reason=said.reason,
            returned_at=said.returned_at,
            received_at=now,
            content_hash=said.content_hash(),
        )
        for said in returns
    )
    lines: list[ReturnLine] = []
    for row, said in zip(rows, returns, strict=True):
        for line in said.lines:
            parts = shelf.take(row.order_id, line.line_external_id, line.sku,
                               line.quantity, line.net_minor)  # fmt: skip
            lines += _rows(row, line.external_id, line.line_external_id, line.sku, parts)
    to_companions(lines, shelf)
    return ReturnLine.objects.bulk_create(lines, batch_size=_BATCH)


def place_waiting(*, orders: Collection[Order]) -> None:
    """Place what waits in the returns of ``orders`` on what was added to them since.

    In the caller's lock. A refund may be told before the edit that added what it takes back.
    """
    pks = [order.pk for order in orders]
    waiting = list(
        ReturnLine.objects.filter(
            shop_return__order__in=pks,
            shop_return__withdrawn_at__isnull=True,
            line__isnull=True,
            quantity__gt=0,
        )
        .select_related("shop_return")
        .order_by("pk")
    )
    if not waiting:
        return
    shelf = Shelf(pks)
    surplus: list[ReturnLine] = []
    for line in waiting:
        parts = shelf.take(line.shop_return.order_id, line.line_external_id, line.sku,
                           line.quantity, line.net_minor)  # fmt: skip
        surplus += _onto(line, line.shop_return, parts)
    to_companions([*waiting, *surplus], shelf)
    ReturnLine.objects.bulk_update(waiting, ["shop_return", "line", "quantity", "net_minor"])
    ReturnLine.objects.bulk_create(surplus, batch_size=_BATCH)


def _onto(line: ReturnLine, one: Return, parts: Sequence[Part[int]]) -> list[ReturnLine]:
    """Put a line that waited onto the first of its places; return lines for the others."""
    first, *others = _rows(one, line.external_id, line.line_external_id, line.sku, parts)
    line.line_id, line.quantity, line.net_minor = first.line_id, first.quantity, first.net_minor
    return others


def _rows(
    row: Return, external_id: str, line_external_id: str, sku: str, parts: Sequence[Part[int]]
) -> list[ReturnLine]:
    return [
        ReturnLine(
            shop_return=row,
            external_id=f"{external_id}~{number}" if number else external_id,
            line_external_id=line_external_id,
            line_id=part.place,
            sku=sku,
            quantity=part.quantity,
            net_minor=part.net_minor,
        )
        for number, part in enumerate(parts)
    ]
