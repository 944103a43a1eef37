"""Many lines of a spool, made ready for the database in one go: rows for COPY, and sums."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from tracking.domain.click_rows import (
    HOUR_US,
    NOBODY,
    PG_EPOCH_US,
    WITHOUT,
    Landing,
    bits_of,
    click,
    known_click,
    text_of,
)
from tracking.domain.navigation import NOT_A_VISIT
from tracking.domain.spool_line import (
    BadLine,
    ClickRecord,
    CountRecord,
    JourneyRecord,
    LossRecord,
    Record,
    WithdrawalRecord,
    parse,
)

#: Columns of the rows of journeys, in the order of their bytes (COPY's binary format).
EVENT_COLUMNS = ("at", "visitor", "shop_id", "kind", "data")
COPY_BEGIN = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_END = b"\xff\xff"

_EVENT = struct.Struct(">hiqi16siq").pack
_LENGTH = struct.Struct(">i").pack
_JSONB_VERSION = b"\x01"
_NOBODY = frozenset(map(str, NOT_A_VISIT))


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that could not be read: which of them, and why."""

    index: int
    reason: str


@dataclass(slots=True)
class Shipment:
    """What many lines come to."""

    clicks: list[bytes] = field(default_factory=list)
    events: list[bytes] = field(default_factory=list)
    counts: Counter[CountRecord] = field(default_factory=Counter)
    withdrawals: list[WithdrawalRecord] = field(default_factory=list)
    losses: list[LossRecord] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    landings: Counter[Landing] = field(default_factory=Counter)
    #: In which hours there are rows, in seconds since 1970.
    row_hours: set[int] = field(default_factory=set)

    @property
    def lost(self) -> int:
        """Records that no disk took."""
        return sum(loss.count for loss in self.losses)

    def by_hour(self) -> dict[tuple[int, int, int], list[int]]:
        """Return visits, consented and others by affiliate, hour and link, in that order."""
        sums: dict[tuple[int, int, int], list[int]] = {}
        for (affiliate_id, hour, link_id, kind), number in self.landings.items():
            row = sums.setdefault((affiliate_id, hour, link_id), [0, 0, 0])
            row[0] += number * kind.visits
            row[1] += number * kind.consented
            row[2] += number * kind.others
        return {key: sums[key] for key in sorted(sums)}


def read(lines: Iterable[bytes], *, earliest_us: int, latest_us: int) -> Shipment:
    """Return what ``lines`` (with their newlines) come to.

    Lines that say nothing, or a time outside of the two given (microseconds), are in ``rejects``.
    """
    shipment = Shipment()
    landings: list[Landing] = []
    counts: list[CountRecord] = []
    earliest_click_us = max(earliest_us, 0)
    for index, line in enumerate(lines):
        known = known_click(line, earliest_click_us, latest_us)
        if known is not None:
            shipment.clicks.append(known[0])
            landings.append(known[1])
            continue
        try:
            record = _count(line) if line.startswith(b"n") else parse(line)
            if not earliest_us <= _time_us(record) <= latest_us:
                raise BadLine("a time that cannot be")
            if isinstance(record, ClickRecord):
                row, landing = click(line, record)
                shipment.clicks.append(row)
                landings.append(landing)
        except BadLine as reason:
            shipment.rejects.append(Reject(index, str(reason)))
            continue
        if isinstance(record, CountRecord):
            counts.append(record)
        elif isinstance(record, JourneyRecord):
            shipment.events.append(_event_row(record))
            shipment.row_hours.add(record.at_us // HOUR_US * 3_600)
        elif isinstance(record, WithdrawalRecord):
            shipment.withdrawals.append(record)
        elif isinstance(record, LossRecord):
            shipment.losses.append(record)
    shipment.counts = Counter(counts)
    shipment.row_hours |= {landing[1] for landing in landings}
    shipment.landings = _landings(landings, shipment.counts)
    return shipment


@lru_cache(maxsize=16_384)
def _count(line: bytes) -> Record:
    """Return what a line says that comes again and again within its hour."""
    return parse(line)


def _time_us(record: Record) -> int:
    if isinstance(record, CountRecord):
        return record.hour_s * 1_000_000
    return record.at_us


def _landings(clicks: list[Landing], counts: Counter[CountRecord]) -> Counter[Landing]:
    landings = Counter(clicks)
    for count, number in counts.items():
        kind = NOBODY if count.navigation in _NOBODY else WITHOUT
        landings[count.affiliate_id, count.hour_s, count.link_id, kind] += number
    return landings


def _event_row(event: JourneyRecord) -> bytes:
    at, visitor = event.at_us - PG_EPOCH_US, bits_of(event.visitor)
    row = _EVENT(5, 8, at, 16, visitor, 8, event.shop_id)
    data = _JSONB_VERSION + event.data.encode()
    return b"".join((row, text_of(event.kind), _LENGTH(len(data)), data))
