"""What one order line earns, and how: pure, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.errors import DomainError
from core.money import BPS, Money
from core.wording import Said
from shop.domain.margin import actual_margin_minor, reference_margin_minor

REFERENCE = "reference"
ACTUAL = "actual"
PRODUCT = "product"

Step = dict[str, Any]


class RateOutOfRange(DomainError):
    """A rate was not between 0 and 100 %."""

    code = "rate_out_of_range"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A product's published margin band at the time of the order."""

    lower_bps: int
    upper_bps: int
    list_price_minor: int  # Without VAT.
    reference_cost_minor: int  # Of one unit.


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One order line. Amounts are of the whole line, without VAT, in minor units."""

    kind: str
    quantity: int
    net_minor: int
    order_cost_minor: int  # Its share of the order's variable costs.
    unit_cost_minor: int | None
    band: Band | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """What applies to the order: the terms, and the affiliate's share of the credit."""

    basis: str
    rate_bps: int
    share_bps: int
    terms_id: int
    terms_version: int
    is_test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What a line earns. ``margin_minor`` is empty when the line cannot earn or cannot be known."""

    amount_minor: int
    margin_minor: int | None
    actual_margin_minor: int | None
    missing: tuple[str, ...]  # "cost", "band": what stands in the way of approval.
    steps: tuple[Step, ...]


def earn(line: Line, deal: Deal, *, currency: str) -> Earned:
    """Return what ``line`` earns under ``deal``.

    Units: minor units of ``currency``; rates in basis points of margin. Rounding: half away from
    zero, once, at the end. Source: docs/rules/commission.md, rules C1 to C6.

    :raises RateOutOfRange: if the rate or the share is not between 0 and 100 %.
    """
    for rate_bps in (deal.rate_bps, deal.share_bps):
        if not 0 <= rate_bps <= BPS:
            raise RateOutOfRange(
                Said(
                    "A rate of %(rate)s bps is not between 0 and %(most)s.", rate=rate_bps, most=BPS
                )
            )
    if deal.is_test:
        return _nothing("test_order")
    if line.kind != PRODUCT:
        return _nothing(line.kind)
    actual = _actual_margin(line)
    missing = _missing(line, deal)
    if ("cost" if deal.basis == ACTUAL else "band") in missing:
        waiting: Step = {"step": "waiting", "for": list(missing)}
        return Earned(
            amount_minor=0,
            margin_minor=None,
            actual_margin_minor=actual,
            missing=missing,
            steps=(waiting,),
        )
    margin, steps = _margin(line, deal)
    amount = Money(margin, currency).share(deal.rate_bps * deal.share_bps, BPS * BPS)
    steps += ({"step": "rate", "rate_bps": deal.rate_bps, "terms": deal.terms_version},)
    if deal.share_bps != BPS:
        steps += ({"step": "share", "share_bps": deal.share_bps},)
    steps += ({"step": "amount", "minor": amount.minor},)
    return Earned(
        amount_minor=amount.minor,
        margin_minor=margin,
        actual_margin_minor=actual,
        missing=missing,
        steps=steps,
    )


def target_minor(earned_minor: int, *, quantity: int, returned: int, currency: str) -> int:
    """Return what a line's commission comes to once ``returned`` of ``quantity`` came back.

    Rounding: half away from zero. Nothing is left when all came back. Rule C7.
    """
    remaining = max(0, quantity - returned)
    return Money(earned_minor, currency).share(remaining, quantity).minor


def _missing(line: Line, deal: Deal) -> tuple[str, ...]:
    """A cost that is not known blocks on either basis, although a band may say the amount."""
    missing = ["cost"] if line.unit_cost_minor is None else []
    if deal.basis == REFERENCE and line.band is None:
        missing.append("band")
    return tuple(missing)


def _margin(line: Line, deal: Deal) -> tuple[int, tuple[Step, ...]]:
    if line.band is not None and deal.basis == REFERENCE:
        margin, cost = _reference_margin(line, line.band)
    else:
        margin = max(0, _actual_margin(line) or 0)
        cost = {"step": "actual_cost", "unit_minor": line.unit_cost_minor,
                "quantity": line.quantity}  # fmt: skip
    return margin, (
        {"step": "net", "minor": line.net_minor, "quantity": line.quantity},
        cost,
        {"step": "order_cost", "minor": line.order_cost_minor},
        {"step": "margin", "basis": deal.basis, "minor": margin},
    )


def _reference_margin(line: Line, band: Band) -> tuple[int, Step]:
    margin = reference_margin_minor(
        line.net_minor,
        reference_cost_minor=band.reference_cost_minor,
        quantity=line.quantity,
        order_cost_minor=line.order_cost_minor,
    )
    return margin, {
        "step": "reference_cost",
        "lower_bps": band.lower_bps,
        "upper_bps": band.upper_bps,
        "list_price_minor": band.list_price_minor,
        "unit_minor": band.reference_cost_minor,
        "quantity": line.quantity,
        "minor": band.reference_cost_minor * line.quantity,
    }


def _actual_margin(line: Line) -> int | None:
    if line.unit_cost_minor is None:
        return None
    return actual_margin_minor(
        line.net_minor,
        unit_cost_minor=line.unit_cost_minor,
        quantity=line.quantity,
        order_cost_minor=line.order_cost_minor,
    )


def _nothing(reason: str) -> Earned:
    step: Step = {"step": "excluded", "reason": reason}
    return Earned(amount_minor=0, margin_minor=None, actual_margin_minor=None, missing=(),
                  steps=(step,))  # fmt: skip
