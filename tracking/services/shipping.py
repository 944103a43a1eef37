"""From the spool into the database, exactly once: rows, sums and offset in one transaction."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from tracking import queries
from tracking.domain.spool_line import LossRecord, parse
from tracking.models import SpoolFile, SpoolHost, SpoolReject, Withdrawal
from tracking.services import erasure, spool_files
from tracking.services.spool_files import Piece
from tracking.services.storing import Stored, store

__all__ = ["Pass", "Stored", "beat", "ship", "store"]

#: How old the heartbeat of a machine without landings may become.
BEAT = timedelta(seconds=1)
KEPT_OF_A_REJECT = 8_192
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = {b"c": "clicks", b"n": "counts", b"j": "events", b"w": "withdrawals", b"x": "losses"}
_MOVING = [
    "shipped_bytes", "shipped_lines", *_KINDS.values(), "rejects", "lost", "updated_at",
    "finished_at",
]  # fmt: skip
_log = logging.getLogger(__name__)

# A spool is deleted once it is shipped: then it must be on the database's disk.
_BEGIN = """
    SELECT pg_try_advisory_xact_lock(hashtextextended('tracking_ship:' || %s, 0)),
      set_config('synchronous_commit', CASE current_setting('synchronous_commit')
        WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)
"""
_BEAT = """
    INSERT INTO tracking_spoolhost AS old (name, watermark, beat_at, lost)
    VALUES (%s, %s, %s, %s)
    ON CONFLICT (name) DO UPDATE SET
      watermark = greatest(old.watermark, excluded.watermark),
      beat_at = greatest(old.beat_at, excluded.beat_at),
      lost = old.lost + excluded.lost
"""


@dataclass(slots=True)
class Pass:
    """What one look at every spool file did so far. ``waiting_bytes``: when it began."""

    stored: Stored = field(default_factory=Stored)
    lines: int = 0
    bytes: int = 0
    waiting_bytes: int = 0
    finished: int = 0
    is_busy: bool = False
    is_complete: bool = False
    alarms: list[str] = field(default_factory=list)


class _OvertakenError(Exception):
    """Another shipper is at work on the same files."""


def ship(
    directory: Path,
    *,
    host: str,
    now: datetime,
    watch: Callable[[Pass], bool] | None = None,
) -> Pass:
    """Ship everything that the spool files of ``directory`` hold at this moment.

    Returns at once (``is_busy``) when another shipper of the same host is at work. ``watch`` is
    called after each transaction and ends the pass early by returning False. May be repeated and
    killed: a line is stored exactly once.

    :raises django.db.OperationalError: when the database is away. Nothing is lost.
    """
    done = Pass()
    beaten_at = SpoolHost.objects.filter(name=host).values_list("beat_at", flat=True).first()
    with ExitStack() as stack:
        found = spool_files.find(directory, host=host, now=now, stack=stack)
        done.alarms, done.waiting_bytes = found.alarms, found.waiting_bytes
        try:
            for pieces in spool_files.batches(found.files):
                _ship(pieces, host, now, done)
                if watch and not watch(done):
                    return done
        except _OvertakenError:
            done.is_busy = True
            return done
    done.is_complete = found.is_whole
    if not done.is_complete:
        return done
    if done.lines or beaten_at is None or now - beaten_at >= BEAT:
        beat(host, now=now, watermark=now)
        if Withdrawal.objects.exists():
            erasure.repeat_recent(watermark=queries.watermark(now))
    return done


def beat(host: str, *, now: datetime, watermark: datetime = _NEVER, lost: int = 0) -> None:
    """Say that a shipper of ``host`` lives; up to when it has shipped everything; what is lost."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, [host, watermark, now, lost])


def _ship(pieces: list[Piece], host: str, now: datetime, done: Pass) -> None:
    """Store some pieces in one transaction, then remove the files that are over."""
    lines = [line for piece in pieces for line in piece.lines]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_BEGIN, [host])
            if not cursor.fetchone()[0]:
                raise _OvertakenError
        rows = _rows(pieces, host, now)
        stored = store(lines, now)
        _account(pieces, rows, stored, now)
        if stored.lost:
            beat(host, now=now, lost=stored.lost)
    for piece in pieces:
        done.bytes += piece.ends - piece.begins
        if piece.is_last:
            with suppress(FileNotFoundError):
                os.unlink(piece.file.path)
            done.finished += 1
    done.lines += len(lines)
    done.stored.add(stored)


def _rows(pieces: list[Piece], host: str, now: datetime) -> dict[str, SpoolFile]:
    """Return the files' rows, locked, new ones where there are none.

    :raises _OvertakenError: when a file is no longer shipped as far as the pass found it.
    """
    begins = {piece.file.path.name: piece.begins for piece in reversed(pieces)}
    known = SpoolFile.objects.select_for_update().filter(name__in=begins)
    rows = {row.name: row for row in known}
    for name, offset in begins.items():
        row = rows.setdefault(name, SpoolFile(name=name, host=host, began_at=now))
        if row.shipped_bytes != offset:
            raise _OvertakenError
        row.updated_at = now
    return rows


def _account(
    pieces: list[Piece], rows: dict[str, SpoolFile], stored: Stored, now: datetime
) -> None:
    """Write down how far each file is shipped, what it became, and what nobody could read."""
    reasons = {reject.index: reject.reason for reject in stored.rejects}
    rejects: list[SpoolReject] = []
    first = 0
    for piece in pieces:
        row = rows[piece.file.path.name]
        kinds = Counter(line[:1] for line in piece.lines)
        at_byte = piece.begins
        for index, line in enumerate(piece.lines, first) if reasons or kinds[b"x"] else ():
            if index in reasons:
                kinds[line[:1]] -= 1
                row.rejects += 1
                rejects.append(_reject(row, at_byte, line, reasons[index], now))
            elif line.startswith(b"x"):
                record = parse(line)
                row.lost += record.count if isinstance(record, LossRecord) else 0
            at_byte += len(line)
        for kind, name in _KINDS.items():
            setattr(row, name, getattr(row, name) + kinds[kind])
        row.shipped_lines += len(piece.lines)
        row.shipped_bytes = piece.ends
        row.finished_at = now if piece.is_last else None
        first += len(piece.lines)
    SpoolFile.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["name"], update_fields=_MOVING
    )
    SpoolReject.objects.bulk_create(rejects)


def _reject(row: SpoolFile, at_byte: int, line: bytes, reason: str, now: datetime) -> SpoolReject:
    _log.error("Spool file %s: a line at byte %d is kept aside: %s", row.name, at_byte, reason)
    return SpoolReject(
        file=row.name,
        at_byte=at_byte,
        text=line[:KEPT_OF_A_REJECT],
        reason=reason,
        noticed_at=now,
    )
