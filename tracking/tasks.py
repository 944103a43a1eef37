from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from core.nudge import nudge
from core.pulls import drain
from tracking.services import attributions

#: The tick looks back this far at what the shop has sent; what is older has been decided.
LOOK_BACK = timedelta(days=7)


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
