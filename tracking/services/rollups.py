"""The sums that reports read: grown in the transaction that stores what they sum up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from tracking.domain.navigation import NOT_A_VISIT, Fact
from tracking.domain.shipment import Shipment
from tracking.domain.spool_line import CountRecord
from tracking.models import ClickMark, ClickReferrer

#: How many referring hosts are told apart per link and hour.
MOST_HOSTS = 50
OTHER_HOSTS = "(other)"
#: How many marks are told apart per link and day.
MOST_MARKS = 200
OTHER_MARKS = "(other)"
_MOST_REMEMBERED = 20_000

_HOURS = """
    INSERT INTO tracking_clickhour AS old (affiliate_id, hour, link_id, visits, consented, others)
    SELECT a, to_timestamp(h), l, v, c, o FROM unnest(
      %s::bigint[], %s::bigint[], %s::bigint[], %s::integer[], %s::integer[], %s::integer[]
    ) AS new (a, h, l, v, c, o)
    ON CONFLICT (affiliate_id, hour, link_id) DO UPDATE SET
      visits = old.visits + excluded.visits,
      consented = old.consented + excluded.consented,
      others = old.others + excluded.others
"""
_DAYS = """
    INSERT INTO tracking_clickday AS old (day, affiliate_id, visits, consented, others)
    SELECT * FROM unnest(
      %s::date[], %s::bigint[], %s::integer[], %s::integer[], %s::integer[]
    )
    ON CONFLICT (day, affiliate_id) DO UPDATE SET
      visits = old.visits + excluded.visits,
      consented = old.consented + excluded.consented,
      others = old.others + excluded.others
"""
_COUNTS = """
    INSERT INTO tracking_clickcount AS old
      (hour, link_id, affiliate_id, navigation, referrer_host, count)
    SELECT to_timestamp(h), l, a, n, r, c FROM unnest(
      %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[]
    ) AS new (h, l, a, n, r, c)
    ON CONFLICT (link_id, hour, navigation, referrer_host) DO UPDATE SET
      count = old.count + excluded.count
"""
_HOSTS = """
    SELECT h, l, array_agg(DISTINCT referrer_host)
    FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (h, l)
    JOIN tracking_clickcount ON link_id = l AND hour = to_timestamp(h)
    WHERE referrer_host NOT IN ('', %s) GROUP BY h, l
"""
_REFERRERS = """
    INSERT INTO tracking_clickreferrer (day, link_id, referrer_host, visits)
    SELECT %s, link_id, referrer_host, sum(n) FROM (
      SELECT link_id, referrer_host, count(*) AS n FROM tracking_click
      WHERE clicked_at >= %s AND clicked_at < %s
        AND navigation <> ALL(%s) AND facts & %s = 0 GROUP BY 1, 2
      UNION ALL
      SELECT link_id, referrer_host, sum(count) FROM tracking_clickcount
      WHERE hour >= %s AND hour < %s AND navigation <> ALL(%s) GROUP BY 1, 2
    ) AS landings GROUP BY link_id, referrer_host
"""
#: The rarer marks of a link and day stand together: a mark may be another one for every visit.
_MARKS = """
    INSERT INTO tracking_clickmark (day, affiliate_id, link_id, sub_id, surface, visits)
    WITH landings AS (
      SELECT affiliate_id, link_id, sub_id, surface, count(*) AS n FROM tracking_click
      WHERE clicked_at >= %s AND clicked_at < %s AND navigation <> ALL(%s) AND facts & %s = 0
      GROUP BY 1, 2, 3, 4
    ), marks AS (
      SELECT affiliate_id, link_id, sub_id,
        row_number() OVER (PARTITION BY affiliate_id, link_id ORDER BY sum(n) DESC, sub_id) AS place
      FROM landings GROUP BY 1, 2, 3
    )
    SELECT %s, affiliate_id, link_id, CASE WHEN place <= %s THEN sub_id ELSE %s END AS mark,
      surface, sum(n)
    FROM landings JOIN marks USING (affiliate_id, link_id, sub_id)
    GROUP BY affiliate_id, link_id, mark, surface
