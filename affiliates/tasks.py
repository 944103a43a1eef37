from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from affiliates.services import terms_notices


@shared_task
def tell_of_terms(**_kwargs: Any) -> int:
    """Tell affiliates that joined a group since its next terms were announced."""
    return terms_notices.tell_pending(now=timezone.now())
