"""What caps of a month and the budget would leave for a sale that has not taken of them yet.

Only read: a meter is neither locked nor begun. Rules C10 and C11 of docs/rules/commission.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from affiliates.models import Programme
from core.money import Money
from payouts.domain.commission import Earned
from payouts.domain.order_commission import BUDGET, MONTH_CAP, limit
from payouts.domain.tariffs import Step
from payouts.models import Meter
from payouts.services import meters


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLimit:
    """A limit of the order's month: how much it is, and what others have left of it."""

    reason: str
    most: Money
    left: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What one limit takes off a sale. ``most``: the whole limit; ``name``: of its rule, if any."""

    reason: str
    name: str
    most: Money
    minor: int


def month_limits(
    affiliate_id: int, *, placed_at: datetime, currency: str, cap_minor: int | None
) -> list[MonthLimit]:
    """Return the limits of the order's month, in the order in which they cut."""
    programme = Programme.get()
    zone = ZoneInfo(programme.time_zone)
    month = meters.month_of(placed_at, zone)
    asked: tuple[tuple[str, int | None, meters.Key], ...] = (
        (MONTH_CAP, cap_minor, (affiliate_id, month, currency)),
        (BUDGET, programme.month_budget_minor, (None, month, currency)),
    )
    return [
        MonthLimit(
            reason=reason,
            most=Money(most, currency),
            left=Money(max(0, most - _taken(key, zone)), currency),
        )
        for reason, most, key in asked
        if most is not None
    ]


def within(earned: Sequence[Earned], limits: Iterable[MonthLimit]) -> list[Earned]:
    """Return the lines of a sale with what the limits leave of them."""
    left = list(earned)
    for one in limits:
        left = limit(
            left,
            one.left.minor,
            reason=one.reason,
            currency=one.most.currency,
            of_minor=one.most.minor,
        )
    return left


def cuts_of(computations: Iterable[Iterable[Step]], currency: str) -> list[Cut]:
    """Return what limits took off in all, each once, as the steps of the lines say."""
    found: dict[tuple[str, str], Cut] = {}
    for steps in computations:
        for step in steps:
            if step["step"] != "cut":
                continue
            key = step["reason"], step.get("name", "")
            before = found.get(key)
            found[key] = Cut(
                reason=step["reason"],
                name=step.get("name", ""),
                most=Money(step["limit"], currency),
                minor=step["minor"] + (before.minor if before else 0),
            )
    return list(found.values())


def _taken(key: meters.Key, zone: ZoneInfo) -> int:
    affiliate_id, month, currency = key
    row = Meter.objects.filter(affiliate=affiliate_id, month=month, currency=currency).first()
    return meters.earned_in(key, zone) if row is None else row.taken_minor
