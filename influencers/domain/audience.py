"""What a creator's audience does, from the figures of an account: how many, how lively, how sure.

The rules are ST1 to ST11 of ``docs/rules/standing.md``. Values in, values out. Rates are exact
fractions; only what needs a square root is rounded, to a millionth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from math import isqrt

WINDOW_DAYS = 90
LEAST_POSTS, LEAST_DAYS = 5, 28
#: As many posts count for the usual rate of the network and tier as for the account's own.
ALPHA = 10
#: The best first: what the network says, what staff read, what the creator says.
SOURCES = ("api", "staff", "declared")
#: How much of what was only declared is taken for sure, in basis points.
DECLARED_BPS = 7_000
#: Eight of ten values lie above the bound.
QUANTILE = Fraction(8_416, 10_000)
#: Fewer accounts of a tier say nothing of it: the network's are taken.
LEAST_PEERS = 3
JUMP_SIGMAS, LEAST_CHANGES = 6, 5
_MICRO = 1_000_000
_TIERS = ((250_000, "large"), (50_000, "mid"), (10_000, "micro"), (0, "nano"))


class Rate(StrEnum):
    """What is measured of an account."""

    ENGAGEMENT = "engagement"  # Members who write, of all members.
    INTERACTION = "interaction"  # Replies for each post.
    ANSWERED = "answered"  # Replies answered within 48 hours, of all replies.
    SOCIAL = "social"  # What the market calls engagement: likes and the like, of all members.


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What an account counted on a day; all but ``followers`` over the 90 days before it."""

    day: date
    followers: int
    posts: int
    writers: int
    replies: int
    answered: int
    interactions: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """An account over its window. ``days``: for how long it has been known.

    ``jumped_on``: when its members rose as they never do by themselves, if they did.
    """

    network: str
    members: int
    tier: str
    newest: Snapshot
    days: int
    snapshots: int
    jumped_on: date | None

    @property
    def is_enough(self) -> bool:
        """Tell whether it is known well enough to be compared (ST6)."""
        return self.newest.posts >= LEAST_POSTS and self.days >= LEAST_DAYS

    def rate(self, rate: Rate) -> Fraction | None:
        """Return a rate as it was counted; None of nothing (ST2, ST4, ST5)."""
        hits, of = _counts(self, rate)
        return Fraction(hits, of) if of else None


def tier_of(members: int) -> str:
    """Return the size tier: creators are compared inside one only (ST1)."""
    return next(name for least, name in _TIERS if members >= least)


def measure(network: str, snapshots: Iterable[Snapshot], on: date) -> Measures | None:
    """Return what is known of an account on a day; None without a figure in its 90 days.

    The best source among them counts alone (ST3). Members are their median, a half rounded down.
    """
    since = on - timedelta(days=WINDOW_DAYS)
    found = sorted((one for one in snapshots if since < one.day <= on), key=lambda one: one.day)
    if not found:
        return None
    best = min((one.source for one in found), key=SOURCES.index)
    kept = [one for one in found if one.source == best]
    members = middle([Fraction(one.followers) for one in kept])
    return Measures(
        network=network,
        members=int(members),
        tier=tier_of(int(members)),
        newest=kept[-1],
        days=(found[-1].day - found[0].day).days,
        snapshots=len(kept),
        jumped_on=jump(kept),
    )


def jump(snapshots: Sequence[Snapshot]) -> date | None:
    """Return when members rose by more than six standard deviations of the other changes (ST11).

    Changes are per day, in the order of the days. At least five others are needed; a deviation
    counts as a thousandth of the members at least, so that no even growth looks like a jump.
    """
    changes: list[tuple[date, Fraction, int]] = []
    for before, after in zip(snapshots, snapshots[1:], strict=False):
        days = (after.day - before.day).days
        if days:
            changes.append((after.day, Fraction(after.followers - before.followers, days),
                            before.followers))  # fmt: skip
    for index, (day, change, followers) in enumerate(changes):
        others = [value for at, (_day, value, _of) in enumerate(changes) if at != index]
        if len(others) < LEAST_CHANGES:
            return None
        mean = Fraction(sum(others), len(others))
        variance = Fraction(sum((value - mean) ** 2 for value in others), len(others) - 1)
        least = Fraction(followers, 1_000) ** 2
        above = change - mean
        if above > 0 and above**2 > JUMP_SIGMAS**2 * max(variance, least):
            return day
    return None


