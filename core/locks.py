"""Locks that no row gives: a key, held until the transaction ends."""

from __future__ import annotations

from typing import LiteralString

from django.db import connection
from django.db.transaction import TransactionManagementError


def hold(key: int | str) -> None:
    """Wait until nobody holds or shares ``key``, and keep everybody out until commit or rollback.

    ``key`` is one for the whole database: a whole number of 64 bits that no other lock uses, or a
    word, of which PostgreSQL's ``hashtextextended(word, 0)`` is the number. Safe to repeat.

    :raises TransactionManagementError: outside a transaction, where it would keep nobody out.
    """
    _take("pg_advisory_xact_lock", key)


def share(key: int | str) -> None:
    """Wait until nobody holds ``key``; whoever wants to hold it waits until commit or rollback.

    Many may share it at once. For ``key`` see :func:`hold`.

    :raises TransactionManagementError: outside a transaction, where it would keep nobody out.
    """
    _take("pg_advisory_xact_lock_shared", key)


def _take(function: LiteralString, key: int | str) -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("A lock is held until a transaction ends: begin one.")
    number = "hashtextextended(%s, 0)" if isinstance(key, str) else "%s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({number})", [key])
