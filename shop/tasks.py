from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from shop.services import inbound

log = logging.getLogger(__name__)


@shared_task
def process_inbound(**_kwargs: Any) -> int:
    """Make of the waiting deliveries what they say."""
    return inbound.process_pending(now=timezone.now())


def nudge() -> None:
    """Ask a worker to look at the waiting deliveries now. Without a broker the tick will do."""
    try:
        process_inbound.delay()
    except OperationalError:
        log.warning("No broker: the delivery waits for the next tick.")
