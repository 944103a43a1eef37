"""Where affiliates stood when an order was placed: the tier they had reached, their factor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from affiliates.models import IncrementalityFactor, Programme
from payouts.models import TierReached


class Standings:
    """Tiers and factors of many affiliates at any moment: three queries, then from memory."""

    def __init__(self, *, tiers_of: Collection[tuple[int, int]], factors_of: Collection[int]):
        """``tiers_of``: pairs of affiliate and terms; ``factors_of``: affiliates."""
        self._tiers: dict[tuple[int, int], list[TierReached]] = defaultdict(list)
        self._factors: dict[int, list[IncrementalityFactor]] = defaultdict(list)
        if tiers_of:
            self._zone = Programme.get().zone
            affiliates, terms = map(set, zip(*tiers_of, strict=True))
            for row in TierReached.objects.filter(affiliate__in=affiliates, terms__in=terms):
                self._tiers[row.affiliate_id, row.terms_id].append(row)
        if factors_of:
            for factor in IncrementalityFactor.objects.filter(affiliate__in=set(factors_of)):
                self._factors[factor.affiliate_id].append(factor)

    def tier_bps(self, affiliate_id: int, terms_id: int, placed_at: datetime) -> int | None:
        """Return the base rate of the highest step reached before, in the order's period."""
        reached = self._tiers.get((affiliate_id, terms_id))
        if not reached:
            return None
        day = placed_at.astimezone(self._zone).date()
        return max(
            (
                row.rate_bps
                for row in reached
                if row.period_from <= day < row.period_to and row.reached_at <= placed_at
            ),
            default=None,
        )

    def factor_bps(self, affiliate_id: int, placed_at: datetime) -> int | None:
        """Return the measured factor that was in force, or ``None``: neutral."""
        for row in self._factors.get(affiliate_id, ()):
            if row.valid_from <= placed_at and (row.valid_to is None or placed_at < row.valid_to):
                return row.factor_bps
        return None
