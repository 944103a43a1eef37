"""Telling affiliates, one after the other: who was not told yet, and one bad row stops no other.

The key of such a letter is ``<what>:<when>:<number>``; ``core.letters`` adds whom it went to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from django.db import transaction

from affiliates.models import Affiliate, AffiliateStatus
from core.models import Notification

log = logging.getLogger(__name__)


def told(prefix: str) -> set[int]:
    """Return the numbers that were told of with keys that begin with ``<what>:<when>:``."""
    keys = Notification.objects.filter(key__startswith=prefix).values_list("key", flat=True)
    return {int(key.split(":")[2]) for key in keys}


def waiting(affiliates: set[int], prefix: str, limit: int) -> list[int]:
    """Return who of ``affiliates`` was not told yet and has somebody to read it, by number."""
    rows = Affiliate.objects.filter(
        pk__in=affiliates - told(prefix), memberships__user__is_active=True
    )
    rows = rows.exclude(status=AffiliateStatus.CLOSED).distinct().order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def tell_each(numbers: Iterable[int], write: Callable[[int], None], what: str) -> int:
    """Write about each number in a transaction of its own; return of how many it went well.

    One bad row is logged and skipped.
    """
    sent = 0
    for number in numbers:
        try:
            with transaction.atomic():
                write(number)
        except Exception:
            log.exception("Not told: %s %s", what, number)
        else:
            sent += 1
    return sent
