"""The sums of the look-back per affiliate: visits, calls, sales, screenings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Sum

from fraud.domain.delays import CLASSES
from fraud.domain.evidence import Sales, Traffic
from shop.counting import counted_sql
from tracking.domain.navigation import Navigation
from tracking.models import ClickCount, ClickDay

LOOK_BACK = timedelta(days=30)
_OTHERS = {"days", "busiest_day", "median_day", "hours", "prefetches", "embedded", "visits"}
_SUMS = [one.name for one in fields(Traffic) if one.name not in _OTHERS]
_HOURS = ", ".join(f"sum(hours[{hour}])" for hour in range(1, 25))
_TRAFFIC = f"""
    SELECT affiliate_id, count(*) FILTER (WHERE clicks > 0), max(clicks),
      coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY clicks) FILTER (WHERE clicks > 0), 0),
      ARRAY[{_HOURS}]::integer[], {", ".join(f'sum("{name}")::integer' for name in _SUMS)}
    FROM fraud_trafficday WHERE day > %s AND day <= %s GROUP BY affiliate_id
"""  # noqa: S608
_SALE_SUMS = [one.name for one in fields(Sales) if one.name not in {"delays", "largest_cluster"}]
_DELAYS = ", ".join(f"sum(delays[{number}])" for number in range(1, CLASSES + 1))
_SALES = f"""
    SELECT affiliate_id, ARRAY[{_DELAYS}]::integer[],
      {", ".join(f"sum({name})::integer" for name in _SALE_SUMS)}
    FROM fraud_salesday WHERE day > %s AND day <= %s GROUP BY affiliate_id
"""  # noqa: S608
# Orders of one buyer, by any of the ways to tell one.
_CLUSTERS = f"""
    SELECT affiliate_id, max(n) FROM (
      SELECT c.affiliate_id, count(DISTINCT o.id) AS n
      FROM tracking_credit c JOIN shop_order o ON o.id = c.order_id,
      LATERAL (VALUES ('address', o.address_key), ('email', o.email_key),
        ('phone', o.phone_key), ('account', o.customer_ref)) AS told (kind, key)
      WHERE o.placed_at >= %s AND o.placed_at < %s AND {counted_sql("o")} AND told.key <> ''
      GROUP BY c.affiliate_id, told.kind, told.key
    ) AS buyers GROUP BY affiliate_id
"""  # noqa: S608
_SCREENED = """
    SELECT c.affiliate_id, count(*), count(*) FILTER (WHERE s.decision = 'refuse'),
      count(DISTINCT (o.placed_at AT TIME ZONE 'UTC')::date)
        FILTER (WHERE s.decision = 'refuse'),
      count(*) FILTER (WHERE EXISTS (
        SELECT FROM fraud_signal f WHERE f.screening_id = s.id AND NOT f.is_shadow
          AND f.severity IN ('refuse', 'hold', 'review')))
    FROM fraud_screening s JOIN tracking_credit c ON c.id = s.credit_id
    JOIN shop_order o ON o.id = c.order_id
    WHERE o.placed_at >= %s AND o.placed_at < %s GROUP BY c.affiliate_id
"""


class Screened(NamedTuple):
    """How many credits were screened, refused, ordered on how many days, and in doubt."""

    screened: int = 0
    refused: int = 0
    refused_days: int = 0
    doubted: int = 0


class Period(NamedTuple):
    """The look-back as days of UTC, the first one left out, and as moments."""

    after: date
    last: date

    @classmethod
    def to(cls, now: datetime) -> Period:
        """Return the thirty days that end with that of ``now``."""
        last = now.astimezone(UTC).date()
        return cls(last - LOOK_BACK, last)

    @property
    def begins(self) -> datetime:
        """When the first day begins."""
        return datetime.combine(self.after + timedelta(days=1), time(), UTC)

    @property
    def ends(self) -> datetime:
        """When the last day is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)


def traffic_of(period: Period) -> dict[int, Traffic]:
    """Return the visits of every affiliate that had any, and the calls that were none."""
    calls = _calls(period)
    visits = dict(
        ClickDay.objects.filter(day__gt=period.after, day__lte=period.last)
        .values_list("affiliate_id")
        .annotate(n=Sum("visits"))
        .order_by()
    )
    rows: dict[int, dict[str, Any]] = {}
    for affiliate_id, days, busiest, median, hours, *sums in _rows(_TRAFFIC, *period):
        rows[affiliate_id] = {
            "days": days,
            "busiest_day": busiest,
            "median_day": median,
            "hours": tuple(hours),
            **dict(zip(_SUMS, sums, strict=True)),
        }
    return {
        affiliate_id: Traffic(
            **rows.get(affiliate_id, {}),
            visits=visits.get(affiliate_id),
            prefetches=calls[affiliate_id, Navigation.PREFETCH],
            embedded=calls[affiliate_id, Navigation.EMBEDDED],
        )
        for affiliate_id in {*rows, *visits, *(affiliate_id for affiliate_id, _kind in calls)}
    }


def sales_of(period: Period) -> dict[int, Sales]:
    """Return the sales of every affiliate that had any."""
    clusters = dict(_rows(_CLUSTERS, period.begins, period.ends))
    return {
        affiliate_id: Sales(
            delays=tuple(delays),
            largest_cluster=clusters.get(affiliate_id, 0),
            **dict(zip(_SALE_SUMS, sums, strict=True)),
        )
        for affiliate_id, delays, *sums in _rows(_SALES, *period)
    }


def screened_of(period: Period) -> Mapping[int, Screened]:
    """Return what the screenings of the orders of the period said, by affiliate."""
    return {
        affiliate_id: Screened(*numbers)
        for affiliate_id, *numbers in _rows(_SCREENED, period.begins, period.ends)
    }


def _calls(period: Period) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = defaultdict(int)
    rows = ClickCount.objects.filter(
        hour__gte=period.begins,
        hour__lt=period.ends,
        navigation__in=[Navigation.PREFETCH, Navigation.EMBEDDED],
    )
    for affiliate_id, navigation, number in (
        rows.values_list("affiliate_id", "navigation").annotate(n=Sum("count")).order_by()
    ):
        found[affiliate_id, navigation] += number
    return found


def _rows(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
