"""The edges of published margin bands, and how much two publications tell together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.errors import DomainError
from core.money import BPS
from core.wording import Said
from shop.domain.margin import BandEdges

MOST_BANDS = 12
#: A narrower band would say the cost itself.
NARROWEST_BPS = 500


class BandsRefused(DomainError):
    """Edges that cannot be published as margin bands."""

    code = "bands_refused"


@dataclass(frozen=True, slots=True)
class Told:
    """What one publication says of a product: its list price without VAT, and its band."""

    list_price_minor: int
    edges: BandEdges


def bands_between(edges: Sequence[int]) -> tuple[BandEdges, ...]:
    """Return the bands between ``edges`` in basis points, the lowest first. Rule M4.

    :raises BandsRefused: unless the edges climb from 0 to 10,000 in steps of at least 500 (five
        percentage points), with at most twelve bands.
    """
    if len(edges) < 2 or edges[0] != 0 or edges[-1] != BPS:
        raise BandsRefused(Said("The bands go from 0 % to 100 % without a gap."))
    if len(edges) - 1 > MOST_BANDS:
        raise BandsRefused(Said("There are at most %(most)s bands.", most=MOST_BANDS))
    bands = tuple(BandEdges(lower, upper) for lower, upper in pairwise(edges))
    for band in bands:
        if band.upper_bps - band.lower_bps < NARROWEST_BPS:
            raise BandsRefused(
                Said(
                    "Each edge is at least %(points)s percentage points above the one before:"
                    " a narrower band would tell the cost.",
                    points=NARROWEST_BPS // 100,
                )
            )
    return bands


def told_bps(publications: Iterable[Told], *, list_price_minor: int) -> int | None:
    """Return how wide a range of margin stays possible for somebody who knows all of them.

    Units: basis points of ``list_price_minor``, rounded down. The lowest band says nothing of how
    far the cost is above it. None: no finite range is told, or the cost moved in between, so that
    the ranges do not meet. Rule M8.
    """
    least, most = 0, None
    for told in publications:
        price = told.list_price_minor
        least = max(least, _part(price, BPS - told.edges.upper_bps))
        if told.edges.lower_bps > 0:
            highest = _part(price, BPS - told.edges.lower_bps)
            most = highest if most is None else min(most, highest)
    if most is None or most < least or list_price_minor <= 0:
        return None
    return (most - least) // list_price_minor


def _part(price_minor: int, bps: int) -> int:
    """A price times basis points, not yet divided by 10,000: nothing is rounded."""
    return price_minor * bps
