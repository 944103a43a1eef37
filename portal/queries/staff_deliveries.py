"""What a shop sent about something, as it came, and what our connector makes of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.errors import DomainError
from shop.models import InboundEvent, Order
from shop.services.connections import facts_of, generic_of

MOST = 20


def deliveries_of(order: Order) -> QuerySet[InboundEvent]:
    """Return the newest deliveries about an order, without their bodies."""
    rows = InboundEvent.objects.filter(shop=order.shop_id, subject=order.external_id)
    return rows.defer("body").order_by("-received_at", "-pk")[:MOST]


def body_text(event: InboundEvent) -> str:
    """Return a body as it is read: JSON indented, anything else as it came."""
    raw = bytes(event.body)
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return raw.decode(errors="replace")


def canonical_text(event: InboundEvent, *, now: datetime) -> str:
    """Return what the connector makes of a delivery now, as JSON; or why it cannot."""
    connection = event.connection or generic_of(event.shop, now=now)
    try:
        facts = facts_of(connection, event.topic, bytes(event.body))
    except DomainError as refusal:
        return str(refusal)
    told = {name: said for name, said in asdict(facts).items() if said}
    return json.dumps(_without_empty(told), ensure_ascii=False, indent=2, default=str)


def _without_empty(found: Any) -> Any:
    """Leave out what is not told, so that what is told can be read."""
    if isinstance(found, dict):
        kept = {str(name): _without_empty(one) for name, one in found.items()}
        return {name: one for name, one in kept.items() if one not in ("", None, [], {})}
    if isinstance(found, list | tuple):
        return [_without_empty(one) for one in found]
    return found
