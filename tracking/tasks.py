from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core.nudge import nudge
from core.pulls import LOOK_BACK, drain
from tracking.services import attributions


@shared_task
def attribute_pending(**_kwargs: Any) -> int:
    """Attribute the orders that wait."""
    now = timezone.now()
    done = drain(
        lambda limit: attributions.attribute_pending(now=now, limit=limit, since=now - LOOK_BACK)
    )
    if done:
        nudge("fraud.tasks.screen_pending")
    return done


@shared_task
def sweep_orders(**_kwargs: Any) -> int:
    """Attribute whatever is still undecided, however old it is."""
    now = timezone.now()
    return drain(lambda limit: attributions.attribute_pending(now=now, limit=limit))
