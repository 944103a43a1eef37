from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from affiliates.services import group_moves, terms_notices


@shared_task
def tell_of_terms(**_kwargs: Any) -> int:
    """Tell affiliates that joined a group since its next terms were announced."""
    return terms_notices.tell_pending(now=timezone.now())


@shared_task
def begin_moves(**_kwargs: Any) -> int:
    """Carry out the moves to other groups that have begun."""
    return group_moves.begin_due(now=timezone.now())
