"""Differences that stay: a person says why."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core import audit
from core.models import User
from shop.models import Difference


@transaction.atomic
def explain(*, difference_id: int, actor: User, explanation: str, now: datetime) -> Difference:
    """Close a difference without taking over what the platform said. The first words stand."""
    row = Difference.objects.select_for_update().get(pk=difference_id)
    if row.repaired_at is None and row.explained_at is None:
        row.explained_at, row.explanation, row.explained_by = now, explanation, actor
        row.save(update_fields=["explained_at", "explanation", "explained_by"])
        audit.record(actor=actor, verb="difference.explained", subject=row, at=now,
                     reason=explanation)  # fmt: skip
    return row
