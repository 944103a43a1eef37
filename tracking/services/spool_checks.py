"""The proof that every line of every spool became exactly what it should (``fsck_clicks``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from core import locks
from tracking.domain.navigation import NOT_A_VISIT, Fact
from tracking.domain.pieces import whole_lines
from tracking.models import SpoolFile
from tracking.services import partitions

_KINDS = {b"c": "clicks", b"n": "counts", b"j": "events", b"w": "withdrawals", b"x": "losses"}
_BLOCK = 4 * 1024 * 1024
# One statement sees one moment, whoever ships meanwhile.
_SUMS = """
    WITH told AS (
      SELECT coalesce(sum(clicks), 0) AS clicks, coalesce(sum(counts), 0) AS counts,
        coalesce(sum(events), 0) AS events, coalesce(sum(rejects), 0) AS rejects,
        coalesce(sum(lost), 0) AS lost
      FROM (
        SELECT clicks, counts, events, rejects, lost FROM tracking_spoolfile
        UNION ALL
        SELECT clicks, counts, events, rejects, lost FROM tracking_spooltally
          WHERE name <> 'removed'
        UNION ALL
        SELECT -clicks, -counts, -events, -rejects, -lost FROM tracking_spooltally
          WHERE name = 'removed'
      ) AS sources
    )
    SELECT told.*,
      (SELECT count(*) FROM tracking_click),
      (SELECT coalesce(sum(count), 0) FROM tracking_clickcount),
      (SELECT count(*) FROM tracking_journeyevent),
      (SELECT count(*) FROM tracking_spoolreject),
      (SELECT coalesce(sum(lost), 0) FROM tracking_spoolhost)
    FROM told
"""
_HOURS = """
    WITH landings AS (
      SELECT affiliate_id, date_trunc('hour', clicked_at) AS hour, link_id,
        count(*) FILTER (WHERE navigation <> ALL(%(nobody)s) AND facts & %(late)s = 0) AS visits,
        count(*) FILTER (WHERE navigation <> ALL(%(nobody)s)) AS consented,
        count(*) FILTER (WHERE navigation = ANY(%(nobody)s)) AS others
      FROM tracking_click WHERE clicked_at >= %(since)s GROUP BY 1, 2, 3
      UNION ALL
      SELECT affiliate_id, hour, link_id,
        coalesce(sum(count) FILTER (WHERE navigation <> ALL(%(nobody)s)), 0), 0,
        coalesce(sum(count) FILTER (WHERE navigation = ANY(%(nobody)s)), 0)
      FROM tracking_clickcount WHERE hour >= %(since)s GROUP BY 1, 2, 3
    ), summed AS (
      SELECT affiliate_id, hour, link_id, sum(visits) AS visits, sum(consented) AS consented,
        sum(others) AS others
      FROM landings GROUP BY 1, 2, 3
    )
    SELECT affiliate_id, link_id, hour,
      ARRAY[summed.visits, summed.consented, summed.others],
      ARRAY[kept.visits, kept.consented, kept.others]
    FROM summed FULL JOIN (SELECT * FROM tracking_clickhour WHERE hour >= %(since)s) AS kept
      USING (affiliate_id, hour, link_id)
    WHERE (summed.visits, summed.consented, summed.others)
      IS DISTINCT FROM (kept.visits, kept.consented, kept.others)
    ORDER BY hour, affiliate_id, link_id LIMIT 20
"""
_DAYS = """
    WITH summed AS (
      SELECT (hour AT TIME ZONE %(zone)s)::date AS day, affiliate_id, sum(visits) AS visits,
        sum(consented) AS consented, sum(others) AS others
      FROM tracking_clickhour GROUP BY 1, 2
    )
    SELECT affiliate_id, day, ARRAY[summed.visits, summed.consented, summed.others],
      ARRAY[kept.visits, kept.consented, kept.others]
    FROM summed FULL JOIN tracking_clickday AS kept USING (day, affiliate_id)
    WHERE (summed.visits, summed.consented, summed.others)
      IS DISTINCT FROM (kept.visits, kept.consented, kept.others)
    ORDER BY day, affiliate_id LIMIT 20
