"""What attribution knows of clicks, promo codes, terms and who is behind them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from psycopg.types.range import Range

from affiliates.models import AffiliateStatus
from tracking.queries import VisitorClick


class Party(NamedTuple):
    """The affiliate behind a touchpoint."""

    pk: int
    group_id: int
    kind: str
    is_contracted: bool
    status: str
    status_changed_at: datetime
    offs: list[Range[datetime]]  # When an experiment has it off.
    stops: list[Range[datetime]]  # When links, or codes, stood still: of the touchpoint's kind.

    def was_active(self, moment: datetime) -> bool:
        """Tell whether the account was not stopped at ``moment``, as far as we still know."""
        if self.stops and self.stood_still(moment):
            return False
        return self.status == AffiliateStatus.ACTIVE or moment < self.status_changed_at

    def stood_still(self, moment: datetime) -> bool:
        """Tell whether its links, or codes, did not count at ``moment``."""
        return bool(self.stops) and any(moment in stop for stop in self.stops)

    def was_off(self, moment: datetime) -> bool | None:
        """Tell whether an experiment had it off; None if none ever did."""
        return any(moment in off for off in self.offs) if self.offs else None


class ClickFacts(NamedTuple):
    """A click of a visitor that an order names."""

    click: VisitorClick
    shop_id: int  # Where its link leads.
    party: Party


class CodeFacts(NamedTuple):
    """A promo code that an order names."""

    pk: int
    valid_from: datetime
    valid_to: datetime | None
    rule: str
    usage_limit: int | None
    party: Party

    def is_valid(self, moment: datetime) -> bool:
        """Tell whether ``moment`` is in its half-open period."""
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


class TermsFacts(NamedTuple):
    """A period of terms."""

    pk: int
    valid_from: datetime
    valid_to: datetime | None
    window_days: int

    def holds(self, moment: datetime) -> bool:
        """Tell whether ``moment`` is in its half-open period."""
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)
