"""Up to when every landing is known, whichever machine recorded it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min

from tracking.models import SpoolHost


def watermark(now: datetime) -> datetime:
    """Return the moment up to which every click is known. Later orders wait.

    That is what the slowest machine has shipped; ``now`` where no machine has a spool.
    """
    shipped = SpoolHost.objects.aggregate(oldest=Min("watermark"))["oldest"]
    return now if shipped is None else min(shipped, now)
