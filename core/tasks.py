from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core import deliveries


@shared_task
def send_deliveries(**_kwargs: Any) -> int:
    """Send the mails that are due."""
    return deliveries.send_due(now=timezone.now())
