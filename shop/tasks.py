from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core.nudge import nudge
from core.pulls import drain
from shop.services import inbound


@shared_task
def process_inbound(**_kwargs: Any) -> int:
    """Make of the waiting deliveries what they say, and wake those who wait for the facts."""
    now = timezone.now()
    done = drain(lambda limit: inbound.process_pending(now=now, limit=limit))
    if done:
        nudge("tracking.tasks.attribute_pending")
        nudge("payouts.tasks.apply_returns")
        nudge("payouts.tasks.complete_costs")
    return done


@shared_task
def purge_inbound(**_kwargs: Any) -> int:
    """Empty the bodies of old deliveries that were worked on."""
    return inbound.purge(now=timezone.now())
