"""One side of a simulation while it runs: what caps, budgets and tiers have seen of it so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo

from affiliates.domain.terms import Customer, Pays
from affiliates.domain.terms_document import read_rules
from core.money import BPS, ratio
from payouts.domain.commission import ACTUAL, PRODUCT, Earned, Line, earn, target_minor
from payouts.domain.order_commission import ORDER_CAP, earn_order, limit
from payouts.domain.refunds import Left, after_caps, rise_minor
from payouts.domain.simulated_limits import Approved, SimulatedMeters, SimulatedTiers
from payouts.domain.simulation import Earning, SimulatedSale
from payouts.domain.tariffs import Tariff
from payouts.pricing import Draft, DraftLine, deal_of
from payouts.services.simulation_sides import OrderSides, Side
from shop.models import Order


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of one order, line by line, and what its goods really cost."""

    left: Mapping[int, Left]  # By order line; empty when nothing came back.
    costs: Mapping[int, int]  # By order line: corrected unit costs.
    customer: Customer  # Unknown when no tier asks.

    def quantity(self, item: DraftLine) -> int:
        """Return how many units of a line are left."""
        left = self.left.get(item.order_line.pk)
        return item.order_line.quantity if left is None else left.quantity

    def line(self, item: DraftLine, *, with_costs: bool) -> Line:
        """Return a line at the price that was paid in the end, and at its corrected cost."""
        line, pk = item.line, item.order_line.pk
        if pk in self.left and self.left[pk].net_minor != line.net_minor:
            line = replace(line, net_minor=self.left[pk].net_minor)
        if with_costs and self.costs.get(pk, line.unit_cost_minor) != line.unit_cost_minor:
            line = replace(line, unit_cost_minor=self.costs[pk])
        return line

    def part(self, minor: int, item: DraftLine, currency: str) -> int:
        """Return the part of an amount that the units left of a line have. Rule C7."""
        sold, left = item.order_line.quantity, self.quantity(item)
        if sold == left:
            return minor
        return target_minor(minor, quantity=sold, returned=sold - left, currency=currency)


class Lane:
    """Prices the credits of one side, asked in the order of time."""

    def __init__(
        self, *, zone: tzinfo, budget_minor: int | None, is_tiered: bool, is_shared_anew: bool
    ) -> None:
        """``is_tiered``: tiers that are not those in force are run, not read."""
        self._zone = zone
        self._meters = SimulatedMeters(budget_minor)
        self._tiers = SimulatedTiers(zone) if is_tiered else None
        self._is_shared_anew = is_shared_anew
        self._runs_tiers_of: dict[tuple[int, int], bool] = {}

    def earnings(
        self, order: Order, sides: Sequence[Side], drafts: Mapping[int, Draft], rest: Rest
    ) -> dict[int, Earning]:
        """Return what each affiliate has of an order, less caps and what came back."""
        return {
            side.credit.affiliate.pk: self._earning(order, side, drafts[id(side)], rest)
            for side in sides
        }

    def _earning(self, order: Order, side: Side, draft: Draft, rest: Rest) -> Earning:
        credit = side.credit
        if not side.stands:
            return Earning(minor=0, share_bps=credit.share_bps)
        draft = self._with_tier(order, side, draft)
        earned = self._take(draft, [item.earned for item in draft.lines])
        left, cut_minor = self._left(draft, earned, rest)
        if any(left):
            self._approve(side, draft, rest)
        return Earning(
            minor=sum(left),
            cut_minor=cut_minor + sum(one.cut_minor for one in earned),
            share_bps=credit.share_bps,
        )

    def _take(self, draft: Draft, earned: Sequence[Earned]) -> list[Earned]:
        order = draft.credit.order
        return self._meters.take(
            earned,
            affiliate_id=draft.credit.affiliate.pk,
            month=self._month(order),
            currency=order.currency,
            cap_minor=draft.month_cap_minor,
        )

    def _left(self, draft: Draft, earned: Sequence[Earned], rest: Rest) -> tuple[list[int], int]:
        """Return what each line comes to by what came back and by corrected costs, and what limits
        cut of what those raise. Rules R2 to R9.
        """
        currency = draft.credit.order.currency
        again = [
            _again(item, one, draft, rest) for item, one in zip(draft.lines, earned, strict=True)
        ]
        rises = self._rises(draft, earned, again)
        left = [
            rest.part(_after(one, now, rise), item, currency)
            for item, one, now, rise in zip(draft.lines, earned, again, rises, strict=True)
        ]
        return left, sum(one.cut_minor for one in rises)

    def _rises(
        self, draft: Draft, earned: Sequence[Earned], again: Sequence[Earned | None]
    ) -> list[Earned]:
        """Return what limits leave of what lines earn more than at first."""
        rises = [
            replace(one, amount_minor=_more(one, now), cut_minor=0)
            for one, now in zip(earned, again, strict=True)
        ]
        if not any(one.amount_minor for one in rises):
            return rises
        credit = draft.credit
        cap = credit.agreed.rules_in(credit.order.currency).order_cap_minor
        if cap is not None:
            room = cap - sum(one.amount_minor for one in earned)
            rises = limit(rises, room, reason=ORDER_CAP, currency=credit.order.currency)
        return self._take(draft, rises)

    def _with_tier(self, order: Order, side: Side, draft: Draft) -> Draft:
        """Return the draft at the rate of the tier that this side had reached by then."""
        credit = draft.credit
        tiers = credit.agreed.rules.tiers
        if tiers is None or self._tiers is None or not self._runs_tiers(side):
            return draft
        rate = self._tiers.rate_bps(credit.affiliate.pk, _terms_key(side), tiers, order.placed_at)
        if rate == credit.tier_bps or not any(_is_base(item) for item in draft.lines):
            return draft
        credit = replace(credit, tier_bps=rate)
        earned = earn_order(
            [_with_rule(item) for item in draft.lines], deal_of(credit), currency=order.currency
        )
        lines = [replace(item, earned=one) for item, one in zip(draft.lines, earned, strict=True)]
        return replace(draft, credit=credit, lines=lines)

    def _approve(self, side: Side, draft: Draft, rest: Rest) -> None:
        """Let a commission count for tiers from the end of its hold on, less what came back."""
        credit = side.credit
        rules, currency = credit.agreed.rules, credit.order.currency
        if rules.tiers is None or self._tiers is None or not self._runs_tiers(side):
            return
        if any(item.earned.missing for item in draft.lines):
            return
        customer = rules.unknown_customer if rest.customer == Customer.UNKNOWN else rest.customer
        margins = (rest.part(item.earned.margin_minor or 0, item, currency) for item in draft.lines)
        self._tiers.book(
            Approved(
                affiliate_id=credit.affiliate.pk,
                terms=_terms_key(side),
                tiers=rules.tiers,
                at=draft.hold_until,
                margin_minor=sum(ratio(one * credit.share_bps, BPS) for one in margins),
                is_new_customer=customer == Customer.NEW,
            )
        )

    def _runs_tiers(self, side: Side) -> bool:
        """Tell whether its tiers are run: another policy, or not the tiers in force."""
        if self._is_shared_anew:
            return True
        if not side.is_draft:
            return False
        key = side.terms.pk, id(side.credit.agreed)
        if key not in self._runs_tiers_of:
            in_force = read_rules(side.terms.rules).tiers
            self._runs_tiers_of[key] = in_force != side.credit.agreed.rules.tiers
        return self._runs_tiers_of[key]

    def _month(self, order: Order) -> date:
        return order.placed_at.astimezone(self._zone).date().replace(day=1)


