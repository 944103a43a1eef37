"""The database as it was yesterday: kept beside, and brought back as from a backup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections
from psycopg import sql

from fraud.evaluation.scratch import OWNER


@contextmanager
def kept() -> Iterator[Callable[[], None]]:
    """Keep a copy of the database that connections lead to; yield what brings it back, once.

    Everything written since is lost then, the counters of numbers included. Nobody else may be
    connected.
    """
    name = str(connections[OWNER].settings_dict["NAME"])
    copy = f"{name}_kept"
    _administrate("CREATE DATABASE {} TEMPLATE {}", copy, name)

    def bring_back() -> None:
        _administrate("DROP DATABASE {} WITH (FORCE)", name)
        _administrate("ALTER DATABASE {} RENAME TO {}", copy, name)

    try:
        yield bring_back
    finally:
        _administrate("DROP DATABASE IF EXISTS {} WITH (FORCE)", copy)


def _administrate(statement: str, *names: str) -> None:
    """Run a statement about whole databases, while this process is connected to none of them."""
    connections.close_all()
    with connections[OWNER]._nodb_cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