"""

#: (hour, link) to the hosts that have their own count, as far as this process knows.
_named_hosts: dict[tuple[int, int], set[str]] = {}


def grow(shipment: Shipment) -> None:
    """Add a shipment to every sum. In the caller's transaction, rows always in the same order.

    A day is one of the programme's time zone; an hour belongs to the day of its beginning.
    """
    hours = shipment.by_hour()
    if not hours:
        return
    zone = ZoneInfo(settings.TIME_ZONE)
    days: dict[tuple[date, int], list[int]] = {}
    for (affiliate_id, hour, _link), (visits, consented, others) in hours.items():
        row = days.setdefault((_day(hour, zone), affiliate_id), [0, 0, 0])
        row[0] += visits
        row[1] += consented
        row[2] += others
    _upsert(_HOURS, [*zip(*hours, strict=True), *zip(*hours.values(), strict=True)])
    in_order = sorted(days)
    sums = map(days.__getitem__, in_order)
    _upsert(_DAYS, [*zip(*in_order, strict=True), *zip(*sums, strict=True)])
    if shipment.counts:
        _upsert(_COUNTS, _named(shipment.counts))


@transaction.atomic
def refresh_referrers(day: date) -> int:
    """Sum up anew from which hosts each link's visits of ``day`` came; return the rows."""
    zone = ZoneInfo(settings.TIME_ZONE)
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    nobody = [str(name) for name in NOT_A_VISIT]
    ClickReferrer.objects.filter(day=day).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            _REFERRERS, [day, begins, ends, nobody, int(Fact.EXCHANGED), begins, ends, nobody]
        )
        return int(cursor.rowcount)


@transaction.atomic
def refresh_marks(day: date) -> int:
    """Sum up anew which marks and places the consented visits of ``day`` carried; return the rows.

    A day is one of the programme's time zone.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    nobody = [str(name) for name in NOT_A_VISIT]
    ClickMark.objects.filter(day=day).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            _MARKS, [begins, ends, nobody, int(Fact.EXCHANGED), day, MOST_MARKS, OTHER_MARKS]
        )
        return int(cursor.rowcount)


@lru_cache(maxsize=1024)
def _day(hour: int, zone: tzinfo) -> date:
    return datetime.fromtimestamp(hour, zone).date()


def _named(counts: Mapping[CountRecord, int]) -> list[tuple[Any, ...]]:
    """Return the columns of what to count, no more hosts among it than are told apart."""
    _remember_hosts({(count.hour_s, count.link_id) for count in counts if count.referrer_host})
    sums: dict[CountRecord, int] = {}
    for count in sorted(counts):
        shown = count
        if count.referrer_host:
            seen = _named_hosts[count.hour_s, count.link_id]
            if count.referrer_host not in seen:
                if len(seen) < MOST_HOSTS:
                    seen.add(count.referrer_host)
                else:
                    shown = count._replace(referrer_host=OTHER_HOSTS)
        sums[shown] = sums.get(shown, 0) + counts[count]
    in_order = sorted(sums)
    return [*zip(*in_order, strict=True), tuple(map(sums.__getitem__, in_order))]


def _remember_hosts(keys: set[tuple[int, int]]) -> None:
    """Ask the database once for the hosts of each link and hour."""
    if len(_named_hosts) > _MOST_REMEMBERED:
        _named_hosts.clear()
    unknown = sorted(keys - _named_hosts.keys())
    if not unknown:
        return
    _named_hosts.update({key: set() for key in unknown})
    hours, links = zip(*unknown, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_HOSTS, [_array(hours), _array(links), OTHER_HOSTS])
        for hour, link_id, hosts in cursor.fetchall():
            _named_hosts[hour, link_id].update(hosts)


def _upsert(statement: str, columns: Sequence[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_array(column) for column in columns])


def _array(column: Sequence[Any]) -> str:
    """Return a column of one type as the text of an array: ten times the driver's speed."""
    if isinstance(column[0], int):
        return "{" + repr(list(column))[1:-1] + "}"
    if isinstance(column[0], date):
        return "{" + ",".join(map(str, column)) + "}"
    return "{" + ",".join(map(_quoted, column)) + "}"


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