def usual(accounts: Iterable[Measures], rate: Rate) -> dict[tuple[str, str], Fraction]:
    """Return the median of a rate for each network and tier that an account has (ST7).

    Of accounts that are known well enough; with fewer than three in the tier, the network's.
    """
    found = list(accounts)
    known = [(one, one.rate(rate)) for one in found if one.is_enough]
    medians = {}
    for network, tier in {(one.network, one.tier) for one in found}:
        of_network = [(one, value) for one, value in known if one.network == network]
        in_tier = [value for one, value in of_network if one.tier == tier and value is not None]
        values = in_tier if len(in_tier) >= LEAST_PEERS else [
            value for _one, value in of_network if value is not None
        ]  # fmt: skip
        if values:
            medians[network, tier] = middle(values)
    return medians


def lower_bound(
    measures: Measures, rate: Rate, usual_rates: Mapping[tuple[str, str], Fraction]
) -> Fraction | None:
    """Return what a rate is at least, at 80 %, drawn towards what is usual (ST7 to ST9).

    Shares by Wilson's interval, replies for each post by the gamma distribution. Of what was only
    declared, 70 % of the posts and of the counts are taken for sure. None of nothing.
    """
    observed = measures.rate(rate)
    if observed is None:
        return None
    sure = Fraction(DECLARED_BPS if measures.newest.source == "declared" else 10_000, 10_000)
    posts = sure * measures.newest.posts
    typical = usual_rates.get((measures.network, measures.tier), observed)
    shrunk = Fraction(posts * observed + ALPHA * typical, posts + ALPHA)
    if rate in {Rate.INTERACTION, Rate.SOCIAL}:
        return gamma_bound(shrunk, posts + ALPHA)
    _hits, of = _counts(measures, rate)
    return wilson_bound(min(shrunk, Fraction(1)), sure * of)


def wilson_bound(share: Fraction, of: Fraction) -> Fraction:
    """Return the lower end of Wilson's interval for a share of ``of``, at 80 % on one side."""
    square = QUANTILE**2
    middle_of = share + Fraction(square, 2 * of)
    spread = QUANTILE * _root(Fraction(share * (1 - share) + Fraction(square, 4 * of), of))
    low = Fraction(middle_of - spread, 1 + Fraction(square, of))
    return min(share, max(Fraction(0), low))  # A rounded root must not lift it above the share.


def gamma_bound(rate: Fraction, exposure: Fraction) -> Fraction:
    """Return what a count for each unit is at least, at 80 %, by Wilson and Hilferty's formula."""
    shape = rate * exposure
    if shape <= 0:
        return Fraction(0)
    cubed = 1 - Fraction(1, 9 * shape) - Fraction(QUANTILE, 3 * _root(shape))
    return max(Fraction(0), Fraction(shape * cubed**3, exposure))


def middle(values: Sequence[Fraction]) -> Fraction:
    """Return the median of some values."""
    ordered, half = sorted(values), len(values) // 2
    if len(values) % 2:
        return ordered[half]
    return Fraction(ordered[half - 1] + ordered[half], 2)


def _counts(measures: Measures, rate: Rate) -> tuple[int, int]:
    newest = measures.newest
    return {
        Rate.ENGAGEMENT: (newest.writers, measures.members),
        Rate.INTERACTION: (newest.replies, newest.posts),
        Rate.ANSWERED: (newest.answered, newest.replies),
        Rate.SOCIAL: (newest.interactions, measures.members),
    }[rate]


def _root(value: Fraction) -> Fraction:
    """Return a square root, rounded down to a millionth."""
    root = isqrt(value.numerator * _MICRO**2 // value.denominator)
    return Fraction(max(1, root), _MICRO)
