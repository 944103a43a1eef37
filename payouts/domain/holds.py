"""Until when a commission waits: days from the order or from its delivery."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from affiliates.domain.terms import HoldFrom, TermsRules


def hold_days(
    categories: Collection[str], rules: TermsRules, *, days: int, is_trusted: bool
) -> int:
    """Return the longest hold of an order's lines, ``days`` where the terms name no other.

    ``categories``: of each line that can earn. A trusted affiliate waits no longer than the terms
    say for it. Rule T8.
    """
    found = [
        max((hold.days for hold in rules.holds if category in hold.category), default=days)
        for category in categories
    ]
    longest = max(found, default=days)
    if is_trusted and rules.trusted_days is not None:
        return min(longest, rules.trusted_days)
    return longest


def hold_until(
    placed_at: datetime, delivered_at: datetime | None, rules: TermsRules, *, days: int
) -> datetime:
    """Return the end of a hold of ``days``.

    Counted from the delivery, it ends no later than it would without one: ``undelivered_days``
    after the order, so that a delivery that becomes known only ever moves it earlier. Rule T8.
    """
    if rules.hold_from == HoldFrom.ORDER:
        return placed_at + timedelta(days=days)
    latest = placed_at + timedelta(days=max(days, rules.undelivered_days))
    if delivered_at is None:
        return latest
    return min(max(placed_at, delivered_at) + timedelta(days=days), latest)
