"""The sums that reports read: grown in the transaction that stores what they sum up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from tracking.domain.shipment import Shipment
from tracking.domain.spool_line import CountRecord

#: How many referring hosts are told apart per link and hour, and per link and day.
MOST_HOSTS = 50
OTHER_HOSTS = "(other)"

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
_REFERRERS = """
    INSERT INTO tracking_clickreferrer AS old (day, link_id, referrer_host, visits)
    SELECT * FROM unnest(%s::date[], %s::bigint[], %s::text[], %s::integer[])
    ON CONFLICT (link_id, day, referrer_host) DO UPDATE SET
      visits = old.visits + excluded.visits
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
_HOSTS_OF_HOURS = """
    SELECT h, l, array_agg(DISTINCT referrer_host)
    FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (h, l)
    JOIN tracking_clickcount ON link_id = l AND hour = to_timestamp(h)
    WHERE referrer_host NOT IN ('', %s) GROUP BY h, l
"""
_HOSTS_OF_DAYS = """
    SELECT d, l, array_agg(referrer_host)
    FROM unnest(%s::date[], %s::bigint[]) AS wanted (d, l)
    JOIN tracking_clickreferrer ON link_id = l AND day = d
    WHERE referrer_host NOT IN ('', %s) GROUP BY d, l
"""


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
    referrers: Counter[tuple[date, int, str]] = Counter()
    for (link_id, hour, host), number in shipment.visits_from().items():
        referrers[_day(hour, zone), link_id, host] += number
    _upsert(_HOURS, ((*key, *sums) for key, sums in hours.items()))
    _upsert(_DAYS, ((*key, *sums) for key, sums in sorted(days.items())))
    _upsert(_REFERRERS, _capped(referrers, _HOSTS_OF_DAYS))
    _upsert(_COUNTS, _counts(shipment.counts))


@lru_cache(maxsize=1024)
def _day(hour: int, zone: tzinfo) -> date:
    return datetime.fromtimestamp(hour, zone).date()


def _counts(counts: Mapping[CountRecord, int]) -> Iterable[tuple[Any, ...]]:
    hosts: Counter[tuple[int, int, str]] = Counter()
    for count, number in counts.items():
        hosts[count.hour_s, count.link_id, count.referrer_host] += number
    kept = {key[:3] for key in _capped(hosts, _HOSTS_OF_HOURS)}
    sums: Counter[tuple[int, int, int, str, str]] = Counter()
    for count, number in counts.items():
        hour, link_id, host = count.hour_s, count.link_id, count.referrer_host
        shown = host if (hour, link_id, host) in kept else OTHER_HOSTS
        sums[hour, link_id, count.affiliate_id, count.navigation, shown] += number
    return ((*key, number) for key, number in sorted(sums.items()))


def _capped(
    hosts: Mapping[tuple[Any, int, str], int], known: str
) -> list[tuple[Any, int, str, int]]:
    """Return (period, link, host, number) in order, with no more hosts than are told apart.

    The first that come keep their name. Only links with many hosts at once ask the database.
    """
    named: dict[tuple[Any, int], dict[str, int]] = defaultdict(dict)
    for (period, link_id, host), number in hosts.items():
        named[period, link_id][host] = number
    asked = [key for key, numbers in named.items() if set(numbers) - {"", OTHER_HOSTS}]
    before = _known_hosts(known, asked)
    rows = []
    for key, numbers in named.items():
        seen = before.get(key, set())
        sums: Counter[str] = Counter()
        for host, number in sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0])):
            if host and host not in seen and len(seen) >= MOST_HOSTS:
                sums[OTHER_HOSTS] += number
                continue
            if host and host != OTHER_HOSTS:
                seen.add(host)
            sums[host] += number
        rows += [(*key, host, number) for host, number in sums.items()]
    return sorted(rows)


def _known_hosts(query: str, keys: Sequence[tuple[Any, int]]) -> dict[tuple[Any, int], set[str]]:
    if not keys:
        return {}
    periods, links = zip(*keys, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(query, [list(periods), list(links), OTHER_HOSTS])
        return {(period, link_id): set(hosts) for period, link_id, hosts in cursor.fetchall()}


def _upsert(statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    columns = list(map(list, zip(*rows, strict=True)))
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(statement, columns)
