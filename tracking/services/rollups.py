"""The sums that reports read: grown in the transaction that stores what they sum up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from tracking.domain.navigation import NOT_A_VISIT, Fact
from tracking.domain.shipment import Shipment
from tracking.domain.spool_line import CountRecord
from tracking.models import ClickReferrer

#: How many referring hosts are told apart per link and hour.
MOST_HOSTS = 50
OTHER_HOSTS = "(other)"
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
    for (affiliate_id, hour, _link), sums in hours.items():
        row = days.setdefault((_day(hour, zone), affiliate_id), [0, 0, 0])
        for place, number in enumerate(sums):
            row[place] += number
    _upsert(_HOURS, ((*key, *sums) for key, sums in hours.items()))
    _upsert(_DAYS, ((*key, *sums) for key, sums in sorted(days.items())))
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


@lru_cache(maxsize=1024)
def _day(hour: int, zone: tzinfo) -> date:
    return datetime.fromtimestamp(hour, zone).date()


def _named(counts: Mapping[CountRecord, int]) -> list[tuple[Any, ...]]:
    """Return the rows to count, no more hosts among them than are told apart."""
    _remember_hosts({(count.hour_s, count.link_id) for count in counts if count.referrer_host})
    sums: Counter[tuple[int, int, int, str, str]] = Counter()
    for (hour, link_id, affiliate_id, navigation, host), number in sorted(counts.items()):
        shown = host
        if host:
            seen = _named_hosts[hour, link_id]
            if host not in seen and len(seen) >= MOST_HOSTS:
                shown = OTHER_HOSTS
            else:
                seen.add(host)
        sums[hour, link_id, affiliate_id, navigation, shown] += number
    return [(*key, number) for key, number in sorted(sums.items())]


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


def _upsert(statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    columns = [_array(column) for column in zip(*rows, strict=True)]
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(statement, columns)


def _array(column: Iterable[Any]) -> str:
    """Return a column as the text of an array: the driver's own way costs ten times as much."""
    texts = [
        str(item)
        if not isinstance(item, str)
        else '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for item in column
    ]
    return "{" + ",".join(texts) + "}"
