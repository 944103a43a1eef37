"""Letters that are looked at and go nowhere: the real words, written to one reader.

Within ``shown_to`` everything that ``core.letters`` would send is worded for that reader and kept
in a list. Nothing is stored, nobody else is written to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from core.models import User


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter as its reader would get it."""

    kind: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Showing:
    """Who looks, and what was written to them so far."""

    reader: User
    letters: list[Shown] = field(default_factory=list)


_showing: ContextVar[Showing | None] = ContextVar("core.shown_letters", default=None)


def now_shown() -> Showing | None:
    """Return who looks at letters now; None while letters are sent, as they nearly always are."""
    return _showing.get()


@contextmanager
def shown_to(reader: User) -> Iterator[list[Shown]]:
    """Keep letters instead of sending them, as ``reader`` would get them in their language."""
    showing = Showing(reader)
    before = _showing.set(showing)
    try:
        yield showing.letters
    finally:
        _showing.reset(before)
