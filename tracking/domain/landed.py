"""A click together with what its landing page told of it: all that is proven of one visit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from tracking.domain.journey import landing_of
from tracking.domain.navigation import Fact, landing_facts

#: A landing that is told later belongs to no click: pages are left open for days.
LANDS_WITHIN = timedelta(minutes=10)
#: The page's own clock measures how long ago it landed, and may be a little ahead.
CLOCKS_DIFFER = timedelta(seconds=2)


def proven_by(
    facts: int,
    *,
    navigation: str,
    clicked_at: datetime,
    landings: Collection[tuple[datetime, Mapping[str, Any]]],
    next_click_at: datetime | None = None,
    is_same_origin: bool = True,
) -> Fact:
    """Return the ``facts`` of a click and those of its landing page, if that told any.

    ``landings`` are the visitor's landing events, each with its time and what was kept of it, in
    any order; those of other clicks are left out. A page that was looked at before it was left
    was seen, whatever it said in its first second.
    """
    if not landings:
        return Fact(facts)
    known = Fact(facts)
    ends_at = clicked_at + LANDS_WITHIN
    if next_click_at is not None:
        ends_at = min(ends_at, next_click_at - CLOCKS_DIFFER)
    told = [
        landing_facts(
            landing_of(data), navigation=navigation, facts=known, is_same_origin=is_same_origin
        )
        for at, data in landings
        if clicked_at - CLOCKS_DIFFER <= at < ends_at
    ]
    if not told:
        return known
    found = known | reduce(or_, told)
    return found if Fact.UNSEEN in reduce(and_, told) else found & ~Fact.UNSEEN
