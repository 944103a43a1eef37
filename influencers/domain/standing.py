"""What creators did and what follows from it: ambassador, neutral or detractor; the ranking.

The rules are ST12 to ST22 of ``docs/rules/standing.md``. Values in, values out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

#: For how long what somebody did counts.
COUNTED_DAYS = 180
#: What each thing weighs, by ``MarkKind``.
POINTS = {
    "look": 2,
    "mention": 1,
    "code": 1,
    "repeat": 1,
    "complaint": -2,
    "negative": -1,
    "strike": -1,
    "returns": -1,
}
STRIKE = "strike"
AMBASSADOR_FROM, DETRACTOR_FROM, KINDS_OF_PRAISE = 4, -2, 2
LEAST_LINES = 30
#: A strike, or a licence taken back before its end, takes this much of 100 off reliability.
BROKEN_PROMISE = 25


class Label(StrEnum):
    """Where a creator stands with us, from what they did."""

    AMBASSADOR = "ambassador"
    NEUTRAL = "neutral"
    DETRACTOR = "detractor"


class Part(StrEnum):
    """A part of the ranking, each from 0 to 100."""

    MARGIN = "margin"
    INCREMENTAL = "incremental"
    ANSWERED = "answered"
    ENGAGEMENT = "engagement"
    RELIABILITY = "reliability"
    AUDIENCE = "audience"


class Gate(StrEnum):
    """Why somebody has no place in the ranking."""

    NO_FIGURES = "no_figures"
    FEW_POSTS = "few_posts"
    FEW_DAYS = "few_days"
    JUMP = "jump"
    LEAKED_CODE = "leaked_code"
    FEW_PARTS = "few_parts"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that somebody did. ``kind`` of ``MarkKind``."""

    kind: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A label, and the sum of points from which it follows."""

    label: Label
    points: int
    counted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartScore:
    """A part as it counts. ``score`` None: not known, its weight goes to the others (ST19)."""

    part: Part
    score: int | None
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What the ranking goes by. ``hundredths`` of a point from 0 to 100; None behind a gate."""

    hundredths: int | None
    parts: tuple[PartScore, ...]
    gates: tuple[Gate, ...]


def judge(marks: Iterable[Mark], on: date) -> Judged:
    """Return where somebody stands on a day, from the 180 days before it (ST12 to ST14)."""
    since = on - timedelta(days=COUNTED_DAYS)
    counted = [mark for mark in marks if since < mark.on <= on]
    points = sum(POINTS[mark.kind] for mark in counted)
    praise = {mark.kind for mark in counted if POINTS[mark.kind] > 0}
    has_strike = any(mark.kind == STRIKE for mark in counted)
    label = Label.NEUTRAL
    if points >= AMBASSADOR_FROM and len(praise) >= KINDS_OF_PRAISE and not has_strike:
        label = Label.AMBASSADOR
    elif points <= DETRACTOR_FROM:
        label = Label.DETRACTOR
    return Judged(label=label, points=points, counted=len(counted))


def pool_ratio_bps(labels: Collection[Label]) -> int | None:
    """Return ambassadors less detractors as a share of all, from -10,000 to 10,000 (ST15).

    In basis points, rounded half away from zero; None for nobody.
    """
    if not labels:
        return None
    found = list(labels)
    balance = found.count(Label.AMBASSADOR) - found.count(Label.DETRACTOR)
    sign = -1 if balance < 0 else 1
    return sign * ((20_000 * abs(balance) + len(found)) // (2 * len(found)))


def returns_far_above(*, returned: int, lines: int, all_returned: int, all_lines: int) -> bool:
    """Tell whether far more comes back than for the shop as a whole (ST16).

    More than the shop's share plus two standard deviations of as many lines. Never with fewer
    than 30 lines. Exact: both sides are squared.
    """
    if lines < LEAST_LINES or not all_lines:
        return False
    # returned/lines - p > 2 * sqrt(p (1 - p) / lines), times lines * all_lines.
    above = returned * all_lines - all_returned * lines
    return above > 0 and above * above > 4 * all_returned * (all_lines - all_returned) * lines


def reliability(*, on_time: int, late: int, strikes: int, taken_back: int) -> int | None:
    """Return how much can be relied on somebody, from 0 to 100; None: nothing was due (ST18).

    The share of what was due that came in time, less 25 for each strike and for each licence that
    was taken back before its end. Rounded half up.
    """
    due, broken = on_time + late, strikes + taken_back
    if not due and not broken:
        return None
    kept = (200 * on_time + due) // (2 * due) if due else 100
    return max(0, kept - BROKEN_PROMISE * broken)


def share_score(hits: int, of: int) -> int | None:
    """Return a share as 0 to 100, rounded half up; None of nothing."""
    return (200 * hits + of) // (2 * of) if of else None


def percentile(value: object, among: Sequence[object]) -> int:
    """Return how many of ``among``, which holds ``value``, lie below it, from 0 to 100 (ST10).

    Equal ones count half, so that somebody alone has 50. Rounded half up.
    """
    below = sum(other < value for other in among)  # type: ignore[operator]
    equal = sum(other == value for other in among)
    return (200 * below + 100 * equal + len(among)) // (2 * len(among))


def score(
    parts: Mapping[Part, int | None], weights: Mapping[Part, int], gates: Iterable[Gate]
) -> Score:
    """Return what the ranking goes by (ST17, ST19, ST20).

    ``weights`` sum to 100. Parts that are not known leave their weight to the others; with less
    than half of the weight known there is no score. Rounded half up to hundredths.
    """
    counted = tuple(
        PartScore(part=part, score=parts.get(part), weight=weights[part]) for part in Part
    )
    closed = list(gates)
    known = [(one.score, one.weight) for one in counted if one.score is not None]
    weight = sum(each for _score, each in known)
    if 2 * weight < sum(weights.values()) and not closed:
        closed.append(Gate.FEW_PARTS)
    if closed or not weight:
        return Score(hundredths=None, parts=counted, gates=tuple(closed))
    total = sum(value * each for value, each in known)
    return Score(
        hundredths=(200 * total + weight) // (2 * weight), parts=counted, gates=tuple(closed)
    )


def places(scores: Mapping[int, Score]) -> dict[int, int]:
    """Return the place of everybody who has a score, by id; equal ones share theirs (ST21)."""
    known = {key: one.hundredths for key, one in scores.items() if one.hundredths is not None}
    found: dict[int, int] = {}
    before, place = None, 0
    for number, (key, value) in enumerate(sorted(known.items(), key=lambda one: -one[1]), start=1):
        if value != before:
            place, before = number, value
        found[key] = place
    return found
