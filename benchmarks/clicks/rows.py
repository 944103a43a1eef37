"""Half a year of made-up clicks, in the order of time, and the sums that the shipper would keep."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta

from django.db import connection

from benchmarks.redirect.rows import make_links
from benchmarks.upkeep import vacuum

DAYS = 180
AFFILIATES, LINKS = 5_000, 10_000
CLICKS_PER_VISITOR = 3.4
CHUNK = 1_000_000

_CLICKS = """
    INSERT INTO tracking_click (clicked_at, visitor, link_id, affiliate_id, ip_hash, facts, browser,
      device, navigation, referrer_host, country, sub_id, surface)
    SELECT %(begin)s + n * %(step)s, md5('v' || floor(random() * %(visitors)s))::uuid,
      link.id, link.affiliate_id, (random() * 9e18)::bigint, 0,
      (random() * 8)::int, (random() * 3)::int,
      (ARRAY['followed', 'typed', 'forwarded'])[1 + floor(random() * 3)],
      'blog' || floor(random() * 900)::int || '.example',
      'FR', '', ''
    FROM (
      SELECT n, %(first_link)s + floor(random() * %(links)s)::bigint AS link_id
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    ) AS made JOIN tracking_link link ON link.id = made.link_id
    ORDER BY n
"""
_HOURS = """
    INSERT INTO tracking_clickhour (affiliate_id, hour, link_id, visits, consented, others)
    SELECT affiliate_id, date_trunc('hour', clicked_at), link_id, count(*), count(*), 0
    FROM tracking_click GROUP BY 1, 2, 3
"""
_DAYS = """
    INSERT INTO tracking_clickday (day, affiliate_id, visits, consented, others)
    SELECT (hour AT TIME ZONE 'Europe/Paris')::date, affiliate_id, sum(visits), sum(consented), 0
    FROM tracking_clickhour GROUP BY 1, 2
"""
_SIZE = """
    SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits
    WHERE inhparent = 'tracking_click'::regclass
"""


def begin() -> datetime:
    """Return the hour in which the clicks begin."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=DAYS)


def load(clicks: int) -> dict[str, float]:
    """Load ``clicks`` clicks and their sums; return how it went and what a click takes on disk."""
    make_links(LINKS, affiliates=AFFILIATES)
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM tracking_link")
        first_link = cursor.fetchone()[0]
        started = time.monotonic()
        for first in range(0, clicks, CHUNK):
            cursor.execute(
                _CLICKS,
                {
                    "begin": begin(),
                    "step": timedelta(days=DAYS) / clicks,
                    "visitors": clicks / CLICKS_PER_VISITOR,
                    "first_link": first_link,
                    "links": LINKS,
                    "first": first,
                    "last": min(first + CHUNK, clicks) - 1,
                },
            )
            sys.stderr.write(f"{min(first + CHUNK, clicks):,} of {clicks:,} clicks\n")
        loaded = time.monotonic() - started
        for statement in (_HOURS, _DAYS):
            cursor.execute(statement)
        vacuum("tracking_click", "tracking_clickhour", "tracking_clickday")
        cursor.execute(_SIZE)
        size = float(cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FROM tracking_click")
        stored = cursor.fetchone()[0]
    return {
        "clicks": stored,
        "loaded_per_second": stored / loaded,
        "bytes_per_click": size / stored,
    }
