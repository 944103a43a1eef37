"""Many lines of a spool, made ready for the database in one go: rows for COPY, and sums."""

from __future__ import annotations

import struct
from binascii import a2b_base64
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from tracking.domain.navigation import NOT_A_VISIT, Fact
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

#: Columns of the rows that are copied, in the order of their bytes (COPY's binary format).
CLICK_COLUMNS = (
    "clicked_at", "visitor", "link_id", "affiliate_id", "ip_hash", "facts", "browser", "device",
    "navigation", "referrer_host", "country", "sub_id", "surface",
)  # fmt: skip
EVENT_COLUMNS = ("at", "visitor", "shop_id", "kind", "data")
COPY_BEGIN = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_END = b"\xff\xff"

_PG_EPOCH_US = 946_684_800_000_000  # PostgreSQL counts from the year 2000.
_HOUR_US = 3_600_000_000
_CLICK = struct.Struct(">hiqi16siiiiiqiiihih").pack
_CLICK_WITHOUT_IP = struct.Struct(">hiqi16siiiiiiiihih").pack
_EVENT = struct.Struct(">hiqi16siq").pack
_LENGTH = struct.Struct(">i").pack
_JSONB_VERSION = b"\x01"
_EXCHANGED = int(Fact.EXCHANGED)
_NOBODY = frozenset(map(str, NOT_A_VISIT))


class Kind(NamedTuple):
    """How much one landing adds to visits, to those with consent, and to the others."""

    visits: int
    consented: int
    others: int


_WITH_CONSENT, _WITHOUT = Kind(1, 1, 0), Kind(1, 0, 0)
#: Consent that came later adds nobody: that visit is counted already.
_EXCHANGE, _NOT_A_VISIT = Kind(0, 1, 0), Kind(0, 0, 1)

#: Affiliate, hour (seconds since 1970), link, referrer's host, kind.
Landing = tuple[int, int, int, str, Kind]


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
        for (affiliate_id, hour, link_id, _host, kind), number in self.landings.items():
            row = sums.setdefault((affiliate_id, hour, link_id), [0, 0, 0])
            row[0] += number * kind.visits
            row[1] += number * kind.consented
            row[2] += number * kind.others
        return dict(sorted(sums.items()))


def read(lines: Iterable[bytes], *, earliest_us: int, latest_us: int) -> Shipment:
    """Return what ``lines`` (with their newlines) come to.

    Lines that say nothing, or a time outside of the two given (microseconds), are in ``rejects``.
    """
    shipment = Shipment()
    landings: list[Landing] = []
    events: list[JourneyRecord] = []
    repeated: dict[bytes, CountRecord] = {}
    for index, line in enumerate(lines):
        if line in repeated:  # Equal lines of an hour say the same.
            shipment.counts[repeated[line]] += 1
            continue
        try:
            record = parse(line)
            if not earliest_us <= _time_us(record) <= latest_us:
                raise BadLine("a time that cannot be")
        except BadLine as reason:
            shipment.rejects.append(Reject(index, str(reason)))
            continue
        if isinstance(record, ClickRecord):
            shipment.clicks.append(_click_row(record))
            landings.append(_landing(record))
        elif isinstance(record, CountRecord):
            repeated[line] = record
            shipment.counts[record] += 1
        elif isinstance(record, JourneyRecord):
            events.append(record)
        elif isinstance(record, WithdrawalRecord):
            shipment.withdrawals.append(record)
        else:
            shipment.losses.append(record)
    shipment.events = [_event_row(event) for event in events]
    shipment.landings = _landings(landings, shipment.counts)
    shipment.row_hours = {landing[1] for landing in landings}
    shipment.row_hours |= {event.at_us // _HOUR_US * 3_600 for event in events}
    return shipment


def _time_us(record: Record) -> int:
    if isinstance(record, CountRecord):
        return record.hour_s * 1_000_000
    return record.at_us


def _landing(click: ClickRecord) -> Landing:
    if click.navigation in _NOBODY:
        kind = _NOT_A_VISIT
    else:
        kind = _EXCHANGE if click.facts & _EXCHANGED else _WITH_CONSENT
    hour = click.at_us // _HOUR_US * 3_600
    return (click.affiliate_id, hour, click.link_id, click.referrer_host, kind)


def _landings(clicks: list[Landing], counts: Counter[CountRecord]) -> Counter[Landing]:
    landings = Counter(clicks)
    for count, number in counts.items():
        kind = _NOT_A_VISIT if count.navigation in _NOBODY else _WITHOUT
        landings[count.affiliate_id, count.hour_s, count.link_id, count.referrer_host, kind] += (
            number
        )
    return landings


def _click_row(click: ClickRecord) -> bytes:
    visitor = _bits(click.visitor)
    at = click.at_us - _PG_EPOCH_US
    if click.ip_hash is None:
        row = _CLICK_WITHOUT_IP(
            13, 8, at, 16, visitor, 4, click.link_id, 4, click.affiliate_id, -1,
            4, click.facts, 2, click.browser, 2, click.device,
        )  # fmt: skip
    else:
        row = _CLICK(
            13, 8, at, 16, visitor, 4, click.link_id, 4, click.affiliate_id, 8, click.ip_hash,
            4, click.facts, 2, click.browser, 2, click.device,
        )  # fmt: skip
    return b"".join(
        (row, _text(click.navigation), _text(click.referrer_host), _text(click.country),
         _text(click.sub_id), _text(click.surface))
    )  # fmt: skip


def _event_row(event: JourneyRecord) -> bytes:
    at, visitor = event.at_us - _PG_EPOCH_US, _bits(event.visitor)
    row = _EVENT(5, 8, at, 16, visitor, 8, event.shop_id)
    data = _JSONB_VERSION + event.data.encode()
    return b"".join((row, _text(event.kind), _LENGTH(len(data)), data))


def _bits(reference: str) -> bytes:
    return a2b_base64(reference.replace("-", "+").replace("_", "/") + "==")


@lru_cache(maxsize=4096)
def _text(text: str) -> bytes:
    said = text.encode()
    return _LENGTH(len(said)) + said
