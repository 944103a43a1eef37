"""Whether the service runs, as everybody may know it: by what is measured and what is told.

No figure, no name of a machine, no version: nothing that helps whoever wants to harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.core.cache import cache
from redis.exceptions import RedisError

from affiliates.models import Impact, Incident, ServicePart
from affiliates.services import incidents
from payouts.models import Batch
from payouts.services.payout_stops import live_stop
from portal.formats import in_paris
from portal.queries import staff_tracking

DAYS = 90
#: How long what was measured is shown again, in seconds.
KEPT = 60
_KEY = "service-status"


class State(StrEnum):
    """How a part is; the worse, the later."""

    UNKNOWN = "unknown"
    RUNS = "runs"
    PARTLY = "partly"
    DOWN = "down"


_ORDER = list(State)
_OF_IMPACT = {Impact.PARTLY: State.PARTLY, Impact.DOWN: State.DOWN}
_OF_TRACKING = {
    "nothing": State.UNKNOWN,
    "recording": State.RUNS,
    "unread": State.RUNS,
    "late": State.PARTLY,
    "silent": State.PARTLY,
    "lost": State.PARTLY,
}


@dataclass(frozen=True, slots=True)
class PartNow:
    """A part of the service: how it is now, and each of the last days, the oldest first."""

    part: ServicePart
    state: State
    days: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """All parts, what happened to them, and when payouts last left."""

    parts: tuple[PartNow, ...]
    incidents: tuple[Incident, ...]
    paid_on: date | None
    measured_at: datetime

    @property
    def state(self) -> State:
        """The worst of the parts; what is not known is not bad."""
        return max((one.state for one in self.parts), key=_ORDER.index, default=State.UNKNOWN)

    @property
    def open(self) -> list[Incident]:
        return [one for one in self.incidents if one.ended_at is None]


def service(now: datetime) -> Service:
    """Return how the service runs; for a minute the same answer, whoever asks.

    Five queries. Without the cache it is worked out each time.
    """
    try:
        known: Service | None = cache.get(_KEY)
    except (RedisError, OSError):
        return _measure(now)
    if known is None:
        known = _measure(now)
        cache.set(_KEY, known, KEPT)
    return known


def forget() -> None:
    """Let what was just told be seen at once."""
    cache.delete(_KEY)


def _measure(now: datetime) -> Service:
    told = tuple(incidents.lately(now=now, days=DAYS))
    today = in_paris(now).date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    measured = {
        ServicePart.TRACKING: _OF_TRACKING[staff_tracking.health(now).state],
        ServicePart.PORTAL: State.RUNS,
        ServicePart.API: State.RUNS,
        ServicePart.PAYOUTS: State.PARTLY if live_stop() else State.RUNS,
    }
    parts = []
    for part, state in measured.items():
        theirs = [one for one in told if one.part == part]
        now_told = [_of(one) for one in theirs if one.ended_at is None]
        parts.append(
            PartNow(
                part,
                max([state, *now_told], key=_ORDER.index),
                tuple(_on(day, theirs, today) for day in days),
            )
        )
    done = Batch.objects.filter(status__in=Batch.DONE).order_by("-status_changed_at").first()
    return Service(
        parts=tuple(parts),
        incidents=told,
        paid_on=in_paris(done.status_changed_at).date() if done else None,
        measured_at=now,
    )


def _of(incident: Incident) -> State:
    return _OF_IMPACT[Impact(incident.impact)]


def _on(day: date, told: Sequence[Incident], today: date) -> State:
    """Return the worst that was told of a day."""
    found = [
        _of(one)
        for one in told
        if in_paris(one.began_at).date()
        <= day
        <= (in_paris(one.ended_at).date() if one.ended_at else today)
    ]
    return max([State.RUNS, *found], key=_ORDER.index)
