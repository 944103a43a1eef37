"""Which months of clicks and journeys lie on a second server, and how they get there.

Whoever reads or writes clicks asks ``tracking_click`` and ``tracking_journeyevent`` as ever: a
month that was moved is a foreign partition of theirs (postgres_fdw). Nothing is ever written to
both servers at once: rows of a moved month have ids below a bound, new ones come above it and stay
here, where the shipper's offsets are (docs/operations.md, ADR 0018).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, connections, transaction
from psycopg import sql

from core.errors import DomainError
from tracking.services.partitions import Month, first_of_month

#: The foreign server that a superuser made: docs/operations.md.
SERVER = "apport_far"
OWNER = "owner"
#: The tables whose months can be moved, and the column of their time.
TIMES = {"tracking_click": "clicked_at", "tracking_journeyevent": "at"}
FAR, NEAR = "_far", "_near"
_TURN = "hashtext('tracking_far_months')"
_COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_FAR_NAMES = """
    SELECT child.relname FROM pg_foreign_table
    JOIN pg_foreign_server server ON server.oid = ftserver AND srvname = %s
    JOIN pg_class child ON child.oid = ftrelid
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
#: Equal where the rows are; the order does not matter.
_PRINT = "SELECT count(*), sum(hashtextextended(part::text, 0)::numeric) FROM {} AS part"


class NoSecondServer(DomainError):
    """No second server is named, or PostgreSQL does not know it yet."""

    code = "no_second_server"


class NotMoved(DomainError):
    """This month cannot be moved."""

    code = "month_not_moved"


@dataclass(frozen=True, slots=True)
class Moved:
    """A month that now lies on the second server."""

    name: str
    rows: int


def far() -> set[str]:
    """Return the names of the months that lie on the second server."""
    with connection.cursor() as cursor:
        cursor.execute(_FAR_NAMES, [SERVER])
        return {name.removesuffix(FAR) for (name,) in cursor.fetchall()}


def move(month: Month, *, using: str = OWNER) -> Moved:
    """Move a month of one table to the second server, row for row; return how many there were.

    Who writes clicks waits meanwhile (landings wait in the spool), who reads does not. It is there
    or here as a whole, whenever this is killed; then it can be repeated. ``using``: the connection
    of the role that owns the tables.

    :raises NoSecondServer: when no second server is set up.
    :raises NotMoved: when there is no such month, it was moved before, or the copy differs.
    :raises django.db.OperationalError: when somebody stood in the way; nothing is moved then.
    """
    parent = month.name[:-8]
    with _node() as node, transaction.atomic(using=using), connections[using].cursor() as here:
        here.execute(f"SELECT pg_advisory_xact_lock({_TURN})")
        _expect_server(here)
        # Only the parent: every row comes in through it, and takes its number after this lock.
        here.execute(_sql("LOCK TABLE ONLY {} IN SHARE ROW EXCLUSIVE MODE", parent))
        _expect_movable(here, month)
        here.execute("SET LOCAL timezone = 'UTC'")
        _make(here, node, month, TIMES[parent])
        _copy(here, node, month)
        rows = _compare(here, node, month)
        node.commit()
        _attach(here, month, parent)
    return Moved(month.name, rows)


def sweep() -> list[str]:
    """Drop what the second server holds and no table here leads to; return the names.

    That is months that were dropped here because they are over, and copies whose move was killed.
    Returns at once when there is no second server, or a move is under way.
    """
    if not settings.CLICKS_NODE_URL:
        return []
    with _node() as node, transaction.atomic(), connection.cursor() as here:
        here.execute(f"SELECT pg_try_advisory_xact_lock({_TURN})")
        if not here.fetchone()[0]:
            return []
        names = {str(name) for (name,) in node.execute(_TABLES) if _is_ours(str(name))}
        gone = sorted(names - far())
        for name in gone:
            node.execute(_sql("DROP TABLE {}", name))
        node.commit()
    return gone


@contextmanager
def _node() -> Iterator[psycopg.Connection[Any]]:
    """Connect to the second server; what is not committed is rolled back."""
    if not settings.CLICKS_NODE_URL:
        raise NoSecondServer("No second server is named: set CLICKS_NODE_URL.")
    try:
        node = psycopg.connect(settings.CLICKS_NODE_URL, options="-c timezone=UTC")
    except psycopg.OperationalError as error:
        raise NoSecondServer(f"The second server does not answer: {error}") from error
    try:
        yield node
    finally:
        node.close()


