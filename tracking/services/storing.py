"""Lines of a spool into rows and sums: one part of a transaction, fast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DataError, connection, transaction
from psycopg import sql

from tracking.domain import click_rows, shipment
from tracking.domain.shipment import Reject, Shipment
from tracking.domain.spool_line import microseconds, moment
from tracking.services import erasure, partitions, rollups

#: A record from before or after is the fruit of a broken clock.
OLDEST, AHEAD = timedelta(days=3_650), timedelta(days=2)
_COPY_CLICKS = sql.SQL("COPY tracking_click ({}) FROM STDIN (FORMAT BINARY)").format(
    sql.SQL(", ").join(map(sql.Identifier, click_rows.COLUMNS))
)
_COPY_EVENTS = sql.SQL("COPY tracking_journeyevent ({}) FROM STDIN (FORMAT BINARY)").format(
    sql.SQL(", ").join(map(sql.Identifier, shipment.EVENT_COLUMNS))
)


@dataclass(slots=True)
class Stored:
    """What became of some lines. ``rejects`` name the lines that nobody could read."""

    clicks: int = 0
    counts: int = 0
    events: int = 0
    withdrawals: int = 0
    losses: int = 0
    lost: int = 0
    rejects: list[Reject] = field(default_factory=list)

    def add(self, other: Stored, offset: int = 0) -> None:
        """Take over what became of further lines, the first of which is number ``offset``."""
        self.clicks += other.clicks
        self.counts += other.counts
        self.events += other.events
        self.withdrawals += other.withdrawals
        self.losses += other.losses
        self.lost += other.lost
        self.rejects += [Reject(one.index + offset, one.reason) for one in other.rejects]


def store(lines: Sequence[bytes], now: datetime) -> Stored:
    """Store lines (with their newlines) as rows and sums, in the caller's transaction.

    Not safe to repeat by itself: the caller moves its offset in the same transaction. A line that
    only the database refuses is found by halves and rejected like those that cannot be read.
    """
    ready = shipment.read(
        lines, earliest_us=microseconds(now - OLDEST), latest_us=microseconds(now + AHEAD)
    )
    try:
        with transaction.atomic():
            _write(ready)
    except DataError as error:
        if len(lines) == 1:
            return Stored(rejects=[Reject(0, f"the database: {str(error).splitlines()[0]}"[:200])])
        middle = len(lines) // 2
        stored = store(lines[:middle], now)
        stored.add(store(lines[middle:], now), middle)
        return stored
    return Stored(
        clicks=len(ready.clicks),
        counts=ready.counts.total(),
        events=len(ready.events),
        withdrawals=len(ready.withdrawals),
        losses=len(ready.losses),
        lost=ready.lost,
        rejects=ready.rejects,
    )


def _write(ready: Shipment) -> None:
    days = {moment(hour * 1_000_000).date() for hour in ready.row_hours}
    for month in sorted({day.replace(day=1) for day in days}):
        partitions.make(month, month)
    _copy(_COPY_CLICKS, ready.clicks)
    _copy(_COPY_EVENTS, ready.events)
    rollups.grow(ready)
    if ready.withdrawals:
        erasure.withdraw(ready.withdrawals)


def _copy(statement: sql.Composed, rows: Sequence[bytes]) -> None:
    if not rows:
        return
    data = b"".join((shipment.COPY_BEGIN, *rows, shipment.COPY_END))
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as copy,
    ):
        copy.write(data)
