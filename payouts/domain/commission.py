"""What one order line earns, and how: pure, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from affiliates.domain.rule_choice import LineFacts
from affiliates.domain.terms import Pays, TermsRules
from core.errors import DomainError
from core.money import BPS, Money
from core.wording import Said
from payouts.domain.tariffs import Step, Tariff, tariff_of
from shop.domain.margin import actual_margin_minor, reference_margin_minor

REFERENCE = "reference"
ACTUAL = "actual"
PRODUCT = "product"


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
    facts: LineFacts = LineFacts()
    tariff: Tariff | None = None  # As it was decided before; empty: the terms decide.

    def with_facts(self, facts: LineFacts) -> Line:
        """Return the line with what rules may ask of it."""
        return Line(
            kind=self.kind,
            quantity=self.quantity,
            net_minor=self.net_minor,
            order_cost_minor=self.order_cost_minor,
            unit_cost_minor=self.unit_cost_minor,
            band=self.band,
            facts=facts,
            tariff=self.tariff,
        )

    @property
    def reference_margin_minor(self) -> int | None:
        """Its margin on the published band, never below zero; unknown without a band. C1."""
        if self.band is None:
            return None
        return reference_margin_minor(
            self.net_minor,
            reference_cost_minor=self.band.reference_cost_minor,
            quantity=self.quantity,
            order_cost_minor=self.order_cost_minor,
        )

    @property
    def actual_margin_minor(self) -> int | None:
        """Its margin with the real cost, which may be below zero; unknown without a cost. C2."""
        if self.unit_cost_minor is None:
            return None
        return actual_margin_minor(
            self.net_minor,
            unit_cost_minor=self.unit_cost_minor,
            quantity=self.quantity,
            order_cost_minor=self.order_cost_minor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """What applies to the order: the terms, and the affiliate's share of the credit."""

    basis: str
    rate_bps: int
    share_bps: int
    terms_id: int
    terms_version: int
    is_test: bool = False
    rules: TermsRules = TermsRules()
    tier_bps: int | None = None  # The base rate of the tier that was reached before the order.
    factor_bps: int | None = None  # As it was measured; empty: not known, so neutral.


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What a line earns. ``margin_minor`` is empty when the line cannot earn or cannot be known.

    ``amount_minor`` is what is left after ``cut_minor``, which caps and budgets took.
    """

    amount_minor: int
    margin_minor: int | None
    actual_margin_minor: int | None
    missing: tuple[str, ...]  # "cost", "band": what stands in the way of approval.
    steps: tuple[Step, ...]  # The last one says the amount, where there is one.
    rule: str = ""
    pays: Pays = Pays.NOTHING
    rate: int = 0  # As ``Tariff.rate``.
    cut_minor: int = 0


def earn(line: Line, deal: Deal, *, currency: str, part_minor: int | None = None) -> Earned:
    """Return what ``line`` earns under ``deal``, before caps.

    ``part_minor``: its part of a flat amount, the share of the credit included; without it the
    line takes all of it. Units: minor units of ``currency``; rates in basis points. Rounding: half
    away from zero, once, at the end. No line earns more than its margin on the basis of the terms.
    Source: docs/rules/commission.md, rules C1 to C6 and C8.

    :raises RateOutOfRange: if the rate or the share is not between 0 and 100 %.
    """
    _check_rates(deal)
    tariff = tariff_for(line, deal)
    if isinstance(tariff, str):
        return _nothing(tariff)
    actual = line.actual_margin_minor
    if tariff.pays == Pays.NOTHING:
        why: Step = {"step": "excluded", "reason": "rule", "text": tariff.reason}
        return Earned(
            amount_minor=0,
            margin_minor=None,
            actual_margin_minor=actual,
            missing=(),
            steps=(*tariff.steps, why),
            rule=tariff.rule,
        )
    missing = _missing(line, deal)
    if ("cost" if deal.basis == ACTUAL else "band") in missing:
        waiting: Step = {"step": "waiting", "for": list(missing)}
        return Earned(
            amount_minor=0,
            margin_minor=None,
            actual_margin_minor=actual,
            missing=missing,
            steps=(*tariff.steps, waiting),
            rule=tariff.rule,
            pays=tariff.pays,
            rate=tariff.rate,
        )
    margin, steps = _margin(line, deal)
    amount, how = _amount(line, deal, tariff, Money(margin, currency), part_minor)
    return Earned(
        amount_minor=amount,
        margin_minor=margin,
        actual_margin_minor=actual,
        missing=missing,
        steps=(*steps, *tariff.steps, *how, {"step": "amount", "minor": amount}),
        rule=tariff.rule,
        pays=tariff.pays,
        rate=tariff.rate,
    )


def tariff_for(line: Line, deal: Deal) -> Tariff | str:
    """Return how a line is paid, or why nothing of its kind is: the reason of rule C4."""
    if deal.is_test:
        return "test_order"
    if line.kind != PRODUCT:
        return line.kind
    return line.tariff or tariff_of(
        line.facts,
        rules=deal.rules,
        rate_bps=deal.rate_bps,
        tier_bps=deal.tier_bps,
        factor_bps=deal.factor_bps,
        terms_version=deal.terms_version,
    )


def target_minor(earned_minor: int, *, quantity: int, returned: int, currency: str) -> int:
    """Return what a line's commission comes to once ``returned`` of ``quantity`` came back.

    Rounding: half away from zero. Nothing is left when all came back. Rule C7.
    """
    remaining = max(0, quantity - returned)
    return Money(earned_minor, currency).share(remaining, quantity).minor


def _check_rates(deal: Deal) -> None:
    if 0 <= deal.rate_bps <= BPS and 0 <= deal.share_bps <= BPS:
        return
    rate_bps = deal.share_bps if 0 <= deal.rate_bps <= BPS else deal.rate_bps
    raise RateOutOfRange(
        Said("A rate of %(rate)s bps is not between 0 and %(most)s.", rate=rate_bps, most=BPS)
    )


def _amount(
    line: Line, deal: Deal, tariff: Tariff, margin: Money, part_minor: int | None
) -> tuple[int, tuple[Step, ...]]:
    """Return the amount and the steps that lead from the rate to it."""
    share: tuple[Step, ...] = ()
    if deal.share_bps != BPS:
        share = ({"step": "share", "share_bps": deal.share_bps},)
    if tariff.pays == Pays.FLAT:
        part = Money(tariff.rate, margin.currency).times_bps(deal.share_bps).minor
        part = part if part_minor is None else part_minor
        most = margin.times_bps(deal.share_bps).minor
        steps: tuple[Step, ...] = (*share, {"step": "part", "minor": part})
        return min(part, most), (*steps, *_limit(margin, is_reached=part > most))
    base = line.net_minor if tariff.pays == Pays.NET else margin.minor
    whole, most = max(0, base) * tariff.rate, margin.minor * BPS
    bps = Money(min(whole, most), margin.currency)
    return bps.share(deal.share_bps, BPS * BPS).minor, (
        *_limit(margin, is_reached=whole > most),
        *share,
    )


def _limit(margin: Money, *, is_reached: bool) -> tuple[Step, ...]:
    """Say that the margin of the line is the most that it pays, where that takes something off."""
    return ({"step": "limit", "minor": margin.minor},) if is_reached else ()


def _missing(line: Line, deal: Deal) -> tuple[str, ...]:
    """A cost that is not known blocks on either basis, although a band may say the amount."""
    missing = ["cost"] if line.unit_cost_minor is None else []
    if deal.basis == REFERENCE and line.band is None:
        missing.append("band")
    return tuple(missing)


def _margin(line: Line, deal: Deal) -> tuple[int, tuple[Step, ...]]:
    if line.band is not None and deal.basis == REFERENCE:
        margin, cost = line.reference_margin_minor or 0, _reference_cost(line, line.band)
    else:
        margin = max(0, line.actual_margin_minor or 0)
        cost = {"step": "actual_cost", "unit_minor": line.unit_cost_minor,
                "quantity": line.quantity}  # fmt: skip
    return margin, (
        {"step": "net", "minor": line.net_minor, "quantity": line.quantity},
        cost,
        {"step": "order_cost", "minor": line.order_cost_minor},
        {"step": "margin", "basis": deal.basis, "minor": margin},
    )


def _reference_cost(line: Line, band: Band) -> Step:
    return {
        "step": "reference_cost",
        "lower_bps": band.lower_bps,
        "upper_bps": band.upper_bps,
        "list_price_minor": band.list_price_minor,
        "unit_minor": band.reference_cost_minor,
        "quantity": line.quantity,
        "minor": band.reference_cost_minor * line.quantity,
    }


def _nothing(reason: str) -> Earned:
    step: Step = {"step": "excluded", "reason": reason}
    return Earned(amount_minor=0, margin_minor=None, actual_margin_minor=None, missing=(),
                  steps=(step,))  # fmt: skip
