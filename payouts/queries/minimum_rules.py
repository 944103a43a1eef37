"""After how many months without a payout the minimum is lifted, at a moment (P56)."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from payouts.domain.minimum import MONTHS, lifts_at
from payouts.models import MinimumRule


def months_at(at: datetime) -> int:
    """Return the months that held ``at`` a moment: 12 while nobody confirmed others."""
    rows = MinimumRule.objects.filter(valid_from__lte=at, confirmed_at__lte=at)
    months = rows.order_by("-valid_from").values_list("months", flat=True).first()
    return MONTHS if months is None else months


class Lifting:
    """When the minimum is lifted for what waits since a moment; asks the rule once, if ever."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    @cached_property
    def _months(self) -> int:
        return months_at(self._at)

    def of(self, since: datetime | None) -> datetime | None:
        """Return from when on it is lifted; None for what does not wait, and for never."""
        return lifts_at(since, self._months) if since is not None else None
