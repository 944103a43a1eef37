"""One signed delivery of the demo shop, as its nightly job sends it: the whole catalogue."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from portal.demo.world import World, catalogue_of
from shop.connectors import generic
from shop.connectors.contract import Delivery
from shop.services.connections import generic_of
from shop.services.receiving import receive

EVENT_ID = "catalogue-1"


def send_catalogue(world: World, *, secret: str, now: datetime) -> None:
    """Put the catalogue among the deliveries that wait; the worker finds nothing new in it."""
    items = []
    for product in catalogue_of(world.shop_url):
        item = asdict(product)
        item["active"] = item.pop("is_active")
        items.append(item)
    body = json.dumps({"schema": generic.PRODUCT, "items": items}).encode()
    headers = {
        "apport-event-id": EVENT_ID,
        "apport-signature": generic.signature(secret, timestamp=int(now.timestamp()), body=body),
    }
    receive(connection=generic_of(world.shop, now=now), delivery=Delivery(headers, body), now=now)
