"""What customers ask of a shop about their data, as its platform passes it on: erased, or told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from core import audit
from core.models import User
from core.privacy import journal
from shop.models import CustomerRequest, InboundEvent, InboundStatus, Order, RequestKind
from shop.services.people import erase, key_of_order, orders_of


def erase_pending(*, now: datetime, limit: int = 200) -> int:
    """Erase what customers asked to be erased; return how many requests. Safe to repeat."""
    waiting = CustomerRequest.objects.filter(kind=RequestKind.ERASURE, done_at__isnull=True)
    pks = list(waiting.order_by("received_at", "pk").values_list("pk", flat=True)[:limit])
    return sum(_erase(pk, now) for pk in pks)


@transaction.atomic
def _erase(pk: int, now: datetime) -> bool:
    """Blank whom the orders are of, and empty the bodies in which they were told.

    Amounts, lines and commissions stay: they say nothing of a person (GDPR, article 17.3 b).
    """
    row = (
        CustomerRequest.objects.select_for_update(of=("self",))
        .select_related("connection")
        .filter(pk=pk, done_at__isnull=True)
        .first()
    )
    if row is None:
        return False
    found = orders_of_request(row)
    ids = [*found.values_list("external_id", flat=True), *row.order_external_ids]
    _note_erased(row, ids, now)
    row.orders = erase(found)
    events = InboundEvent.objects.filter(
        connection__shop=row.connection.shop_id,
        status__in=[InboundStatus.DONE, InboundStatus.IGNORED],  # The others are still to be read.
    ).exclude(body=b"")
    events.filter(subject__in=ids).update(body=b"")
    wish = Q(event_id=row.external_id) | Q(topic__startswith="customers/")
    events.filter(wish, connection=row.connection).update(body=b"")
    _close(row, now)
    audit.record(actor=None, verb="customer.erased", subject=row, at=now,
                 data={"orders": row.orders})  # fmt: skip
    return True


def _note_erased(row: CustomerRequest, order_ids: list[str], now: datetime) -> None:
    """Write into the erasure journal who goes, so that a restored backup does not bring them back.

    In the transaction that erases.
    """
    shop = row.connection.shop_id
    keys = [key_of_order(shop, one) for one in sorted({*order_ids})]
    journal.note(journal.ORDER, keys, now=now)
    if row.customer_ref:
        key = journal.key_of(journal.BUYER, f"{shop}:{row.customer_ref}")
        journal.note(journal.BUYER, [key], now=now)


def orders_of_request(row: CustomerRequest) -> QuerySet[Order]:
    """Return the orders that a request is about."""
    return orders_of(
        shop_id=row.connection.shop_id,
        customer_ref=row.customer_ref,
        order_external_ids=row.order_external_ids,
    )


@transaction.atomic
def disclose(*, request_id: int, actor: User, now: datetime) -> dict[str, Any]:
    """Return all that is kept about a customer, for the shop to send; the request is then done.

    It may be asked for again: what is kept may have changed since.
    """
    row = CustomerRequest.objects.select_for_update().get(
        pk=request_id, kind=RequestKind.DISCLOSURE
    )
    found = list(orders_of_request(row).order_by("placed_at", "pk"))
    row.orders = len(found)
    if row.done_at is None:
        _close(row, now)
    audit.record(actor=actor, verb="customer.disclosed", subject=row, at=now,
                 data={"orders": row.orders})  # fmt: skip
    return {
        "request": row.external_id,
        "asked_at": row.asked_at.isoformat(),
        "orders": [_order(one) for one in found],
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "placed_at": order.placed_at.isoformat(),
        "country": order.country,
        "store": order.store,
        "promo_codes": order.codes,
        "came_through_links": bool(order.click_tokens),
        "kept_as_keyed_hashes": [
            name
            for name in ("customer_ref", "email_key", "phone_key", "address_key")
            if getattr(order, name)
        ],
        "lines": [
            {"sku": line.sku, "title": line.title, "quantity": line.quantity,
             "net_minor": line.net_minor, "currency": order.currency}
            for line in order.lines.order_by("pk")
        ],
    }  # fmt: skip


def _close(row: CustomerRequest, now: datetime) -> None:
    """Note that a request is done; an erased customer is no longer named."""
    row.done_at = now
    if row.kind == RequestKind.ERASURE:
        row.customer_ref, row.order_external_ids = "", []
    row.save(update_fields=["done_at", "orders", "customer_ref", "order_external_ids"])