def _is_base(item: DraftLine) -> bool:
    return item.line.kind == PRODUCT and not item.earned.rule


def _with_rule(item: DraftLine) -> Line:
    """Return a line that keeps the rule which took it: a tier changes the base alone."""
    earned = item.earned
    if not earned.rule or earned.pays == Pays.NOTHING:
        return item.line
    return replace(item.line, tariff=Tariff(rule=earned.rule, pays=earned.pays, rate=earned.rate))


def _terms_key(side: Side) -> str:
    return f"draft of {side.terms.pk}" if side.is_draft else f"terms {side.terms.pk}"


def _again(item: DraftLine, earned: Earned, draft: Draft, rest: Rest) -> Earned | None:
    """Return what a line earns at its last price and corrected cost, before caps, if of another."""
    credit = draft.credit
    line = rest.line(item, with_costs=credit.agreed.basis == ACTUAL)
    if line is item.line or earned.missing or not rest.quantity(item):
        return None
    part = next((step["minor"] for step in earned.steps if step["step"] == "part"), None)
    return earn(line, deal_of(credit), currency=credit.order.currency, part_minor=part)


def _more(earned: Earned, now: Earned | None) -> int:
    before = earned.amount_minor + earned.cut_minor
    return 0 if now is None else rise_minor(now.amount_minor, before_minor=before, taken_minor=0)


def _after(earned: Earned, now: Earned | None, rise: Earned) -> int:
    if now is None:
        return earned.amount_minor
    return after_caps(
        now.amount_minor,
        standing_minor=earned.amount_minor,
        before_minor=earned.amount_minor + earned.cut_minor,
        taken_minor=rise.amount_minor,
    )


def sale_of(
    one: OrderSides,
    lines: Sequence[DraftLine],
    rest: Rest,
    *,
    placed_on: date,
    before: Mapping[int, Earning],
    after: Mapping[int, Earning],
) -> SimulatedSale:
    """Return an order with its sums; ``lines`` are those of any of its credits."""
    currency = one.order.currency
    net, margins, actual = 0, list[int | None](), list[int | None]()
    for item in lines:
        if item.line.kind != PRODUCT:
            continue
        line = rest.line(item, with_costs=True)
        net += rest.part(line.net_minor, item, currency)
        for found, minor in (
            (margins, line.reference_margin_minor),
            (actual, line.actual_margin_minor),
        ):
            found.append(None if minor is None else rest.part(minor, item, currency))
    return SimulatedSale(
        order_id=one.order.pk,
        placed_on=placed_on,
        currency=currency,
        net_minor=net,
        margin_minor=_sum(margins),
        actual_margin_minor=_sum(actual),
        before=before,
        after=after,
        standing_minor=one.standing_minor,
    )


def _sum(found: Sequence[int | None]) -> int | None:
    known = [one for one in found if one is not None]
    return sum(known) if len(known) == len(found) else None
