from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core.nudge import nudge
from fraud.services import screening

BATCH, BATCHES = 500, 20


@shared_task
def screen_pending(**_kwargs: Any) -> int:
    """Screen the credits that wait, at most 10,000 in one run."""
    done = 0
    for _batch in range(BATCHES):
        screened = screening.screen_pending(now=timezone.now(), limit=BATCH)
        done += screened
        if screened < BATCH:
            break
    if done:
        nudge("payouts.tasks.accrue_pending")
    return done
