"""The sums of orders by day: made again for the days of which something changed."""

from __future__ import annotations

from django.db import connection, transaction

from core import locks
from tracking.queries.order_days import FACTS

#: So many changes are taken at once: each names a day, and most of them the same.
_AT_ONCE = 20_000
_LOCK = "tracking.order_sums"
_TAKE = """
  WITH taken AS (
    DELETE FROM tracking_changedday
    WHERE id IN (SELECT id FROM tracking_changedday ORDER BY id LIMIT %s) RETURNING day
  )
  SELECT DISTINCT day FROM taken
"""
_FORGET = "DELETE FROM tracking_orderday WHERE day = ANY(%s)"
_SUM = f"""
  INSERT INTO tracking_orderday (day, currency, orders, decided, attributed, known, new,
    revenue_minor, returned_minor)
  WITH changed AS (SELECT unnest(%s::date[]) AS day) {FACTS}
"""


@transaction.atomic
def sum_changed() -> int:
    """Sum the days that changed; return how many they were.

    A change that is not committed when its day is summed names the day again when it is. So the
    names are taken first, and what they stand for is read by later statements.
    """
    locks.hold(_LOCK)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [_AT_ONCE])
        days = [day for (day,) in cursor.fetchall()]
        if days:
            cursor.execute(_FORGET, [days])
            cursor.execute(_SUM, [days])
    return len(days)
