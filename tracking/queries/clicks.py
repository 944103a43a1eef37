"""What affiliates' links brought, read from the sums that the shipper keeps exact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from shop.counting import number_of_orders
from tracking.models import ClickDay as DaySum
from tracking.models import ClickHour, Credit


@dataclass(frozen=True, slots=True)
class ClickDay:
    """The visits through an affiliate's links on one day of the reader's time zone."""

    day: date
    clicks: int


def click_days(affiliate_id: int, since: datetime, until: datetime) -> list[ClickDay]:
    """Return one entry per day with ``since`` <= day < ``until``, also for days without visits.

    Counts visits with and without consent; requests that brought nobody are left out. One query.
    An hour belongs to the day of its beginning. In the programme's own time zone whole days come
    from the sums by the day.
    """
    first, end = timezone.localdate(since), timezone.localdate(until - timedelta(microseconds=1))
    if _is_programs_zone() and _begins_day(since) and _begins_day(until):
        rows = DaySum.objects.filter(affiliate_id=affiliate_id, day__gte=first, day__lte=end)
        totals = dict(rows.values_list("day", "visits"))
    else:
        hours = ClickHour.objects.filter(affiliate_id=affiliate_id, hour__gte=since, hour__lt=until)
        totals = dict(hours.values_list(TruncDate("hour")).annotate(n=Sum("visits")))
    days = [first + timedelta(days=step) for step in range((end - first).days + 1)]
    return [ClickDay(day, totals.get(day, 0)) for day in days]


def visits(since: date, until: date) -> dict[int, int]:
    """Return the visits of each affiliate with ``since`` <= day < ``until``. One query."""
    rows = DaySum.objects.filter(day__gte=since, day__lt=until)
    return dict(rows.values_list("affiliate_id").annotate(n=Sum("visits")).order_by())


@dataclass(frozen=True, slots=True)
class LinkStats:
    """What one link has brought. ``last_click_at`` is when the last visit's hour began."""

    clicks: int = 0
    orders: int = 0
    last_click_at: datetime | None = None


def link_stats(affiliate_id: int, *, since: datetime | None = None) -> dict[int, LinkStats]:
    """Return what each link of an affiliate has brought, by link id. Two queries.

    A link without visits and orders is missing: read it with ``.get(pk, LinkStats())``. With
    ``since`` visits are counted from the hour that holds it.
    """
    hours = ClickHour.objects.filter(affiliate_id=affiliate_id, visits__gt=0)
    credits = Credit.objects.filter(affiliate=affiliate_id, touchpoint__link__isnull=False)
    if since is not None:
        hours = hours.filter(hour__gte=since.replace(minute=0, second=0, microsecond=0))
        credits = credits.filter(order__placed_at__gte=since)
    rows = hours.values_list("link_id").annotate(n=Sum("visits"), last=Max("hour"))
    seen = {pk: (number, last) for pk, number, last in rows}
    ordered = dict(credits.values_list("touchpoint__link").annotate(n=number_of_orders()))
    nothing = (0, None)
    return {
        pk: LinkStats(seen.get(pk, nothing)[0], ordered.get(pk, 0), seen.get(pk, nothing)[1])
        for pk in {*seen, *ordered}
    }


def _is_programs_zone() -> bool:
    return timezone.get_current_timezone_name() == timezone.get_default_timezone_name()


def _begins_day(moment: datetime) -> bool:
    local = timezone.localtime(moment)
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
