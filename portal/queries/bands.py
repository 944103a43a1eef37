"""Margin bands: what is published, and what moving their edges would do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from core.money import BPS
from payouts.queries.moved_bands import LOOK_BACK, Effect, effects_by_affiliate, summed
from shop.domain.bands import NARROWEST_BPS, Told, told_bps
from shop.domain.margin import BandEdges, band_for
from shop.models import BandAssignment, BandPeriod
from shop.services.bands import catalogued

STEP_BPS = 500


@dataclass(frozen=True, slots=True)
class PublishedBand:
    """A band of a period and how many products it holds there: all of it public."""

    edges: BandEdges
    products: int


@dataclass(frozen=True, slots=True)
class PublishedPeriod:
    """A period with its bands, the lowest first."""

    period: BandPeriod
    bands: list[PublishedBand]

    @property
    def edges(self) -> list[int]:
        """Every edge in basis points, 0 and 10,000 included."""
        return [*(band.edges.lower_bps for band in self.bands), self.bands[-1].edges.upper_bps]


@dataclass(frozen=True, slots=True)
class Move:
    """Products that would go from one band to another; without ``before`` they had none."""

    before: BandEdges | None
    after: BandEdges
    products: int


@dataclass(frozen=True, slots=True)
class BandShare:
    """A band of the preview and how many products it would hold."""

    edges: BandEdges
    products: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing some edges would do. It follows from costs: for few eyes, and logged.

    ``margins`` is the catalogue by margin at list price, in steps of five points. ``narrow`` counts
    products of which all publications together leave a range of margin under five points;
    ``narrowest_bps`` is the smallest such range.
    """

    products: int
    moved: int
    moves: list[Move]
    shares: list[BandShare]
    margins: list[tuple[int, int]]
    losses: int
    narrow: int
    narrowest_bps: int | None
    effects: list[Effect]
    by_affiliate: dict[int, list[Effect]]
    since: datetime


def published_periods() -> list[PublishedPeriod]:
    """Return every period, the one that begins last first, in three queries."""
    counts = dict(
        BandAssignment.objects.values_list("band").annotate(Count("product", distinct=True))
    )
    periods = BandPeriod.objects.prefetch_related("bands").order_by("-valid_from")
    return [
        PublishedPeriod(
            period,
            [
                PublishedBand(BandEdges(band.lower_bps, band.upper_bps), counts.get(band.pk, 0))
                for band in period.bands.all()
            ],
        )
        for period in periods
    ]


def announced(now: datetime) -> list[BandPeriod]:
    """Return the periods that are published and have not begun, the next one first."""
    return list(BandPeriod.objects.filter(valid_from__gt=now).prefetch_related("bands"))


def preview(bands: Sequence[BandEdges], *, now: datetime) -> Preview:
    """Return what publishing ``bands`` would do to the catalogue and would have done to orders.

    Products are compared with the band that they are in last: in force or announced.
    """
    told = _told()
    places: dict[int, tuple[int, int]] = {}
    moves: Counter[tuple[BandEdges | None, BandEdges]] = Counter()
    shares: Counter[BandEdges] = Counter()
    margins: Counter[int] = Counter()
    narrow: list[int] = []
    for product in catalogued(now):
        price, cost = product.list_price_minor, product.unit_cost_minor
        after = band_for(price, cost, bands)
        before = told.get(product.product_id, [])
        places[product.product_id] = (price, after.lower_bps)
        shares[after] += 1
        moves[before[-1].edges if before else None, after] += 1
        margins[_step(price, cost)] += 1
        left = told_bps([*before, Told(price, after)], list_price_minor=price)
        if left is not None and left < NARROWEST_BPS:
            narrow.append(left)
    since = now - LOOK_BACK
    by_affiliate = effects_by_affiliate(places, since=since, until=now)
    moved = [Move(before, after, n) for (before, after), n in moves.items() if before != after]
    return Preview(
        products=len(places),
        moved=sum(move.products for move in moved if move.before is not None),
        moves=sorted(moved, key=lambda move: -move.products),
        shares=[BandShare(edges, shares[edges]) for edges in bands],
        margins=[(step, margins[step]) for step in range(0, BPS, STEP_BPS)],
        losses=margins[-STEP_BPS],
        narrow=len(narrow),
        narrowest_bps=min(narrow, default=None),
        effects=summed(by_affiliate),
        by_affiliate=by_affiliate,
        since=since,
    )


def _told() -> dict[int, list[Told]]:
    """Everything that was ever published of each product, in order."""
    found: dict[int, list[Told]] = defaultdict(list)
    rows = BandAssignment.objects.order_by("valid_from").values_list(
        "product_id", "list_price_minor", "band__lower_bps", "band__upper_bps"
    )
    for product_id, price, lower, upper in rows.iterator(chunk_size=5_000):
        found[product_id].append(Told(price, BandEdges(lower, upper)))
    return found


def _step(price_minor: int, cost_minor: int) -> int:
    """The step of five points that holds a margin at list price; below zero is one of its own."""
    if price_minor <= 0 or cost_minor > price_minor:
        return -STEP_BPS
    margin_bps = (price_minor - cost_minor) * BPS // price_minor
    return min(margin_bps // STEP_BPS * STEP_BPS, BPS - STEP_BPS)
