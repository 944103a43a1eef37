"""Orders by day: from the sums where they are still true, else from the orders themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from shop.counting import counted_sql

_IN = """{0} >= d.day::timestamp AT TIME ZONE 'Europe/Paris'
      AND {0} < (d.day + 1)::timestamp AT TIME ZONE 'Europe/Paris'"""
#: The sums of the days in ``changed (day)``, from the facts. A day is one in Paris. Each day is
#: looked up by itself: how many there are is known only then, and most often they are few.
FACTS = f"""
  SELECT day, currency, sum(orders)::int, sum(decided)::int, sum(attributed)::int,
    sum(known)::int, sum(new)::int, sum(revenue)::bigint, sum(returned)::bigint
  FROM changed d CROSS JOIN LATERAL (
    SELECT o.currency, count(*) AS orders, count(a.id) AS decided,
      count(*) FILTER (WHERE a.outcome = 'attributed') AS attributed,
      count(*) FILTER (WHERE a.outcome = 'attributed' AND o.is_new_customer IS NOT NULL) AS known,
      count(*) FILTER (WHERE a.outcome = 'attributed' AND o.is_new_customer) AS new,
      0 AS revenue, 0 AS returned
    FROM shop_order o LEFT JOIN tracking_attribution a ON a.order_id = o.id
    WHERE {_IN.format("o.placed_at")} AND {counted_sql("o")} GROUP BY 1
    UNION ALL
    SELECT o.currency, 0, 0, 0, 0, 0, sum(l.net_minor), 0
    FROM shop_order o
    JOIN tracking_attribution a ON a.order_id = o.id AND a.outcome = 'attributed'
    JOIN shop_orderline l ON l.order_id = o.id AND l.kind = 'product'
    WHERE {_IN.format("o.placed_at")} AND NOT o.is_test GROUP BY 1
    UNION ALL
    SELECT o.currency, 0, 0, 0, 0, 0, 0, sum(x.net_minor)
    FROM shop_return r JOIN shop_returnline x ON x.shop_return_id = r.id
    JOIN shop_orderline l ON l.id = x.line_id AND l.kind = 'product'
    JOIN shop_order o ON o.id = l.order_id AND NOT o.is_test
    JOIN tracking_attribution a ON a.order_id = o.id AND a.outcome = 'attributed'
    WHERE {_IN.format("r.returned_at")} AND r.withdrawn_at IS NULL GROUP BY 1
  ) AS facts GROUP BY 1, 2
"""  # noqa: S608
#: One statement is one moment: a change and the naming of its day are seen together, or neither.
_DAYS = f"""
  WITH wanted AS (
    SELECT daterange(since, until, '[]') AS days
    FROM unnest(%s::date[], %s::date[]) AS asked (since, until)
  ), changed AS (
    SELECT DISTINCT day FROM tracking_changedday JOIN wanted ON day <@ days
  )
  SELECT s.day, currency, orders, decided, attributed, known, new, revenue_minor, returned_minor
  FROM tracking_orderday s
  WHERE EXISTS (SELECT 1 FROM wanted WHERE s.day <@ days) AND s.day NOT IN (TABLE changed)
  UNION ALL {FACTS}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class DayOfOrders:
    """What ``tracking.models.OrderDay`` says of a day and currency, as it is now."""

    day: date
    currency: str
    orders: int
    decided: int
    attributed: int
    known: int
    new: int
    revenue_minor: int
    returned_minor: int


def order_days(*periods: tuple[date, date]) -> list[DayOfOrders]:
    """Return the days of these periods, each given by its first and last day, in one query.

    A day and currency without orders and returns is not among them. Exact at any moment: days
    that changed since they were summed are summed as they are read.
    """
    firsts, lasts = [first for first, _last in periods], [last for _first, last in periods]
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, [firsts, lasts])
        return [DayOfOrders(*row) for row in cursor.fetchall()]
