"""In which band of margin a product is, and was when an order was placed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from payouts.among import among
from payouts.domain.commission import Band
from shop.domain.margin import reference_cost_minor
from shop.models import BandAssignment


class Held(NamedTuple):
    """A band that a product has in a half-open period."""

    valid_from: datetime
    valid_to: datetime | None
    band: Band


def bands_of(product_ids: Collection[int]) -> Mapping[int, list[Held]]:
    """Return the bands of products with their periods, by product id, in one query."""
    found: dict[int, list[Held]] = defaultdict(list)
    rows = BandAssignment.objects.filter(among("product", product_ids)).values_list(
        "product", "valid_from", "valid_to", "band__lower_bps", "band__upper_bps",
        "list_price_minor",
    )  # fmt: skip
    for product, since, until, lower, upper, price in rows:
        found[product].append(Held(since, until, _band(lower, upper, price)))
    return found


def band_at(assignments: Iterable[BandAssignment], moment: datetime) -> Band | None:
    """Return the band that a product has at ``moment``, of its assignments with their bands."""
    held = [
        Held(
            row.valid_from,
            row.valid_to,
            _band(row.band.lower_bps, row.band.upper_bps, row.list_price_minor),
        )
        for row in assignments
    ]
    return held_at(held, moment)


def held_at(held: Iterable[Held], moment: datetime) -> Band | None:
    """Return the band of those that holds at ``moment``."""
    for since, until, band in held:
        if since <= moment and (until is None or moment < until):
            return band
    return None


def _band(lower_bps: int, upper_bps: int, list_price_minor: int) -> Band:
    return Band(
        lower_bps=lower_bps,
        upper_bps=upper_bps,
        list_price_minor=list_price_minor,
        reference_cost_minor=reference_cost_minor(list_price_minor, lower_bps),
    )
