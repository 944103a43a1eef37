"""How recording goes: every machine's shipper, what was lost, and the landings of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum

from core.money import BPS, ratio
from portal.formats import PARIS
from tracking.domain.navigation import NOT_A_VISIT, Fact
from tracking.models import SpoolFile, SpoolHost, SpoolReject

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
#: A shipper says every second that it lives.
SILENT_AFTER = timedelta(seconds=60)
LATE_AFTER = timedelta(seconds=10)
MOST_HOSTS = 12

_HOURS = """
SELECT h.hour, l.shop_id, sum(h.visits), sum(h.consented), sum(h.others)
FROM tracking_clickhour h LEFT JOIN tracking_link l ON l.id = h.link_id
WHERE h.hour >= %s AND h.hour < %s
GROUP BY h.hour, l.shop_id
"""
# A landing whose consent came later is in the counts already: its row adds nobody.
_LANDED = """
WITH landed AS (
  SELECT navigation, referrer_host, 1::bigint AS landings FROM tracking_click
  WHERE clicked_at >= %(since)s AND clicked_at < %(until)s AND facts & %(exchanged)s = 0
  UNION ALL
  SELECT navigation, referrer_host, count FROM tracking_clickcount
  WHERE hour >= %(since)s AND hour < %(until)s
)
"""
_BY_WAY = "SELECT navigation, sum(landings) FROM landed GROUP BY 1"
_BY_HOST = """
SELECT referrer_host, sum(landings) AS visits FROM landed
WHERE navigation <> ALL(%(nobody)s)
GROUP BY 1 ORDER BY visits DESC, referrer_host LIMIT %(most)s
"""
_NAVIGATIONS = _LANDED + _BY_WAY
_REFERRERS = _LANDED + _BY_HOST


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine that records landings, and how far behind its shipper is."""

    name: str
    watermark: datetime
    beat_at: datetime
    lost: int
    lag: timedelta
    silence: timedelta

    @property
    def state(self) -> str:
        if self.silence > SILENT_AFTER:
            return "silent"
        return "late" if self.lag > LATE_AFTER else "recording"


@dataclass(frozen=True, slots=True)
class Health:
    """Whether landings are recorded and reach the database. ``*_lately``: of the last 24 hours."""

    machines: list[Machine]
    lost: int
    lost_lately: int
    rejects: int
    rejects_lately: int
    problems: int

    @property
    def state(self) -> str:
        """The worst of what is so: the first that a person has to look at."""
        states = {machine.state for machine in self.machines}
        if not self.machines:
            return "nothing"
        if "silent" in states:
            return "silent"
        if self.lost_lately:
            return "lost"
        if "late" in states:
            return "late"
        return "unread" if self.rejects_lately or self.problems else "recording"

    @property
    def silent(self) -> list[Machine]:
        return [machine for machine in self.machines if machine.state == "silent"]

    @property
    def lag(self) -> timedelta | None:
        """Of the slowest machine."""
        return max((machine.lag for machine in self.machines), default=None)


def health(now: datetime) -> Health:
    """Return how recording goes, in three queries."""
    machines = [
        Machine(
            host.name,
            host.watermark,
            host.beat_at,
            host.lost,
            lag=max(now - host.watermark, timedelta(0)),
            silence=max(now - host.beat_at, timedelta(0)),
        )
        for host in SpoolHost.objects.order_by("name")
    ]
    lately = Q(updated_at__gte=now - DAY)
    files = SpoolFile.objects.aggregate(
        lost=Sum("lost", filter=lately), problems=Count("pk", filter=~Q(problem=""))
    )
    rejects = SpoolReject.objects.aggregate(
        all=Count("pk"), lately=Count("pk", filter=Q(noticed_at__gte=now - DAY))
    )
    return Health(
        machines=machines,
        lost=sum(machine.lost for machine in machines),
        lost_lately=files["lost"] or 0,
        rejects=rejects["all"],
        rejects_lately=rejects["lately"],
        problems=files["problems"],
    )


def _share(part: int, whole: int) -> int:
    """Return whole percents, in basis points."""
    return ratio(part * 100, whole) * (BPS // 100)


@dataclass(slots=True)
class Landings:
    """Landings of some time: ``visits`` are people, ``consented`` of them agreed."""

    visits: int = 0
    consented: int = 0
    others: int = 0

    def add(self, visits: int, consented: int, others: int) -> None:
        self.visits += visits
        self.consented += consented
        self.others += others

    @property
    def without(self) -> int:
        """Visits without consent. Consent that came in a later hour can make it zero at least."""
        return max(self.visits - self.consented, 0)

    @property
    def consented_bps(self) -> int | None:
        return min(_share(self.consented, self.visits), BPS) if self.visits else None

    @property
    def others_bps(self) -> int | None:
        whole = self.visits + self.others
        return _share(self.others, whole) if whole else None


@dataclass(frozen=True, slots=True)
class Day:
    """The last 24 hours, hour by hour, the hour of now the last."""

    hours: Sequence[tuple[datetime, Landings]]
    total: Landings
    today: Landings
    by_shop: Mapping[int | None, Landings] = field(default_factory=dict)
    per_minute: Decimal = Decimal(0)

    @property
    def since(self) -> datetime:
        return self.hours[0][0]

    @property
    def until(self) -> datetime:
        return self.hours[-1][0] + HOUR


def day(now: datetime) -> Day:
    """Return the landings of the last 24 hours and of today, in one query.

    ``per_minute`` is over this hour and the one before, one decimal, half away from zero.
    """
    current = now.replace(minute=0, second=0, microsecond=0)
    first = current - 23 * HOUR
    midnight = now.astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    by_hour: dict[datetime, Landings] = defaultdict(Landings)
    by_shop: dict[int | None, Landings] = defaultdict(Landings)
    total, today = Landings(), Landings()
    for hour, shop_id, *numbers in _rows(_HOURS, [min(first, midnight), current + HOUR]):
        landed = [int(number) for number in numbers]
        if hour >= midnight:
            today.add(*landed)
        if hour >= first:
            by_hour[hour].add(*landed)
            by_shop[shop_id].add(*landed)
            total.add(*landed)
    lately = by_hour[current].visits + by_hour[current - HOUR].visits
    minutes = 60 + Decimal((now - current).seconds) / 60
    return Day(
        hours=[(first + step * HOUR, by_hour[first + step * HOUR]) for step in range(24)],
        total=total,
        today=today,
        by_shop=dict(by_shop),
        per_minute=(lately / minutes).quantize(Decimal("0.1"), ROUND_HALF_UP),
    )


def by_navigation(since: datetime, until: datetime) -> list[tuple[str, int]]:
    """Return how many landings came in which way, the most first. One query."""
    rows = _rows(_NAVIGATIONS, _period(since, until))
    return sorted(((way, int(number)) for way, number in rows), key=lambda row: (-row[1], row[0]))


def by_referrer(since: datetime, until: datetime) -> list[tuple[str, int]]:
    """Return from which hosts most visits came; the empty host is "not said". One query."""
    asked = _period(since, until) | {"nobody": sorted(NOT_A_VISIT), "most": MOST_HOSTS}
    return [(host, int(number)) for host, number in _rows(_REFERRERS, asked)]


def _period(since: datetime, until: datetime) -> dict[str, Any]:
    return {"since": since, "until": until, "exchanged": int(Fact.EXCHANGED)}


def _rows(statement: str, parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
