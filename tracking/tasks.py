from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from core.fetching import fetcher
from core.nudge import nudge
from core.pulls import BATCH, BATCHES, LOOK_BACK, drain
from tracking.services import (
    announcing,
    attributions,
    destinations,
    exposing,
    first_clicks,
    order_sums,
    partitions,
    rollups,
    salts,
)


@shared_task
def attribute_pending(**_kwargs: Any) -> int:
    """Attribute the orders that wait."""
    now = timezone.now()
    done = _catch_up(now, since=now - LOOK_BACK)
    if done:
        nudge("fraud.tasks.screen_pending")
    return done


@shared_task
def sweep_orders(**_kwargs: Any) -> int:
    """Attribute whatever is still undecided, however old it is."""
    return _catch_up(timezone.now())


def _catch_up(now: datetime, since: datetime | None = None) -> int:
    """Decide about what waits, as many at most as a task may; return how many were."""
    done = 0
    for count in attributions.catch_up(now=now, limit=BATCH, since=since):
        done += count
        if done >= BATCH * BATCHES:
            break
    return done


@shared_task
def sum_order_days(**_kwargs: Any) -> int:
    """Sum the days of whose orders and returns something changed."""
    return order_sums.sum_changed()


@shared_task
def expose_visitors(**_kwargs: Any) -> int:
    """Log who came while an experiment ran on the links that they followed."""
    return exposing.expose_visitors(now=timezone.now())


@shared_task
def turn_salts(**_kwargs: Any) -> int:
    """Make the salts and months that the next landings need; forget the salts of 48 hours ago."""
    now = timezone.now()
    partitions.make_ahead(now)
    salts.rotate(now)
    return salts.purge(now)


@shared_task
def sum_referrers(**_kwargs: Any) -> int:
    """Sum up from which hosts the visits of today came, and which marks they carried."""
    today = timezone.localdate()
    return rollups.refresh_referrers(today) + rollups.refresh_marks(today)


@shared_task
def settle_referrers(**_kwargs: Any) -> int:
    """Sum up once more the days whose last landings may have come late."""
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in (1, 2, 3)]
    return sum(rollups.refresh_referrers(day) + rollups.refresh_marks(day) for day in days)


@shared_task
def look_at_destinations(**_kwargs: Any) -> int:
    """Look at the pages that links lead to: gone, or at another price?"""
    return destinations.look_at_due(fetch=fetcher().fetch, now=timezone.now())


@shared_task
def tell_events(**_kwargs: Any) -> int:
    """Tell endpoints of promo codes, and of links whose page is gone."""
    now = timezone.now()
    return drain(lambda limit: announcing.tell_pending(now=now, limit=limit))


@shared_task
def tell_first_clicks(**_kwargs: Any) -> int:
    """Tell affiliates of their first visitor."""
    return first_clicks.tell(now=timezone.now())
