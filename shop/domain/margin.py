"""What a line leaves: net, less cost of goods, less its share of the order's variable costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import DomainError
from core.money import BPS, Money, ratio
from core.wording import Said


class NoBands(DomainError):
    """A product was to be put in a margin band, and none is defined."""

    code = "no_bands"


@dataclass(frozen=True, slots=True)
class BandEdges:
    """A published range of catalogue margin in basis points: lower <= margin < upper."""

    lower_bps: int
    upper_bps: int


def order_cost(net_minor: int, *, fixed_minor: int, bps: int, currency: str) -> int:
    """Return the variable cost of an order whose earning lines come to ``net_minor``.

    Units: minor units; ``bps`` of a net below zero is nothing. Rounding: half away from zero,
    once. Source: docs/rules/margin.md, rule M2.
    """
    return fixed_minor + Money(max(0, net_minor), currency).times_bps(bps).minor


def share_order_cost(cost_minor: int, nets: Sequence[int]) -> list[int]:
    """Split an order's cost over its lines by their nets, losing nothing (largest remainder).

    A net at or below zero carries nothing, unless all are: then the first line carries it all.
    Rule M3.
    """
    weights = [max(0, net) for net in nets]
    return [part.minor for part in Money(cost_minor, "").split(weights)]


def actual_margin_minor(
    net_minor: int, *, unit_cost_minor: int, quantity: int, order_cost_minor: int
) -> int:
    """Return the real margin of a line in minor units; below zero when it lost money. Rule M1."""
    return net_minor - unit_cost_minor * quantity - order_cost_minor


def reference_margin_minor(
    net_minor: int, *, reference_cost_minor: int, quantity: int, order_cost_minor: int
) -> int:
    """Return the margin that anybody can compute from the published band. Never negative. M6."""
    return max(0, net_minor - reference_cost_minor * quantity - order_cost_minor)


def reference_cost_minor(list_price_minor: int, lower_bps: int) -> int:
    """Return the list price without VAT times (1 - the band's lower edge).

    Rounding: half away from zero. Rule M5.
    """
    return ratio(list_price_minor * (BPS - lower_bps), BPS)


def band_for(list_price_minor: int, unit_cost_minor: int, bands: Sequence[BandEdges]) -> BandEdges:
    """Return the band of a product by its margin at list price without VAT. Rule M4.

    Edges are compared exactly: nothing is rounded. A margin below the lowest edge, or no list
    price at all, is the lowest band; the highest band holds its upper edge too.

    :raises NoBands: when there is none.
    """
    if not bands:
        raise NoBands(Said("No margin band is defined: add the bands before the catalogue."))
    ordered = sorted(bands, key=lambda band: band.lower_bps)
    margin = (list_price_minor - unit_cost_minor) * BPS
    below = [band for band in ordered if band.lower_bps * list_price_minor <= margin]
    return below[-1] if below and list_price_minor > 0 else ordered[0]
