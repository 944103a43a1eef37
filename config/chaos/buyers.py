"""The shop: orders of visitors who clicked, and returns, sent until each is acknowledged."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import Any

from config.chaos.visitors import Visitors
from shop.connectors import generic

SHOP = "chaos"
NET_MINOR = 10_000
#: One order in so many comes back, one delivery in so many is sent twice.
COMES_BACK, SENT_TWICE = 4, 10
WAITS_SECONDS = 0.2


class Buyers(threading.Thread):
    """Buy after a click of ``visitors``, and tell the programme ``per_second`` times a second."""

    def __init__(
        self, port: int, secret: str, visitors: Sequence[Visitors], *, per_second: float, seed: int
    ) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.secret = secret
        self.visitors = visitors
        self.pause = 1 / per_second
        self.chance = random.Random(seed)  # noqa: S311 no secret
        self.stopped = threading.Event()
        #: Order ids that were acknowledged, with the reference they carried.
        self.orders: dict[str, str] = {}
        #: Return ids that were acknowledged, with their order.
        self.returns: dict[str, str] = {}
        self.tries = 0

    def run(self) -> None:
        """Go on until ``stopped``; what was begun is sent to its end."""
        number = 0
        while not self.stopped.wait(self.pause):
            known = [one for one in self.visitors if one.tokens]
            if not known:
                continue
            number += 1
            token = self.chance.choice(self.chance.choice(known).tokens)
            order = f"C-{number}"
            self._send(f"order-{order}", _order(order, token))
            self.orders[order] = token
            if not self.chance.randrange(COMES_BACK):
                back = f"R-{number}"
                self._send(f"return-{order}", _return(back, order))
                self.returns[back] = order

    def _send(self, event_id: str, body: dict[str, Any]) -> None:
        """Send as shops do: the same delivery again until somebody says that it was heard."""
        raw = json.dumps(body).encode()
        heard = 0
        while heard < (1 if self.chance.randrange(SENT_TWICE) else 2):
            self.tries += 1
            if self._post(event_id, raw) == 200:
                heard += 1
            else:
                time.sleep(WAITS_SECONDS)

    def _post(self, event_id: str, body: bytes) -> int:
        signed = generic.signature(self.secret, timestamp=int(time.time()), body=body)
        headers = {
            "Host": f"localhost:{self.port}",
            "Content-Type": "application/json",
            "Apport-Event-Id": event_id,
            "Apport-Signature": signed,
        }
        connection = HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("POST", f"/webhooks/{SHOP}/", body, headers)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()


def _order(number: str, token: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    line = {
        "id": "1", "kind": "product", "sku": "CHAOS-1", "title": "A dress", "quantity": 1,
        "net_minor": NET_MINOR, "tax_minor": NET_MINOR // 5, "unit_cost_minor": NET_MINOR * 2 // 5,
    }  # fmt: skip
    return {
        "schema": generic.ORDER, "id": number, "placed_at": now, "updated_at": now,
        "currency": "EUR", "country": "FR", "ap_ref": [token], "lines": [line],
    }  # fmt: skip


def _return(number: str, order: str) -> dict[str, Any]:
    line = {"id": "1", "line_id": "1", "quantity": 1, "net_minor": NET_MINOR}
    return {
        "schema": generic.RETURN, "id": number, "order_id": order,
        "returned_at": datetime.now(UTC).isoformat(), "lines": [line],
    }  # fmt: skip
