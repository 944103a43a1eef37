"""Orders and returns: stored here, told to the programme in the same transaction."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from demo.catalogue import CURRENCY, Product, by_sku
from demo.shop import messages
from demo.shop.pricing import Quote, without_vat


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who buys, and what their browser said about consent."""

    visitor: str
    name: str
    email: str
    country: str
    consent: str  # "1", "0", or empty when the banner was not answered.
    click_token: str  # Of the affiliate link, only ever with consent.


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line of a stored order, with what already went back."""

    number: int
    product: Product
    size: str
    quantity: int
    paid_minor: int
    net_minor: int
    returned: int

    @property
    def left(self) -> int:
        return self.quantity - self.returned


def number_of(order_id: int) -> str:
    """Return what the buyer calls the order."""
    return f"ML-{order_id}"


def email_digest(email: str) -> str:
    """Return what leaves the shop instead of the address: SHA-256, trimmed, lower case."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def place(database: sqlite3.Connection, *, buyer: Buyer, quote: Quote, now: datetime) -> int:
    """Store an order and queue its signed message; return its id."""
    known = database.execute("SELECT 1 FROM orders WHERE email = ? LIMIT 1", (buyer.email,))
    is_new = known.fetchone() is None
    cursor = database.execute(
        "INSERT INTO orders (visitor, placed_at, name, email, country, code, consent, has_click,"
        " discount_minor, shipping_minor, total_minor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (buyer.visitor, now.isoformat(), buyer.name, buyer.email, buyer.country, quote.code,
         buyer.consent, bool(buyer.click_token), quote.discount_minor, quote.shipping_minor,
         quote.total_minor),
    )  # fmt: skip
    order_id = int(cursor.lastrowid or 0)
    database.executemany(
        "INSERT INTO order_lines (order_id, number, sku, size, quantity, paid_minor, net_minor)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (order_id, number, priced.line.product.sku, priced.line.size, priced.line.quantity,
             priced.paid_minor, priced.net_minor)
            for number, priced in enumerate(quote.lines, 1)
        ],
    )  # fmt: skip
    messages.enqueue(
        database,
        event_id=f"order-{order_id}",
        order_id=order_id,
        message=order_message(order_id, buyer, quote, is_new=is_new, now=now),
        at=now.timestamp(),
    )
    return order_id


def order_message(
    order_id: int, buyer: Buyer, quote: Quote, *, is_new: bool, now: datetime
) -> dict[str, Any]:
    """Return the ``apport.order.v1`` of an order. Amounts in cents without VAT."""
    lines = [
        {
            "id": str(number),
            "kind": "product",
            "sku": priced.line.product.sku,
            "title": f"{priced.line.product.name} ({priced.line.size})",
            "quantity": priced.line.quantity,
            "net_minor": priced.net_minor,
            "discount_minor": priced.discount_minor,
            "tax_minor": priced.tax_minor,
            "unit_cost_minor": priced.line.product.unit_cost_minor,
        }
        for number, priced in enumerate(quote.lines, 1)
    ]
    if quote.shipping_minor:
        net = without_vat(quote.shipping_minor)
        lines.append(
            {"id": "shipping", "kind": "shipping", "sku": "", "title": "Livraison", "quantity": 1,
             "net_minor": net, "discount_minor": 0, "tax_minor": quote.shipping_minor - net,
             "unit_cost_minor": None}
        )  # fmt: skip
    digest = email_digest(buyer.email)
    return {
        "schema": "apport.order.v1",
        "id": str(order_id),
        "number": number_of(order_id),
        "placed_at": now.isoformat(),
        "updated_at": now.isoformat(),
        "currency": CURRENCY,
        "test": False,
        "cancelled_at": None,
        "customer": {"id": digest[:32], "email_digest": digest, "is_new": is_new},
        "country": buyer.country,
        "store": "",
        "codes": [quote.code] if quote.code else [],
        "ap_ref": [buyer.click_token] if buyer.click_token else [],
        "lines": lines,
    }


def lines_of(database: sqlite3.Connection, order_id: int) -> list[StoredLine]:
    """Return the lines of a stored order."""
    rows = database.execute(
        "SELECT * FROM order_lines WHERE order_id = ? ORDER BY number", (order_id,)
    )
    return [
        StoredLine(row["number"], by_sku()[row["sku"]], row["size"], row["quantity"],
                   row["paid_minor"], row["net_minor"], row["returned"])
        for row in rows
    ]  # fmt: skip


def send_back(
    database: sqlite3.Connection, *, order_id: int, quantities: dict[int, int], now: datetime
) -> int:
    """Take back ``quantities`` (line number -> pieces) as far as they go; return how many."""
    returned = []
    for line in lines_of(database, order_id):
        quantity = min(quantities.get(line.number, 0), line.left)
        if quantity <= 0:
            continue
        database.execute(
            "UPDATE order_lines SET returned = returned + ? WHERE order_id = ? AND number = ?",
            (quantity, order_id, line.number),
        )
        before = line.net_minor * line.returned // line.quantity
        after = line.net_minor * (line.returned + quantity) // line.quantity
        returned.append(
            {"id": f"{line.number}-{line.returned + quantity}", "line_id": str(line.number),
             "sku": line.product.sku, "quantity": quantity, "net_minor": after - before}
        )  # fmt: skip
    if not returned:
        return 0
    return_id = f"{order_id}-r{int(now.timestamp() * 1_000)}"
    message = {
        "schema": "apport.return.v1",
        "id": return_id,
        "order_id": str(order_id),
        "reason": "return",
        "returned_at": now.isoformat(),
        "lines": returned,
    }
    messages.enqueue(database, event_id=f"return-{return_id}", order_id=order_id, message=message,
                     at=now.timestamp())  # fmt: skip
    return sum(int(str(line["quantity"])) for line in returned)
