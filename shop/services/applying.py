"""What a connector made of a body, stored: the one way in for all facts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from shop.domain.moments import Told
from shop.domain.states import Facts
from shop.models import Connection, CustomerRequest, RequestKind
from shop.services import catalogue, cost_corrections, orders, returns

#: How long there is to answer a customer: GDPR, article 12.3.
MONTH = timedelta(days=30)


@transaction.atomic
def apply(
    *, connection: Connection, facts: Facts, event_id: str, told: Told, now: datetime
) -> dict[str, str]:
    """Store what a body says; return what was refused and why, by what it is about.

    Safe to repeat and in any order of arrival. ``event_id`` names a customer's request that has no
    id of its own. ``told``: when the body came, however late it is read.
    """
    shop_id = connection.shop_id
    conflicts: dict[str, str] = {}
    # Returns first: of a cancelled order the cancellation takes what is left.
    if facts.returns:
        conflicts |= returns.record(shop_id=shop_id, returns=facts.returns, now=now).conflicts
    if facts.orders:
        recorded = orders.record_states(
            shop_id=shop_id, states=facts.orders, now=now, connection_id=connection.pk
        )
        conflicts |= recorded.conflicts
    if facts.costs:
        corrected = cost_corrections.record(shop_id=shop_id, costs=facts.costs, now=now)
        conflicts |= corrected.conflicts
    if facts.gone_orders:
        orders.cancel(shop_id=shop_id, external_ids=facts.gone_orders, now=now)
    if facts.products:
        stored = catalogue.upsert(shop_id=shop_id, products=facts.products, told=told, now=now)
        conflicts |= stored.conflicts
    if facts.unit_costs:
        costs = catalogue.set_costs(
            shop_id=shop_id, unit_costs=facts.unit_costs, told=told, now=now
        )
        conflicts |= costs.conflicts
    if facts.stocks:
        catalogue.set_stocks(shop_id=shop_id, stocks=facts.stocks, told=told, now=now)
    if facts.gone_skus or facts.gone_models:
        catalogue.retire(
            shop_id=shop_id, skus=facts.gone_skus, models=facts.gone_models, told=told, now=now
        )
    _note_requests(connection, facts, event_id, now)
    return conflicts


def _note_requests(connection: Connection, facts: Facts, event_id: str, now: datetime) -> None:
    for erasure in facts.erasures:
        _note(connection, RequestKind.ERASURE, event_id, erasure.customer_ref,
              erasure.order_external_ids, now, now)  # fmt: skip
    for wish in facts.disclosures:
        _note(connection, RequestKind.DISCLOSURE, wish.external_id or event_id, wish.customer_ref,
              wish.order_external_ids, wish.asked_at or now, now)  # fmt: skip


def _note(
    connection: Connection,
    kind: RequestKind,
    external_id: str,
    customer_ref: str,
    order_ids: tuple[str, ...],
    asked_at: datetime,
    now: datetime,
) -> None:
    CustomerRequest.objects.get_or_create(
        connection=connection,
        kind=kind,
        external_id=external_id[:100],
        defaults={
            "customer_ref": customer_ref,
            "order_external_ids": list(order_ids),
            "asked_at": asked_at,
            "received_at": now,
            "due_at": asked_at + MONTH,
        },
    )
