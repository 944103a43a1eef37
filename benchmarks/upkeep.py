"""What PostgreSQL does by itself over a quiet night: done at once, before anything is measured."""

from __future__ import annotations

import os

import psycopg
from psycopg import sql


def vacuum(*tables: str) -> None:
    """Vacuum and analyze these tables, or all. As the owner: PostgreSQL passes over others' tables.

    :raises KeyError: without an owner's address, as where a database of one's own is measured.
    """
    address = os.environ["DATABASE_OWNER_URL"]
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(sql.SQL("VACUUM (ANALYZE) {}").format(names))
