"""How people landed through one link, from the sums that the shipper and the clock keep."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Subquery, Sum
from django.db.models.functions import TruncDate

from portal.formats import PARIS, in_paris
from tracking.models import ClickHour, ClickReferrer, Link

MOST_REFERRERS = 8
_MOMENT = timedelta(microseconds=1)


def link_days(link_id: int, since: datetime, until: datetime) -> dict[date, int]:
    """Return the visits through a link on each day in Paris; days without are absent."""
    owner = Link.objects.filter(pk=link_id).values("affiliate")
    rows = (
        ClickHour.objects.filter(affiliate_id=Subquery(owner), link_id=link_id, visits__gt=0)
        .filter(hour__gte=since, hour__lt=until)
        .values_list(TruncDate("hour", tzinfo=PARIS))
        .annotate(number=Sum("visits"))
    )
    return dict(rows)


def referrers(link_id: int, since: datetime, until: datetime) -> list[tuple[str, int]]:
    """Return the hosts that visitors came from, the most frequent first; "" is unknown.

    Whole days in Paris; today's are summed up every ten minutes.
    """
    days = (in_paris(since).date(), in_paris(until - _MOMENT).date())
    rows = (
        ClickReferrer.objects.filter(link_id=link_id, day__range=days)
        .values_list("referrer_host")
        .annotate(number=Sum("visits"))
        .order_by("-number", "referrer_host")
    )
    return list(rows[:MOST_REFERRERS])
