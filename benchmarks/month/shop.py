"""What the shop sends: signed orders and returns, each once."""

from __future__ import annotations

import json
import random
import time
from collections import deque
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from typing import Any

from benchmarks.month.client import Kind
from benchmarks.month.plan import Month
from shop.connectors import generic

CODE = "bench"
#: How many orders later one comes back.
LATER = 20
ACCEPTED = b"HTTP/1.1 200"


class Shop:
    """Makes up orders, and returns of some of them. ``orders``, ``returns``: acknowledged."""

    def __init__(self, month: Month, secret: str, host: str, buyer: Callable[[], str]) -> None:
        self.month = month
        self.secret = secret
        self.host = host
        self.buyer = buyer
        self.chance = random.Random(month.seed + 1)
        self.number = 0
        self.going_back: deque[dict[str, Any]] = deque()
        self.orders = 0
        self.returns = 0

    def sale(self) -> Generator[tuple[Kind, bytes], bytes, None]:
        """One order, and the return of an earlier one if one is due."""
        self.number += 1
        order = self._order(self.number)
        answer = yield Kind.ORDER, self._signed(f"order-{order['id']}", order)
        if answer.startswith(ACCEPTED):
            self.orders += 1
            if self.chance.random() < self.month.return_share:
                self.going_back.append(order)
        if len(self.going_back) > LATER:
            yield from self.comes_back()

    def comes_back(self) -> Generator[tuple[Kind, bytes], bytes, None]:
        """One line of an order comes back."""
        order = self.going_back.popleft()
        body = _return(order, self.chance.choice(order["lines"]))
        answer = yield Kind.RETURN, self._signed(f"return-{order['id']}", body)
        if answer.startswith(ACCEPTED):
            self.returns += 1

    def _order(self, number: int) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat()
        reference = self.buyer()
        lines = [self._line(place) for place in range(1, self.month.lines_per_order + 1)]
        return {
            "schema": generic.ORDER, "id": f"M{number}", "number": f"WEB-{number}",
            "placed_at": now, "updated_at": now, "currency": "EUR", "country": "FR",
            "customer": {"id": f"{number}", "email_digest": self.chance.randbytes(32).hex(),
                         "is_new": self.chance.random() < 0.5},
            "ap_ref": [reference] if reference else [], "lines": lines,
        }  # fmt: skip

    def _line(self, place: int) -> dict[str, Any]:
        net = self.chance.randrange(1_500, 12_000)
        sku = f"MONTH-{self.chance.randrange(5_000)}"
        return {
            "id": str(place), "kind": "product", "sku": sku, "title": f"A dress {sku}",
            "quantity": 1, "net_minor": net, "discount_minor": 0, "tax_minor": net // 5,
            "unit_cost_minor": net * 2 // 5,
        }  # fmt: skip

    def _signed(self, event_id: str, said: dict[str, Any]) -> bytes:
        body = json.dumps(said).encode()
        signature = generic.signature(self.secret, timestamp=int(time.time()), body=body)
        head = (
            f"POST /webhooks/{CODE}/ HTTP/1.1\r\nHost: {self.host}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Apport-Event-Id: {event_id}\r\nApport-Signature: {signature}\r\n\r\n"
        )
        return head.encode() + body


def _return(order: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    back = {"id": "1", "line_id": line["id"], "quantity": 1, "net_minor": line["net_minor"]}
    return {
        "schema": generic.RETURN, "id": f"R-{order['id']}", "order_id": order["id"],
        "returned_at": datetime.now(UTC).isoformat(), "lines": [back],
    }  # fmt: skip
