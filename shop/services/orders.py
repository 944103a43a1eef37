"""Orders as the shop says them: stored once, their costs frozen, cancelled by their own return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from core.wording import Said
from shop.domain.canonical import CanonicalLine, CanonicalOrder
from shop.domain.order_rules import order_refusal
from shop.models import CostSource, Order, OrderLine, Shop
from shop.services import following, returns
from shop.services.chunks import chunks
from shop.services.copying import copy_in
from shop.services.costs import CostIndex, products_by_sku
from shop.services.locking import locked

_COPIED = ("external_id", "number", "placed_at", "currency", "is_test", "cancelled_at",
           "delivered_at", "follows_external_id",
           "customer_ref", "email_key", "phone_key", "address_key", "has_disposable_email",
           "is_new_customer", "country", "store")  # fmt: skip
_LINE_COLUMNS = ("order_id", "external_id", "kind", "product_id", "sku", "title", "quantity",
                 "net_minor", "discount_minor", "tax_minor", "unit_cost_minor",
                 "cost_source")  # fmt: skip


@dataclass(slots=True)
class RecordReport:
    """What became of the orders. ``conflicts`` says why one was refused, by its id."""

    created: int = 0
    unchanged: int = 0
    cancelled: int = 0
    conflicts: dict[str, str] = field(default_factory=dict)


def record(*, shop_id: int, orders: Iterable[CanonicalOrder], now: datetime) -> RecordReport:
    """Store orders in their newest state. Safe to repeat and in any order of arrival.

    A known order with the same lines is unchanged; a later state of it can only say that it was
    delivered (rule O11) or cancel it, which returns all that is left. Other lines under a known id
    are refused (rule O3). Each line keeps the unit cost that came with it, else the catalogue's of
    the order's date, else none: then it waits (rule O5). An order cancelled when it first arrives
    counts as created and as cancelled.
    """
    report = RecordReport()
    for chunk in chunks(orders, key=lambda order: order.external_id):
        _record_chunk(shop_id, chunk, now, report)
    return report


@transaction.atomic
def _record_chunk(
    shop_id: int, orders: Sequence[CanonicalOrder], now: datetime, report: RecordReport
) -> None:
    shop = locked(shop_id)
    ids = [order.external_id for order in orders]
    known = {row.external_id: row for row in Order.objects.filter(shop=shop, external_id__in=ids)}
    fresh, repeated = [], []
    for said in orders:
        row = known.get(said.external_id)
        if refusal := order_refusal(said, currency=shop.currency, now=now):
            report.conflicts[said.external_id] = refusal
        elif row is None:
            fresh.append(said)
        elif row.content_hash != said.content_hash():
            report.conflicts[said.external_id] = Said(
                "The order was already received with other lines: send what changed as a return"
                " or as a new order."
            )
        else:
            repeated.append((row, said))
    created = _create(shop, fresh, now)
    following.link(shop=shop, orders=created)
    returns.adopt(shop=shop, orders=created)
    newly_cancelled = _move_on(repeated)
    _fill_costs([said for _row, said in repeated], known)
    cancelled = [*newly_cancelled, *(row for row in created if row.cancelled_at)]
    if cancelled:
        returns.cancel_rest(shop=shop, orders=cancelled, now=now)
    report.created += len(created)
    report.cancelled += len(cancelled)
    report.unchanged += len(repeated) - len(newly_cancelled)


def _create(shop: Shop, orders: Sequence[CanonicalOrder], now: datetime) -> list[Order]:
    rows = Order.objects.bulk_create(
        Order(
            shop=shop,
            codes=list(said.codes),
            click_tokens=list(said.click_tokens),
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
        said.net_minor, said.discount_minor, said.tax_minor, cost,
        (CostSource.MISSING if cost is None else source).value,
    )  # fmt: skip


def _move_on(repeated: Sequence[tuple[Order, CanonicalOrder]]) -> list[Order]:
    """Take over what another state of an order says; return the orders that it cancels.

    A cancellation and a delivery are facts: they count also when they come with an older state,
    and a later state without them does not undo them. Of several deliveries the earliest counts.
    """
    moved, cancelled = [], []
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
        if cancels or delivers or said.updated_at > row.source_updated_at:
            row.source_updated_at = max(row.source_updated_at, said.updated_at)
            moved.append(row)
    Order.objects.bulk_update(moved, ["source_updated_at", "cancelled_at", "delivered_at"])
    return cancelled


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
    for line in OrderLine.objects.filter(
        order__in={order_id for order_id, _line in sent},
        cost_source=CostSource.MISSING,
    ).order_by("pk"):
        cost = sent.get((line.order_id, line.external_id))
        if cost is not None:
            line.unit_cost_minor, line.cost_source = cost, CostSource.PAYLOAD
            found.append(line)
    OrderLine.objects.bulk_update(found, ["unit_cost_minor", "cost_source"])
