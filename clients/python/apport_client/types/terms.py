"""What is answered and sent: terms.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from apport_client.money import Money

TermsState = Literal["live", "future", "over", "replaced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonus:
    """A bonus, in words."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the terms, in words."""

    name: str
    pays: str
    conditions: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence and what it is about."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One version of your terms, and when it is yours."""

    id: int
    version: int
    is_own: bool
    """Yours alone, rather than your group's."""
    state: TermsState | str
    since: datetime
    until: datetime | None
    basis: str
    """The margin it is a share of: reference or actual."""
    rate_bps: int
    """The base rate, of the margin."""
    window_days: int
    """From a click to the order."""
    hold_days: int
    """Until a commission is validated."""
    minimum_payout: Money
    payment_days: tuple[int, ...]
    """Days of the month on which we pay."""
    change_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsDetail(Terms):
    """One version of your terms, with everything it says in words."""

    in_words: tuple[Said, ...]
    rules: tuple[Rule, ...]
    bonuses: tuple[Bonus, ...]
