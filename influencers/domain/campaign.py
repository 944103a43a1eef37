"""What a campaign asks for, whether there is room in it, and what is due: values in, values out.

The rules are CA1 to CA16 of ``docs/rules/campaigns.md``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from core.money import Money

#: Days before the last day on which creators are reminded, and the day itself (CA12).
REMINDED = (7, 2, 0)


class Step(StrEnum):
    """How near the last day of something promised is."""

    WEEK = "week"
    SOON = "soon"
    TODAY = "today"
    LATE = "late"


class Lack(StrEnum):
    """What there is none left of, for one more creator."""

    PLACES = "places"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Something that everybody who takes part makes, ``quantity`` times."""

    kind: str
    quantity: int
    due_on: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Everything that a creator agrees to. Amounts in minor units of ``currency``."""

    name: str
    purpose: str
    brief: str
    do: str
    dont: str
    disclosure: str
    scopes: tuple[str, ...]
    rights_months: int
    fee_minor: int
    bonus_minor: int
    bonus_for: str
    currency: str
    gift_most_minor: int
    gift_most_items: int
    ends_on: date
    pieces: tuple[Piece, ...]
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What is left of a campaign. ``committed``: fees, bonuses and gifts that stand."""

    capacity: int
    taken: int
    budget: Money
    committed: Money

    @property
    def places(self) -> int:
        """Return how many creators can still take part."""
        return max(0, self.capacity - self.taken)

    @property
    def money(self) -> Money:
        """Return what is left of the budget."""
        return self.budget - self.committed


def digest_of(brief: Brief) -> str:
    """Return the SHA-256 of a brief, whatever the order of its scopes and products (CA4)."""
    said = asdict(brief)
    said["scopes"], said["products"] = sorted(brief.scopes), sorted(brief.products)
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=date.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()


def lack_of(room: Room, cost: Money, *, places: int = 1) -> Lack | None:
    """Return what ``places`` creators more, at ``cost`` together, would lack (CA5, CA6).

    :raises CurrencyMismatch: when the budget is in another currency.
    """
    if places > room.places:
        return Lack.PLACES
    return Lack.BUDGET if (room.money - cost).minor < 0 else None


def step_on(due_on: date, day: date) -> Step | None:
    """Return how near ``due_on`` is on ``day``; None: more than a week away (CA12)."""
    left = (due_on - day).days
    week, soon, today = REMINDED
    if left > week:
        return None
    if left > soon:
        return Step.WEEK
    if left > today:
        return Step.SOON
    return Step.TODAY if left == today else Step.LATE


def missing(pieces: Iterable[tuple[int, int]], made: Collection[tuple[int, int]]) -> int:
    """Return how many pieces lack. ``pieces``: key and quantity; ``made``: key and number."""
    return sum(
        (key, number) not in made for key, quantity in pieces for number in range(1, quantity + 1)
    )
