"""What a partner could earn: the published formula, on numbers of their own."""

from __future__ import annotations

from dataclasses import dataclass

from core.money import BPS, Money, ratio
from shop.domain.margin import order_cost, reference_cost_minor, reference_margin_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the programme publishes: the rate, and what every order costs. No real cost is here."""

    rate_bps: int
    order_cost_minor: int
    order_cost_bps: int
    currency: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """Orders in a month, and what one of them and all of them would earn."""

    orders: int
    per_order: Money
    monthly: Money


@dataclass(frozen=True, slots=True)
class BandExample:
    """What one item at ``list_price`` (without VAT) earns in a band, and at a lower price."""

    lower_bps: int
    upper_bps: int
    margin: Money
    commission: Money
    discounted: Money


def commission_on(
    offer: Offer, *, list_price_minor: int, paid_minor: int, lower_bps: int
) -> tuple[Money, Money]:
    """Return reference margin and commission of an order of one item, prices without VAT.

    Rounding: half away from zero, as on a real order (docs/rules/commission.md).
    """
    margin = reference_margin_minor(
        paid_minor,
        reference_cost_minor=reference_cost_minor(list_price_minor, lower_bps),
        quantity=1,
        order_cost_minor=order_cost(
            paid_minor,
            fixed_minor=offer.order_cost_minor,
            bps=offer.order_cost_bps,
            currency=offer.currency,
        ),
    )
    amount = Money(margin, offer.currency)
    return amount, amount.times_bps(offer.rate_bps)


def band_example(
    offer: Offer, *, lower_bps: int, upper_bps: int, price_minor: int, discount_bps: int
) -> BandExample:
    """Return what an item of ``price_minor`` earns at list price and with a discount."""
    margin, commission = commission_on(
        offer, list_price_minor=price_minor, paid_minor=price_minor, lower_bps=lower_bps
    )
    _margin, discounted = commission_on(
        offer,
        list_price_minor=price_minor,
        paid_minor=ratio(price_minor * (BPS - discount_bps), BPS),
        lower_bps=lower_bps,
    )
    return BandExample(lower_bps, upper_bps, margin, commission, discounted)


def estimate(
    offer: Offer, *, visits: int, conversion_bps: int, basket_minor: int, lower_bps: int
) -> Estimate:
    """Return what ``visits`` a month would bring with baskets (without VAT) at list price."""
    orders = ratio(visits * conversion_bps, BPS)
    _margin, per_order = commission_on(
        offer, list_price_minor=basket_minor, paid_minor=basket_minor, lower_bps=lower_bps
    )
    return Estimate(orders, per_order, Money(per_order.minor * orders, offer.currency))
