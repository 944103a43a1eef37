"""By what a look is decided on: reasons, the checklist, what forbids it, how long rights last.

Rules MD1 to MD6 and LC4 of docs/rules/look-moderation.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

#: Creators are told so many days before the rights in a photo end.
WARNING_DAYS = (1, 7, 30)


class Reason(StrEnum):
    """Why a look is refused or removed. Each has a sentence for its creator."""

    DISCLOSURE = "disclosure"
    RIGHTS = "rights"
    PEOPLE = "people"
    MINORS = "minors"
    UNSAFE = "unsafe"
    CLAIMS = "claims"
    BRANDS = "brands"
    QUALITY = "quality"
    PRODUCTS = "products"
    COPY = "copy"
    LAW = "law"
    OTHER = "other"


class Check(StrEnum):
    """What a person looks at before a look appears. All of it, each time."""

    DISCLOSURE = "disclosure"
    PEOPLE = "people"
    SAFETY = "safety"
    CLAIMS = "claims"
    BRANDS = "brands"
    PRODUCTS = "products"
    WORDS = "words"


class Lack(StrEnum):
    """What forbids that a look is approved."""

    OWN = "own"
    PHOTOS = "photos"
    ALT = "alt"
    PRODUCTS = "products"
    DISCLOSURE = "disclosure"
    LICENCE = "licence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a version that waits for a decision.

    ``unlicensed``: photos that may not be shown on looks pages or product pages on the day on
    which the look appears.
    """

    is_own: bool
    is_customers: bool
    has_disclosure: bool
    photos: int
    without_alt: int
    products: int
    unlicensed: int


def lacks(facts: Facts) -> tuple[Lack, ...]:
    """Return what forbids to approve, nothing when it may appear (rule MD2).

    A customer is not paid: no disclosure is asked of one.
    """
    found = {
        Lack.OWN: facts.is_own,
        Lack.PHOTOS: facts.photos == 0,
        Lack.ALT: facts.without_alt > 0,
        Lack.PRODUCTS: facts.products == 0,
        Lack.DISCLOSURE: not (facts.has_disclosure or facts.is_customers),
        Lack.LICENCE: facts.unlicensed > 0,
    }
    return tuple(lack for lack, is_so in found.items() if is_so)


def last_day_covered(periods: Iterable[tuple[date, date | None]], today: date) -> date | None:
    """Return the last day of the unbroken cover that holds today; ``date.max``: without end.

    ``periods`` are first and last days, both included; no last day: without end. None when today
    is not covered.
    """
    last: date | None = None
    for first, end in sorted(periods, key=lambda period: (period[0], period[1] or date.max)):
        reach = today if last is None else _after(last)
        if first <= reach <= (end or date.max):
            last = end or date.max
    return last


def warning_step(last_day: date, today: date) -> int | None:
    """Return which warning is due: 30, 7 or 1 days before the last day, or none (rule LC4).

    A day on which nobody warned is made up for on the next.
    """
    left = (last_day - today).days
    if left < 0:
        return None
    return next((step for step in WARNING_DAYS if left <= step), None)


def _after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)
