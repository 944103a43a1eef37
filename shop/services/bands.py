"""Publishing margin bands for a coming period, and putting every product into one of each period.

Rules M4 to M8 of docs/rules/margin.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q

from core import audit
from core.errors import DomainError
from core.money import BPS, ratio
from core.wording import Said
from shop.domain.bands import BandsRefused, bands_between
from shop.domain.margin import BandEdges, NoBands, band_for
from shop.models import BandAssignment, BandPeriod, MarginBand, ProductCost, Shop
from shop.services.copying import copy_in

NAME_LENGTH = 80
PUBLISHED = "bands.published"
#: A product's first cost and band hold for orders before they were known too: nothing better is
#: known of that time, and the order may have arrived before the catalogue (rules M4, O5).
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
_AT_ONCE = 5_000
_COPIED = ("product_id", "band_id", "list_price_minor", "valid_from", "valid_to")
_Assigned = tuple[int, int, int, datetime, datetime | None]
_Period = tuple[BandPeriod, dict[BandEdges, int], tuple[BandEdges, ...]]


class BandsTooSoon(DomainError):
    """Bands were to begin before everybody could know of them."""

    code = "bands_too_soon"


class BandsOutOfOrder(DomainError):
    """Bands were to begin when others begin, or before some that are announced."""

    code = "bands_out_of_order"


@dataclass(frozen=True, slots=True)
class Catalogued:
    """A product by what places it: list price without VAT and unit cost, in minor units."""

    product_id: int
    list_price_minor: int
    unit_cost_minor: int


@transaction.atomic
def publish(
    *,
    name: str,
    edges: Sequence[int],
    valid_from: datetime,
    actor_id: int,
    now: datetime,
    notice: timedelta = timedelta(0),
) -> BandPeriod:
    """Publish the bands between ``edges`` (basis points) for orders from ``valid_from`` on.

    Every product whose cost is known is put into one of them at its list price and cost of
    ``now``; what it had before ends there. The same again changes nothing.

    :raises BandsRefused: for edges that make no bands, or a name that is not 1 to 80 signs long.
    :raises BandsTooSoon: when they would begin now or before, or within the ``notice``.
    :raises BandsOutOfOrder: unless they begin after every period that is published.
    """
    bands = bands_between(edges)
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise BandsRefused(Said("Give the bands a name of at most 80 signs."))
    # Whoever changes the catalogue or publishes bands waits here, shop by shop.
    list(Shop.objects.select_for_update(no_key=True).order_by("pk"))
    again = BandPeriod.objects.filter(valid_from=valid_from).first()
    if again is not None and _edges(again) == bands:
        return again
    _check_time(valid_from, now, notice)
    period = _store(name, bands, valid_from, now)
    assigned = _assign_all(period, now)
    audit.record(
        actor=actor_id,
        verb=PUBLISHED,
        subject=period,
        at=now,
        data={"edges": list(edges), "valid_from": valid_from.isoformat(), "products": assigned},
    )
    return period


def _check_time(valid_from: datetime, now: datetime, notice: timedelta) -> None:
    if valid_from <= now:
        raise BandsTooSoon(Said("Bands begin in the future: past orders keep those of their day."))
    if valid_from < now + notice:
        raise BandsTooSoon(
            Said(
                "Affiliates are told %(days)s days before: choose a later first day.",
                days=notice.days,
            )
        )
    last = BandPeriod.objects.order_by("-valid_from").first()
    if last is not None and last.valid_from >= valid_from:
        raise BandsOutOfOrder(
            Said(
                "Bands that begin on %(date)s are published already: choose a later first day.",
                date=f"{last.valid_from:%Y-%m-%d}",
            )
        )


def _store(
    name: str, bands: Sequence[BandEdges], valid_from: datetime, now: datetime
) -> BandPeriod:
    BandPeriod.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from), valid_from__lt=valid_from
    ).update(valid_to=valid_from)
    period = BandPeriod.objects.create(name=name, valid_from=valid_from, published_at=now)
    MarginBand.objects.bulk_create(
        MarginBand(period=period, lower_bps=band.lower_bps, upper_bps=band.upper_bps)
        for band in bands
    )
    return period


def _edges(period: BandPeriod) -> tuple[BandEdges, ...]:
    return tuple(_bands_of(period))


def _bands_of(period: BandPeriod) -> dict[BandEdges, int]:
    """The ids of a period's bands by their edges, the lowest first."""
    return {BandEdges(band.lower_bps, band.upper_bps): band.pk for band in period.bands.all()}


def _assign_all(period: BandPeriod, now: datetime) -> int:
    """End every assignment that reaches into the period, and begin the new ones; return how many.

    One UPDATE and one COPY, however large the catalogue.
    """
    BandAssignment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=period.valid_from)
    ).update(valid_to=period.valid_from)
    bands = _bands_of(period)
    edges = tuple(bands)
    assigned = 0

    def rows() -> Iterator[_Assigned]:
        nonlocal assigned
        for product in found:
            assigned += 1
            band = bands[band_for(product.list_price_minor, product.unit_cost_minor, edges)]
            yield (product.product_id, band, product.list_price_minor, period.valid_from, None)

    found = list(catalogued(now))
    copy_in(
        BandAssignment,
        _COPIED,
        rows(),
    )
    return assigned


def catalogued(now: datetime) -> Iterator[Catalogued]:
    """Yield every product whose cost at ``now`` is known, by id."""
    rows = (
        ProductCost.objects.at(now)
        .order_by("product_id")
        .values_list(
            "product_id", "product__list_price_minor", "product__vat_bps", "unit_cost_minor"
        )
    )
    for product_id, price, vat_bps, cost in rows.iterator(chunk_size=_AT_ONCE):
        yield Catalogued(product_id, ratio(price * BPS, BPS + vat_bps), cost)


def assign(products: Collection[Catalogued], *, now: datetime) -> None:
    """Put products into a band of every period that they have none of yet.

    A product that never had a band gets one for each published period, past and announced; one
    whose bands ended gets them from ``now`` on. Rule M4.

    :raises NoBands: when no period is published.
    """
    # Of each product that has bands: when the last one ends, or ended; none for one that goes on.
    ends: dict[int, datetime | None] = {
        product_id: None if endless else last
        for product_id, last, endless in BandAssignment.objects.filter(
            product__in=[one.product_id for one in products]
        )
        .values_list("product_id")
        .annotate(last=Max("valid_to"), endless=Count("pk", filter=Q(valid_to__isnull=True)))
    }
    waiting = [one for one in products if ends.get(one.product_id, now) is not None]
    if not waiting:
        return
    periods = [
        (period, bands, tuple(bands))
        for period in BandPeriod.objects.prefetch_related("bands")
        for bands in [_bands_of(period)]
    ]
    if not periods:
        raise NoBands(Said("No margin band is defined: add the bands before the catalogue."))
    copy_in(
        BandAssignment,
        _COPIED,
        (
            row
            for one in waiting
            for row in _of_each_period(one, periods, ends.get(one.product_id), now)
        ),
    )


def _of_each_period(
    product: Catalogued, periods: Sequence[_Period], ended: datetime | None, now: datetime
) -> Iterator[_Assigned]:
    start = ALWAYS if ended is None else max(ended, now)
    price = product.list_price_minor
    for place, (period, bands, edges) in enumerate(periods):
        if period.valid_to is not None and period.valid_to <= start:
            continue
        is_first = place == 0 and ended is None
        band = bands[band_for(price, product.unit_cost_minor, edges)]
        begins = ALWAYS if is_first else max(start, period.valid_from)
        yield (product.product_id, band, price, begins, period.valid_to)
