from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core.nudge import nudge
from tracking.services import attributions

BATCH, BATCHES = 500, 20


@shared_task
def attribute_pending(**_kwargs: Any) -> int:
    """Attribute the orders that wait, at most 10,000 in one run."""
    done = 0
    for _batch in range(BATCHES):
        decided = attributions.attribute_pending(now=timezone.now(), limit=BATCH)
        done += decided
        if decided < BATCH:
            break
    if done:
        nudge("fraud.tasks.screen_pending")
    return done
