"""One affiliate after the other, each on its own: one that fails does not hold up the others."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

log = logging.getLogger(__name__)


class Act(Protocol):
    """What is done for one affiliate, in its own transaction; returns how much was done."""

    __name__: str

    def __call__(self, affiliate_id: int, *, now: datetime) -> int: ...


def for_each(affiliate_ids: Iterable[int], act: Act, *, now: datetime) -> int:
    """Do ``act`` for each affiliate; return the sum of what was done.

    What fails is logged and left out, so that the next round tries it again.
    """
    return sum(_guarded(pk, act, now) for pk in affiliate_ids)


def _guarded(affiliate_id: int, act: Act, now: datetime) -> int:
    try:
        return act(affiliate_id, now=now)
    except Exception:
        log.exception("%s failed for affiliate %s.", act.__name__, affiliate_id)
        return 0