def _is_ours(name: str) -> bool:
    return name[:-8] in TIMES


def _expect_server(here: Any) -> None:
    here.execute("SELECT EXISTS (SELECT FROM pg_foreign_server WHERE srvname = %s)", [SERVER])
    if not here.fetchone()[0]:
        raise NoSecondServer(f"PostgreSQL knows no foreign server {SERVER}: docs/operations.md.")


def _expect_movable(here: Any, month: Month) -> None:
    here.execute("SELECT relkind FROM pg_class WHERE oid = to_regclass(%s)", [month.name])
    row = here.fetchone()
    if row is None:
        raise NotMoved(f"There is no {month.name}.")
    if row[0] != "r":
        raise NotMoved(f"{month.name} was moved before.")


def _make(here: Any, node: psycopg.Connection[Any], month: Month, time: str) -> None:
    """Make the month's table on the second server, anew if a move was killed."""
    here.execute(_COLUMNS, [month.name])
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}{}").format(
            sql.Identifier(name), sql.SQL(kind), sql.SQL(" NOT NULL" if is_needed else "")
        )
        for name, kind, is_needed in here.fetchall()
    )
    node.execute(_sql("DROP TABLE IF EXISTS {}", month.name))
    node.execute(sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(month.name), columns))
    node.execute(_sql("CREATE INDEX ON {} (visitor)", month.name))
    node.execute(_sql("CREATE INDEX ON {} USING brin ({})", month.name, time))


def _copy(here: Any, node: psycopg.Connection[Any], month: Month) -> None:
    taken = here.copy(_sql("COPY {} TO STDOUT (FORMAT BINARY)", month.name))
    with taken as rows, node.cursor() as there:
        with there.copy(_sql("COPY {} FROM STDIN (FORMAT BINARY)", month.name)) as copy:
            for data in rows:
                copy.write(data)
        there.execute(_sql("ANALYZE {}", month.name))


def _compare(here: Any, node: psycopg.Connection[Any], month: Month) -> int:
    statement = _sql(_PRINT, month.name)
    here.execute(statement)
    ours, theirs = here.fetchone(), node.execute(statement).fetchone()
    if ours != theirs:
        raise NotMoved(f"{month.name}: here {ours}, on the second server {theirs}.")
    return int(ours[0])


def _attach(here: Any, month: Month, parent: str) -> None:
    """Let the month's table lead to the second server, and what comes late stay here."""
    here.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [parent])
    bound = here.fetchone()[0]
    begins, ends = (f"{first_of_month(month.begins, step)} 00:00+00" for step in (0, 1))
    # No table with foreign partitions may have a unique index. The numbers come from a sequence.
    here.execute(_sql("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", parent, f"{parent}_pkey"))
    here.execute(_sql("ALTER TABLE {} DETACH PARTITION {}", parent, month.name))
    here.execute(_sql("DROP TABLE {}", month.name))
    for statement, names, values in (
        (
            "CREATE TABLE {} PARTITION OF {} FOR VALUES FROM ({}) TO ({}) PARTITION BY RANGE (id)",
            (month.name, parent),
            (begins, ends),
        ),
        (
            "CREATE TABLE {} PARTITION OF {} FOR VALUES FROM ({}) TO (MAXVALUE)",
            (month.name + NEAR, month.name),
            (bound,),
        ),
        (
            "CREATE FOREIGN TABLE {} PARTITION OF {} FOR VALUES FROM (MINVALUE) TO ({})"
            " SERVER {} OPTIONS (table_name {})",
            (month.name + FAR, month.name),
            (bound, sql.Identifier(SERVER), month.name),
        ),
    ):
        here.execute(_sql(statement, *names, literals=values))


def _sql(statement: str, *names: str, literals: tuple[Any, ...] = ()) -> sql.Composed:
    parts = [one if isinstance(one, sql.Composable) else sql.Literal(one) for one in literals]
    return sql.SQL(statement).format(*map(sql.Identifier, names), *parts)