"""
_NAMES = ("clicks", "landings counted", "steps of journeys", "lines kept aside", "lost records")


@dataclass(slots=True)
class Checked:
    """What was compared, and every difference as a sentence."""

    files: int = 0
    lines: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


@transaction.atomic
def run(directory: Path, *, host: str, now: datetime) -> Checked:
    """Compare files, offsets, rows and sums with each other. Changes nothing.

    The shipper of ``host`` waits meanwhile. What other machines' files hold is only compared by
    their sums.
    """
    found = Checked()
    locks.hold(f"tracking_ship:{host}")
    _check_files(directory, found)
    _check_sums(found)
    since = partitions.kept_since(now, settings.CLICK_RETENTION_MONTHS)
    words = {
        "nobody": [str(name) for name in NOT_A_VISIT],
        "late": int(Fact.EXCHANGED),
        "since": datetime.combine(since, datetime.min.time(), now.tzinfo),
        "zone": settings.TIME_ZONE,
    }
    for affiliate_id, link_id, hour, rows, kept in _select(_HOURS, words):
        found.differences.append(
            f"Link {link_id} of affiliate {affiliate_id}, hour {hour:%Y-%m-%d %H:%M}:"
            f" rows say {_said(rows)}, the hour's sum says {_said(kept)}."
        )
    for affiliate_id, day, hours, kept in _select(_DAYS, words):
        found.differences.append(
            f"Affiliate {affiliate_id}, {day}: hours say {_said(hours)},"
            f" the day's sum says {_said(kept)}."
        )
    return found


def _check_files(directory: Path, found: Checked) -> None:
    for row in SpoolFile.objects.order_by("name"):
        parts = sum(getattr(row, name) for name in (*_KINDS.values(), "rejects"))
        if parts != row.shipped_lines:
            found.differences.append(f"{row.name}: {row.shipped_lines} lines are {parts} facts.")
        if row.problem:
            found.differences.append(f"{row.name}: {row.problem}.")
        path = directory / row.name
        if path.exists():
            found.files += 1
            _check_file(path, row, found)


def _check_file(path: Path, row: SpoolFile, found: Checked) -> None:
    """Count the lines of a file that are shipped, and of what kind they are."""
    kinds: Counter[bytes] = Counter()
    lines = 0
    for line in _lines(path, row.shipped_bytes):
        kinds[line[:1]] += 1
        lines += 1
    found.lines += lines
    if lines != row.shipped_lines:
        found.differences.append(
            f"{row.name}: holds {lines} lines up to byte {row.shipped_bytes},"
            f" {row.shipped_lines} are shipped."
        )
    for kind, name in _KINDS.items():
        shipped = getattr(row, name)
        if not shipped <= kinds[kind] <= shipped + row.rejects:
            found.differences.append(
                f"{row.name}: holds {kinds[kind]} lines of {name}, {shipped} are shipped."
            )


def _lines(path: Path, until: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        rest = b""
        left = until
        while left > 0 and (data := file.read(min(_BLOCK, left))):
            left -= len(data)
            lines, used = whole_lines(rest + data, is_final=left <= 0)
            rest = (rest + data)[used:]
            yield from lines


def _check_sums(found: Checked) -> None:
    (row,) = _select(_SUMS, {})
    for name, told, stored in zip(_NAMES, row[:5], row[5:], strict=True):
        found.sums[name] = int(stored)
        if told != stored:
            found.differences.append(f"{told} {name} were shipped, {stored} are there.")


def _select(statement: str, words: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, words)
        return list(cursor.fetchall())


def _said(numbers: list[int | None]) -> str:
    visits, consented, others = (number or 0 for number in numbers)
    return f"{visits} visits, {consented} with consent, {others} others"
