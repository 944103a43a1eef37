"""What a line of the past would earn if its product were in another margin band: pure."""

from __future__ import annotations

from dataclasses import dataclass

from core.money import BPS, Money
from shop.domain.margin import reference_cost_minor, reference_margin_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLine:
    """What a commission line keeps. Amounts in minor units, rates in basis points.

    ``uncut_minor`` is what it earned before caps and budgets.
    """

    quantity: int
    net_minor: int
    order_cost_minor: int
    pays: str
    rate: int
    share_bps: int
    uncut_minor: int
    currency: str


def earned_in_band(line: PastLine, *, list_price_minor: int, lower_bps: int) -> int:
    """Return what ``line`` would earn, before caps, with its product at ``lower_bps`` and up.

    Rounding: half away from zero, once. A flat amount stays as it was, but for the limit that the
    new margin sets it. Source: docs/rules/margin.md, rule M9.
    """
    margin = reference_margin_minor(
        line.net_minor,
        reference_cost_minor=reference_cost_minor(list_price_minor, lower_bps),
        quantity=line.quantity,
        order_cost_minor=line.order_cost_minor,
    )
    if line.pays == "flat":
        return min(line.uncut_minor, Money(margin, line.currency).times_bps(line.share_bps).minor)
    base = max(0, line.net_minor) if line.pays == "net" else margin
    earned = Money(min(base * line.rate, margin * BPS), line.currency)
    return earned.share(line.share_bps, BPS * BPS).minor
