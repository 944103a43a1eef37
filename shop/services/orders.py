"""Orders as the shop says them: stored once, their costs frozen, cancelled by their own return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core.wording import Said
from shop.domain.canonical import CanonicalLine, CanonicalOrder
from shop.domain.order_rules import order_refusal
from shop.domain.remarks import REOPENED, RETURN_WITHDRAWN, UNCLEAR_RETURN
from shop.domain.states import OrderState
from shop.models import CostSource, Order, OrderLine, Return, ReturnReason, Shop
from shop.services import edits, following, references, returns
from shop.services.chunks import chunks
from shop.services.copying import copy_in
from shop.services.costs import CostIndex, products_by_sku
from shop.services.locking import locked
from shop.services.people import IDENTITY

_COPIED = ("external_id", "number", "placed_at", "currency", "is_test", "cancelled_at",
           "delivered_at", "follows_external_id",
           "customer_ref", "email_key", "phone_key", "address_key", "has_disposable_email",
           "is_new_customer", "country", "store", "awaits_payment",
           "presentment_currency")  # fmt: skip
_LINE_COLUMNS = ("order_id", "external_id", "kind", "product_id", "sku", "title", "quantity",
                 "net_minor", "discount_minor", "tax_minor", "presentment_net_minor",
                 "unit_cost_minor", "cost_source")  # fmt: skip

#: An order follows one that was placed before it (rule O12).
_JUST_AFTER = timedelta(microseconds=1)
_MOVED = ("source_updated_at", "cancelled_at", "delivered_at", "awaits_payment", "remarks",
          "codes", "click_tokens")  # fmt: skip


@dataclass(slots=True)
class RecordReport:
    """What became of the orders. ``conflicts`` says why one was refused, by its id."""

    created: int = 0
    unchanged: int = 0
    cancelled: int = 0
    conflicts: dict[str, str] = field(default_factory=dict)


def record(*, shop_id: int, orders: Iterable[CanonicalOrder], now: datetime) -> RecordReport:
    """Store orders in their newest state. Safe to repeat and in any order of arrival.

    As :func:`record_states` without returns.
    """
    return record_states(
        shop_id=shop_id, states=(OrderState(order=order) for order in orders), now=now
    )


def record_states(
    *,
    shop_id: int,
    states: Iterable[OrderState],
    now: datetime,
    connection_id: int | None = None,
) -> RecordReport:
    """Store orders in their newest state, with all that the shop says came back of them.

    A known order with the same lines is unchanged; a later state of it can say that it was
    delivered (rule O11) or paid, or cancel it, which returns all that is left. Other lines in a
    newer state are an edit: what it took is returned, what it added follows the order (rule O15).
    Other lines in a state of the same moment are refused (rule O3), in an older one passed over
    (rule O4). Each line keeps the unit cost that came with it, else the catalogue's of the order's
    date, else none: then it waits (rule O5). An order cancelled when it first arrives counts as
    created and as cancelled.
    """
    report = RecordReport()
    for chunk in chunks(states, key=lambda state: state.order.external_id):
        _record_chunk(shop_id, chunk, now, report, connection_id)
    return report


@transaction.atomic
def cancel(*, shop_id: int, external_ids: Iterable[str], now: datetime) -> None:
    """Cancel orders of which the shop says only that they are gone.

    One that is not known yet is cancelled when it comes: its own delivery may be read later than
    the one that says it is gone. Safe to repeat.
    """
    shop, ids = locked(shop_id), list(external_ids)
    known = {row.external_id: row for row in Order.objects.filter(shop=shop, external_id__in=ids)}
    gone = [row for row in known.values() if row.cancelled_at is None]
    for row in gone:
        row.cancelled_at = now
    for external_id in set(ids) - known.keys():
        Return.objects.get_or_create(
            shop=shop,
            external_id=f"{edits.GONE}{external_id}",
            defaults={
                "order_external_id": external_id,
                "reason": ReturnReason.CANCELLATION,
                "returned_at": now,
                "received_at": now,
            },
        )
    Order.objects.bulk_update(gone, ["cancelled_at"])
    if gone:
        returns.cancel_rest(shop=shop, orders=[*gone, *_with_them(gone)], now=now)


@transaction.atomic
def _record_chunk(
    shop_id: int,
    states: Sequence[OrderState],
    now: datetime,
    report: RecordReport,
    connection_id: int | None,
) -> None:
    shop = locked(shop_id)
    ids = [state.order.external_id for state in states]
    known = {row.external_id: row for row in Order.objects.filter(shop=shop, external_id__in=ids)}
    told = _accepted(shop, states, known, now, report)
    # Returns first: those of new orders wait for them, and a cancellation takes what is left.
    came = returns.ReturnReport()
    returns.record_locked(shop, edits.told_again(shop.pk, told), now, came)
    _remark_returns(known, told, came)
    fresh = [state for state in told if state.order.external_id not in known]
    created = _create(shop, [state.order for state in fresh], now, connection_id)
    following.link(shop=shop, orders=created)
    returns.adopt(shop=shop, orders=created)
    _cancel_gone(created)
    taken = [edits.taken_out_before(row, state)
             for row, state in zip(created, fresh, strict=True)]  # fmt: skip
    returns.record_locked(shop, [one for one in taken if one is not None], now, came)
    repeated = [
        (known[state.order.external_id], state)
        for state in told
        if state.order.external_id in known
    ]
    _edit(shop, repeated, now)
    newly_cancelled = _move_on([(row, state.order) for row, state in repeated], now)
    _fill_costs([state.order for _row, state in repeated], known)
    cancelled = [*newly_cancelled, *(row for row in created if row.cancelled_at)]
    if cancelled:
        returns.cancel_rest(shop=shop, orders=[*cancelled, *_with_them(cancelled)], now=now)
    report.created += len(created)
    report.cancelled += len(cancelled)
    report.unchanged += len(repeated) - len(newly_cancelled)


def _remark_returns(
    known: Mapping[str, Order], told: Sequence[OrderState], came: returns.ReturnReport
) -> None:
    """Remark orders of which a refund is told otherwise than before: the first stands (rule O16).

    The state is stored all the same: a cancellation must not wait for a cent of an old refund.
    """
    for state in told:
        row = known.get(state.order.external_id)
        odd = any(one.external_id in came.conflicts for one in state.returns)
        if odd and row is not None and UNCLEAR_RETURN not in row.remarks:
            row.remarks = sorted({*row.remarks, UNCLEAR_RETURN})
            row.save(update_fields=["remarks"])


def _cancel_gone(created: Sequence[Order]) -> None:
    """Cancel orders that the shop said were gone before it told of them. Rule O19."""
    rows = Return.objects.filter(order__in=created, external_id__startswith=edits.GONE)
    gone = dict(rows.values_list("order", "returned_at"))
    fallen = [row for row in created if row.pk in gone and row.cancelled_at is None]
    for row in fallen:
        row.cancelled_at = gone[row.pk]
    Order.objects.bulk_update(fallen, ["cancelled_at"])


def _accepted(
    shop: Shop,
    states: Sequence[OrderState],
    known: Mapping[str, Order],
    now: datetime,
    report: RecordReport,
) -> list[OrderState]:
    """Return the states that may be stored; why the others may not is in the report."""
    accepted, doubtful = [], []
    for state in states:
        said, row = state.order, known.get(state.order.external_id)
        if refusal := order_refusal(said, currency=shop.currency, now=now):
            report.conflicts[said.external_id] = refusal
            continue
        accepted.append(state)
        is_same_moment = row is not None and said.updated_at == row.source_updated_at
        if row is not None and is_same_moment and row.content_hash != said.content_hash():
            doubtful.append((row, state))
    for pk, change in edits.changes(doubtful).items():
        if change:
            row, state = next(pair for pair in doubtful if pair[0].pk == pk)
            accepted.remove(state)
            report.conflicts[row.external_id] = Said(
                "The order was already received with other lines and the same updated_at: send"
                " what changed with a later one, as a return or as a new order."
            )
    return accepted


def _edit(shop: Shop, repeated: Sequence[tuple[Order, OrderState]], now: datetime) -> None:
    """Take over what newer states say of the lines. Rule O15.

    A cancelled order is not edited: all of it is back, whatever its lines say.
    """
    newer = [
        (row, state)
        for row, state in repeated
        if state.order.updated_at > row.source_updated_at
        and row.cancelled_at is None
        and state.order.cancelled_at is None
    ]
    found = edits.changes(newer)
    for row, state in newer:
        change = found[row.pk]
        if change.removed:
            gone = edits.removals(row, change.removed, state.order.updated_at)
            returns.record_locked(shop, [gone], now, returns.ReturnReport())
        if change.added:
            _add(shop, row, state, change.added, now)
        row.remarks = sorted({*row.remarks, *change.remarks})
    for row, state in repeated:
        is_older = state.order.updated_at < row.source_updated_at
        if is_older or row.cancelled_at or state.order.cancelled_at:
            continue
        if gone_returns := edits.withdrawn(row, state):
            again = edits.priced(edits.withdraw(gone_returns, state.order.updated_at), state)
            row.remarks = sorted({*row.remarks, RETURN_WITHDRAWN})
            if again:  # As if nothing had been taken back: it was ordered when the order was.
                _add(shop, row, state, again, now, placed_at=row.placed_at + _JUST_AFTER)


def _add(
    shop: Shop,
    row: Order,
    state: OrderState,
    lines: Sequence[CanonicalLine],
    now: datetime,
    *,
    placed_at: datetime | None = None,
) -> None:
    """Store what came to an order as one that follows it, placed when it came or as said."""
    said = replace(
        state.order,
        external_id=edits.next_addition(row),
        placed_at=placed_at or max(state.order.updated_at, row.placed_at),
        lines=tuple(lines),
        follows_external_id=row.external_id,
        codes=(),
        click_tokens=(),
        # Whose it is, the order says: what was erased of that is told again with every state.
        **{name: getattr(row, name) for name in IDENTITY},
    )
    [added] = _create(shop, [said], now, row.connection_id)
    added.follows, added.is_addition = row, True
    added.save(update_fields=["follows", "is_addition"])
    returns.place_waiting(orders=[row])


def _with_them(cancelled: Sequence[Order]) -> list[Order]:
    """Cancel what was added to cancelled orders too; return it."""
    added = following.additions_to([row.pk for row in cancelled])
    additions = list(added.filter(cancelled_at__isnull=True).select_related("follows"))
    for one in additions:
        one.cancelled_at = one.follows.cancelled_at if one.follows else None
    Order.objects.bulk_update(additions, ["cancelled_at"])
    return additions


def _create(
    shop: Shop, orders: Sequence[CanonicalOrder], now: datetime, connection_id: int | None
) -> list[Order]:
    rows = Order.objects.bulk_create(
        Order(
            shop=shop,
            connection_id=connection_id,
            codes=list(said.codes),
            click_tokens=list(said.click_tokens),
            remarks=sorted(set(said.remarks)),
            source_updated_at=said.updated_at,
            received_at=now,
            content_hash=said.content_hash(),
            **{name: getattr(said, name) for name in _COPIED},
        )
        for said in orders
    )
    lines = [(row, line) for row, said in zip(rows, orders, strict=True) for line in said.lines]
    products = products_by_sku(shop.pk, {line.sku for _row, line in lines if line.sku})
    without = {line.sku for _row, line in lines if line.unit_cost_minor is None}
    costs = CostIndex([products[sku] for sku in without if sku in products])
    copy_in(
        OrderLine, _LINE_COLUMNS, (_line_row(row, line, products, costs) for row, line in lines)
    )
    return rows


def _line_row(
    order: Order, said: CanonicalLine, products: Mapping[str, int], costs: CostIndex
) -> tuple[Any, ...]:
    product_id = products.get(said.sku)
    cost, source = said.unit_cost_minor, CostSource.PAYLOAD
    if cost is None and product_id is not None:
        cost, source = costs.at(product_id, order.placed_at), CostSource.CATALOGUE
    return (
        order.pk, said.external_id, said.kind, product_id, said.sku, said.title, said.quantity,
        said.net_minor, said.discount_minor, said.tax_minor, said.presentment_net_minor, cost,
        (CostSource.MISSING if cost is None else source).value,
    )  # fmt: skip


def _move_on(repeated: Sequence[tuple[Order, CanonicalOrder]], now: datetime) -> list[Order]:
    """Take over what another state of an order says; return the orders that it cancels.

    A cancellation, a delivery and a payment are facts: they count also when they come with an
    older state, and a later state without them does not undo them. Of several deliveries the
    earliest counts. Remarks are collected.
    """
    if not repeated:
        return []
    moved, cancelled = [], []
    taken = references.take(repeated, now=now)
    for row, said in repeated:
        cancels = said.cancelled_at is not None and row.cancelled_at is None
        if cancels:
            row.cancelled_at = said.cancelled_at
            cancelled.append(row)
        delivers = said.delivered_at is not None and (
            row.delivered_at is None or said.delivered_at < row.delivered_at
        )
        if delivers:
            row.delivered_at = said.delivered_at
        pays = row.awaits_payment and not said.awaits_payment
        row.awaits_payment = row.awaits_payment and said.awaits_payment
        newer = said.updated_at > row.source_updated_at
        reopens = newer and row.cancelled_at is not None and said.cancelled_at is None
        remarks = sorted({*row.remarks, *said.remarks, *([REOPENED] if reopens else [])})
        remarked, row.remarks = remarks != row.remarks, remarks
        if cancels or delivers or pays or remarked or row.pk in taken or newer:
            row.source_updated_at = max(row.source_updated_at, said.updated_at)
            moved.append(row)
    Order.objects.bulk_update(moved, _MOVED)
    _tell_additions(repeated)
    return cancelled


def _tell_additions(repeated: Sequence[tuple[Order, CanonicalOrder]]) -> None:
    """What was added to an order is delivered with it, and paid once the whole order is."""
    by_pk = {row.pk: (row, said) for row, said in repeated}
    told = []
    for one in following.additions_to(by_pk.keys()).order_by("pk"):
        root, said = by_pk[one.follows_id or 0]
        delivered_at = one.delivered_at or root.delivered_at
        awaits = one.awaits_payment and said.awaits_payment
        if (delivered_at, awaits) != (one.delivered_at, one.awaits_payment):
            one.delivered_at, one.awaits_payment = delivered_at, awaits
            told.append(one)
    Order.objects.bulk_update(told, ["delivered_at", "awaits_payment"])


def _fill_costs(repeated: Sequence[CanonicalOrder], known: Mapping[str, Order]) -> None:
    """Freeze the costs that a repeated order brings for lines that had none."""
    sent = {
        (known[said.external_id].pk, line.external_id): line.unit_cost_minor
        for said in repeated
        for line in said.lines
        if line.unit_cost_minor is not None
    }
    if not sent:
        return
    found = []
    root_of = following.roots_of({order_id for order_id, _line in sent})
    for line in OrderLine.objects.filter(
        order__in=root_of, cost_source=CostSource.MISSING
    ).order_by("pk"):
        cost = sent.get((root_of[line.order_id], line.external_id))
        if cost is not None:
            line.unit_cost_minor, line.cost_source = cost, CostSource.PAYLOAD
            found.append(line)
    OrderLine.objects.bulk_update(found, ["unit_cost_minor", "cost_source"])
