"""How people landed through one link: with consent one by one, without by the hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from portal.formats import PARIS
from tracking.domain.navigation import NOT_A_VISIT
from tracking.models import Click, ClickCount

Key = TypeVar("Key", date, str)
MOST_REFERRERS = 8


def link_days(link_id: int, since: datetime, until: datetime) -> dict[date, int]:
    """Return the visits through a link on each day in Paris; days without are absent."""
    singly = (
        Click.objects.filter(link_id=link_id, clicked_at__gte=since, clicked_at__lt=until)
        .exclude(navigation__in=NOT_A_VISIT)
        .values_list(TruncDate("clicked_at", tzinfo=PARIS))
        .annotate(number=Count("pk"))
    )
    hourly = (
        ClickCount.objects.filter(link_id=link_id, hour__gte=since, hour__lt=until)
        .exclude(navigation__in=NOT_A_VISIT)
        .values_list(TruncDate("hour", tzinfo=PARIS))
        .annotate(number=Sum("count"))
    )
    return _added(singly, hourly)


def referrers(link_id: int, since: datetime, until: datetime) -> list[tuple[str, int]]:
    """Return the hosts that visitors came from, the most frequent first; "" is unknown."""
    singly = (
        Click.objects.filter(link_id=link_id, clicked_at__gte=since, clicked_at__lt=until)
        .exclude(navigation__in=NOT_A_VISIT)
        .values_list("referrer_host")
        .annotate(number=Count("pk"))
    )
    hourly = (
        ClickCount.objects.filter(link_id=link_id, hour__gte=since, hour__lt=until)
        .exclude(navigation__in=NOT_A_VISIT)
        .values_list("referrer_host")
        .annotate(number=Sum("count"))
    )
    hosts: dict[str, int] = _added(singly, hourly)
    ranked = sorted(hosts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ranked[:MOST_REFERRERS]


def has_clicks(affiliate_id: int) -> bool:
    """Tell whether anybody ever landed through a link of the affiliate."""
    return (
        Click.objects.filter(affiliate_id=affiliate_id).exists()
        or ClickCount.objects.filter(affiliate_id=affiliate_id).exists()
    )


def _added(*sources: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    total: Counter[Key] = Counter()
    for source in sources:
        for key, number in source:
            total[key] += number
    return dict(total)
