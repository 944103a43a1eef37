"""Baskets, by the visitor's own cookie."""

from __future__ import annotations

import sqlite3

from demo.catalogue import by_sku
from demo.shop.pricing import BasketLine

MOST_OF_ONE = 9


def lines(database: sqlite3.Connection, visitor: str) -> list[BasketLine]:
    """Return what is in the basket, oldest first."""
    rows = database.execute(
        "SELECT sku, size, quantity FROM basket WHERE visitor = ? ORDER BY rowid", (visitor,)
    )
    return [
        BasketLine(by_sku()[row["sku"]], row["size"], row["quantity"])
        for row in rows
        if row["sku"] in by_sku()
    ]


def count(database: sqlite3.Connection, visitor: str) -> int:
    """Return how many pieces are in the basket."""
    row = database.execute(
        "SELECT coalesce(sum(quantity), 0) FROM basket WHERE visitor = ?", (visitor,)
    ).fetchone()
    return int(row[0])


def add(database: sqlite3.Connection, visitor: str, sku: str, size: str) -> None:
    """Put one more piece into the basket."""
    database.execute(
        "INSERT INTO basket (visitor, sku, size, quantity) VALUES (?, ?, ?, 1)"
        " ON CONFLICT DO UPDATE SET quantity = min(quantity + 1, ?)",
        (visitor, sku, size, MOST_OF_ONE),
    )


def set_quantity(
    database: sqlite3.Connection, visitor: str, sku: str, size: str, quantity: int
) -> None:
    """Change how many pieces of one line there are; none takes the line out."""
    key = (visitor, sku, size)
    if quantity <= 0:
        database.execute("DELETE FROM basket WHERE (visitor, sku, size) = (?, ?, ?)", key)
    else:
        database.execute(
            "UPDATE basket SET quantity = ? WHERE (visitor, sku, size) = (?, ?, ?)",
            (min(quantity, MOST_OF_ONE), *key),
        )


def code(database: sqlite3.Connection, visitor: str) -> str:
    """Return the promo code that was entered; empty when none was."""
    row = database.execute("SELECT code FROM promo WHERE visitor = ?", (visitor,)).fetchone()
    return str(row["code"]) if row else ""


def set_code(database: sqlite3.Connection, visitor: str, code: str) -> None:
    """Remember the promo code, or forget it when it is empty."""
    database.execute("DELETE FROM promo WHERE visitor = ?", (visitor,))
    if code:
        database.execute("INSERT INTO promo (visitor, code) VALUES (?, ?)", (visitor, code))


def clear(database: sqlite3.Connection, visitor: str) -> None:
    """Empty the basket and forget its code."""
    database.execute("DELETE FROM basket WHERE visitor = ?", (visitor,))
    set_code(database, visitor, "")
