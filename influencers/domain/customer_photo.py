"""Photos that customers send by an invitation (docs/rules/look-moderation.md, CU1 to CU9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: How many photos one address sends by one invitation in a day.
PER_DAY = 5
NAME_LENGTH, STORY_LENGTH, ALT_LENGTH = 60, 500, 250
#: An invitation takes photos no longer, and no more of them.
LONGEST = timedelta(days=366)
MOST = 10_000
#: For how long a customer allows a photo to be shown.
LICENCE_DAYS = 730
#: A photo that was refused, or may be shown no more, is erased after so long.
REFUSED_KEPT = timedelta(days=30)
#: One that nobody decided on, or that was removed: until then the removal can be contested.
UNDECIDED_KEPT = timedelta(days=183)


class Closed(StrEnum):
    """Why an invitation takes no photo."""

    OVER = "over"
    FULL = "full"
    DAILY = "daily"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of an invitation when a photo arrives.

    ``sent_today``: by the same address. Counts are of this invitation.
    """

    ends_at: datetime
    ended_at: datetime | None
    most: int
    sent: int
    sent_today: int = 0


def closed(standing: Standing, now: datetime) -> Closed | None:
    """Return why no photo is taken, or None while it is (rules CU2 and CU5)."""
    if standing.ended_at is not None or now >= standing.ends_at:
        return Closed.OVER
    if standing.sent >= standing.most:
        return Closed.FULL
    return Closed.DAILY if standing.sent_today >= PER_DAY else None
