"""Visits through an affiliate's links, summed by day, hour, link or referrer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate

from portal.formats import PARIS, in_paris
from tracking.models import ClickHour, ClickReferrer, Link

AN_HOUR = timedelta(hours=1)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Visits of one day, hour, link or referrer; what does not tell them apart is empty.

    ``consented``: those of visitors who agreed to be followed; None where that is not kept.
    """

    visits: int
    consented: int | None = None
    day: date | None = None
    hour: datetime | None = None
    link: str | None = None
    referrer: str | None = None


def days_of(since: datetime, until: datetime) -> list[date]:
    """Return the days in Paris that a half-open period touches."""
    first, last = in_paris(since).date(), in_paris(until - _MOMENT).date()
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def hours_of(since: datetime, until: datetime) -> list[datetime]:
    """Return the beginnings of the hours that a half-open period touches."""
    first = since.replace(minute=0, second=0, microsecond=0)
    number = -(-(until - first) // AN_HOUR)
    return [first + step * AN_HOUR for step in range(number)]


def by_day(
    affiliate_id: int, days: Sequence[date], period: tuple[datetime, datetime], link: Link | None
) -> list[Visits]:
    """Return the visits of each of ``days``, also of those without any. One query."""
    rows = _hours(affiliate_id, *period, link).values_list(TruncDate("hour", tzinfo=PARIS))
    sums = {day: (n, c) for day, n, c in rows.annotate(n=Sum("visits"), c=Sum("consented"))}
    return [
        Visits(day=day, visits=sums.get(day, (0, 0))[0], consented=sums.get(day, (0, 0))[1])
        for day in days
    ]


def by_hour(affiliate_id: int, hours: Sequence[datetime], link: Link | None) -> list[Visits]:
    """Return the visits of each of ``hours``, which follow one another. One query."""
    if not hours:
        return []
    rows = _hours(affiliate_id, hours[0], hours[-1] + AN_HOUR, link).values_list("hour")
    sums = {hour: (n, c) for hour, n, c in rows.annotate(n=Sum("visits"), c=Sum("consented"))}
    return [
        Visits(hour=hour, visits=sums.get(hour, (0, 0))[0], consented=sums.get(hour, (0, 0))[1])
        for hour in hours
    ]


def by_link(
    affiliate_id: int, links: Sequence[Link], period: tuple[datetime, datetime]
) -> list[Visits]:
    """Return the visits of each of ``links``, also of those without any. One query."""
    rows = _hours(affiliate_id, *period, None).filter(link_id__in=[one.pk for one in links])
    sums = {
        pk: (n, c)
        for pk, n, c in rows.values_list("link_id").annotate(n=Sum("visits"), c=Sum("consented"))
    }
    return [
        Visits(link=one.code, visits=sums.get(one.pk, (0, 0))[0],
               consented=sums.get(one.pk, (0, 0))[1])
        for one in links
    ]  # fmt: skip


def by_referrer(link: Link, period: tuple[datetime, datetime]) -> list[Visits]:
    """Return the visits of each host that led to a link, the most frequent first; "" is unknown.

    Of whole days in Paris.
    """
    days = days_of(*period)
    rows = (
        ClickReferrer.objects.filter(link_id=link.pk, day__range=(days[0], days[-1]))
        .values_list("referrer_host")
        .annotate(n=Sum("visits"))
        .order_by("-n", "referrer_host")
    )
    return [Visits(referrer=host, visits=number) for host, number in rows]


def _hours(
    affiliate_id: int, since: datetime, until: datetime, link: Link | None
) -> QuerySet[ClickHour]:
    rows = ClickHour.objects.filter(affiliate_id=affiliate_id, hour__gte=since, hour__lt=until)
    rows = rows.filter(visits__gt=0).order_by()
    return rows if link is None else rows.filter(link_id=link.pk)
