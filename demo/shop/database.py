"""The shop's own SQLite file: baskets, orders, and the messages that must reach the programme."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS basket (
    visitor TEXT NOT NULL, sku TEXT NOT NULL, size TEXT NOT NULL, quantity INTEGER NOT NULL,
    PRIMARY KEY (visitor, sku, size)
);
CREATE TABLE IF NOT EXISTS promo (visitor TEXT PRIMARY KEY, code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT, visitor TEXT NOT NULL, placed_at TEXT NOT NULL,
    name TEXT NOT NULL, email TEXT NOT NULL, country TEXT NOT NULL, code TEXT NOT NULL,
    consent TEXT NOT NULL, has_click INTEGER NOT NULL, discount_minor INTEGER NOT NULL,
    shipping_minor INTEGER NOT NULL, total_minor INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS orders_of_visitor ON orders (visitor);
CREATE INDEX IF NOT EXISTS orders_of_customer ON orders (email);
CREATE TABLE IF NOT EXISTS order_lines (
    order_id INTEGER NOT NULL REFERENCES orders, number INTEGER NOT NULL, sku TEXT NOT NULL,
    size TEXT NOT NULL, quantity INTEGER NOT NULL, paid_minor INTEGER NOT NULL,
    net_minor INTEGER NOT NULL, returned INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (order_id, number)
);
CREATE TABLE IF NOT EXISTS outbox (
    event_id TEXT PRIMARY KEY, order_id INTEGER NOT NULL, body BLOB NOT NULL,
    due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, delivered_at REAL,
    answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due_at) WHERE delivered_at IS NULL;
INSERT OR IGNORE INTO sqlite_sequence (name, seq)
    SELECT 'orders', 20000 WHERE NOT EXISTS
    (SELECT 1 FROM sqlite_sequence WHERE name = 'orders');
"""


def prepare(path: Path) -> None:
    """Make the file and its tables, readable by us alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with connected(path) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(SCHEMA)


@contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database for one transaction: committed at the end, undone by an exception."""
    connection = sqlite3.connect(path, timeout=10)
    connection.row_factory = sqlite3.Row
    try:
        with connection:
            yield connection
    finally:
        connection.close()
