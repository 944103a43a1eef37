"""One side of a simulation while it runs: what caps, budgets and tiers have seen of it so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo

from affiliates.domain.terms import Customer
from affiliates.domain.terms_document import read_rules
from payouts.domain.achievements import SoldLine, margin_that_counts
from payouts.domain.commission import ACTUAL, PRODUCT, Earned, Line, earn, target_minor
from payouts.domain.order_commission import ORDER_CAP, limit, limit_rules
from payouts.domain.refunds import Left, after_caps, rise_minor
from payouts.domain.simulated_bonuses import Counted, SimulatedBonuses
from payouts.domain.simulated_limits import Approved, SimulatedMeters, SimulatedTiers
from payouts.domain.simulation import Earning, SimulatedSale
from payouts.pricing import CreditFacts, Draft, DraftLine, Priced, Pricing, deal_of, with_standing
from payouts.services.simulation_sides import OrderSides, Side


@dataclass(frozen=True, slots=True)
class Rest:
    """What became of one order: what is left of it, line by line, what its goods really cost."""

    placed_on: date  # In the programme's time zone.
    left: Mapping[int, Left]  # By order line; empty when nothing came back.
    costs: Mapping[int, int]  # By order line: corrected unit costs; empty when none was.
    customer: Customer  # Unknown when no tier asks.

    @property
    def month(self) -> date:
        """The first day of the month whose limits the order takes of."""
        return self.placed_on.replace(day=1)

    @property
    def is_as_sold(self) -> bool:
        """Whether nothing came back and no cost was corrected."""
        return not self.left and not self.costs

    def quantity(self, item: Priced) -> int:
        """Return how many units of a line are left."""
        left = self.left.get(item.order_line.pk)
        return item.order_line.quantity if left is None else left.quantity

    def line(self, item: Priced, *, with_costs: bool) -> Line:
        """Return a line at the price that was paid in the end, and at its corrected cost."""
        if self.is_as_sold:
            return item.line
        line, pk = item.line, item.order_line.pk
        if pk in self.left and self.left[pk].net_minor != line.net_minor:
            line = replace(line, net_minor=self.left[pk].net_minor)
        if with_costs and self.costs.get(pk, line.unit_cost_minor) != line.unit_cost_minor:
            line = replace(line, unit_cost_minor=self.costs[pk])
        return line

    def part(self, minor: int, item: Priced, currency: str) -> int:
        """Return the part of an amount that the units left of a line have. Rule C7."""
        if not self.left:
            return minor
        sold, left = item.order_line.quantity, self.quantity(item)
        if sold == left:
            return minor
        return target_minor(minor, quantity=sold, returned=sold - left, currency=currency)


class Drafts:
    """What credits of some orders would earn before the limits of a month.

    A credit that is the same on both sides is reckoned once.
    """

    def __init__(self, found: Iterable[OrderSides]) -> None:
        orders = {one.order.pk: one for one in found if one.before or one.after}
        sides = {id(s): s for one in orders.values() for s in (*one.before, *one.after)}
        standing = with_standing([side.credit for side in sides.values()])
        self._credits = dict(zip(sides, standing, strict=True))
        self._drafts: dict[int, Draft] = {}
        agreed = {id(one.agreed): one.agreed for one in standing}
        self._pricing = Pricing([one.order for one in orders.values()], agreed.values())

    def lines(self, order_id: int) -> Sequence[Priced]:
        """Return the lines of an order."""
        return self._pricing.lines(order_id)

    def credit(self, side: Side) -> CreditFacts:
        """Return the credit of a side, with the tier and the factor in the books."""
        return self._credits[id(side)]

    def of(self, side: Side) -> Draft:
        """Return what that credit would earn."""
        if id(side) not in self._drafts:
            self._drafts[id(side)] = self._pricing.draft(self.credit(side))
        return self._drafts[id(side)]

    def at_tier(self, side: Side, tier_bps: int | None) -> Draft:
        """Return what it would earn where its affiliate had reached another tier, or none."""
        credit = self.credit(side)
        if tier_bps == credit.tier_bps:
            return self.of(side)
        return self._pricing.draft(replace(credit, tier_bps=tier_bps))


class Lane:
    """Prices the credits of one side, asked in the order of time."""

    def __init__(
        self,
        *,
        zone: tzinfo,
        budget_minor: int | None,
        is_tiered: bool,
        is_shared_anew: bool,
        bonuses: SimulatedBonuses | None = None,
    ) -> None:
        """``is_tiered``: tiers that are not those in force are run, not read. ``bonuses``: those
        that this side reaches; without it none is asked for.
        """
        self._meters = SimulatedMeters(budget_minor)
        self._tiers = SimulatedTiers(zone) if is_tiered else None
        self._bonuses = bonuses
        self._is_shared_anew = is_shared_anew
        self._runs_tiers_of: dict[tuple[int, int], bool] = {}

    def earnings(self, sides: Sequence[Side], drafts: Drafts, rest: Rest) -> dict[int, Earning]:
        """Return what each affiliate has of an order, less caps and what came back."""
        return {side.credit.affiliate.pk: self._earning(side, drafts, rest) for side in sides}

    def _earning(self, side: Side, drafts: Drafts, rest: Rest) -> Earning:
        credit = side.credit
        if not side.stands:
            return Earning(minor=0, share_bps=credit.share_bps)
        draft = self._draft(side, drafts)
        earned = self._take(draft, [item.earned for item in draft.lines], rest.month)
        left, cut_minor = self._left(draft, earned, rest)
        if any(left):
            self._approve(side, draft, rest)
        return Earning(
            minor=sum(left),
            cut_minor=cut_minor + sum(one.cut_minor for one in earned),
            share_bps=credit.share_bps,
        )

    def _take(self, draft: Draft, earned: Sequence[Earned], month: date) -> list[Earned]:
        return self._meters.take(
            earned,
            affiliate_id=draft.credit.affiliate.pk,
            month=month,
            currency=draft.credit.order.currency,
            cap_minor=draft.month_cap_minor,
        )

    def _left(self, draft: Draft, earned: Sequence[Earned], rest: Rest) -> tuple[list[int], int]:
        """Return what each line comes to by what came back and by corrected costs, and what limits
        cut of what those raise. Rules R2 to R9.
        """
        if rest.is_as_sold:
            return [one.amount_minor for one in earned], 0
        currency = draft.credit.order.currency
        again = [
            _again(item, one, draft, rest) for item, one in zip(draft.lines, earned, strict=True)
        ]
        rises, cut_minor = self._rises(draft, earned, again, rest.month)
        left = [
            rest.part(_after(one, now, rise), item, currency)
            for item, one, now, rise in zip(draft.lines, earned, again, rises, strict=True)
        ]
        return left, cut_minor

    def _rises(
        self,
        draft: Draft,
        earned: Sequence[Earned],
        again: Sequence[Earned | None],
        month: date,
    ) -> tuple[list[int], int]:
        """Return what limits leave of what lines earn more than at first, and what they cut."""
        more = [_more(one, now) for one, now in zip(earned, again, strict=True)]
        if not any(more):
            return more, 0
        rises = [
            replace(one, amount_minor=minor, cut_minor=0)
            for one, minor in zip(earned, more, strict=True)
        ]
        currency = draft.credit.order.currency
        rules = draft.credit.agreed.rules_in(currency)
        taken: Counter[str] = Counter()
        for one in earned:
            taken[one.rule] += one.amount_minor
        rises = limit_rules(rises, rules, currency=currency, taken=taken)
        if rules.order_cap_minor is not None:
            room = rules.order_cap_minor - taken.total()
            rises = limit(rises, room, reason=ORDER_CAP, currency=currency)
        rises = self._take(draft, rises, month)
        return [one.amount_minor for one in rises], sum(one.cut_minor for one in rises)

    def _draft(self, side: Side, drafts: Drafts) -> Draft:
        """Return what a credit earns at the rate of the tier that this side had reached by then."""
        credit = side.credit
        tiers = credit.agreed.rules.tiers
        if tiers is None or self._tiers is None or not self._runs_tiers(side):
            return drafts.of(side)
        affiliate_id, placed_at = credit.affiliate.pk, credit.order.placed_at
        rate = self._tiers.rate_bps(affiliate_id, _terms_key(side), tiers, placed_at)
        return drafts.at_tier(side, rate)

    def _approve(self, side: Side, draft: Draft, rest: Rest) -> None:
        """Let a commission count for tiers and bonuses from the end of its hold on, less what came
        back.
        """
        credit = side.credit
        rules = credit.agreed.rules
        tiers = rules.tiers if self._tiers is not None and self._runs_tiers(side) else None
        has_bonuses = self._bonuses is not None and credit.order.currency == credit.agreed.currency
        if not (tiers or has_bonuses) or any(item.earned.missing for item in draft.lines):
            return
        customer = rules.unknown_customer if rest.customer == Customer.UNKNOWN else rest.customer
        margin_minor, is_new = _margin(draft, rest), customer == Customer.NEW
        order = credit.order
        order_id = (order.follows_id if order.is_addition else None) or order.pk
        if tiers is not None and self._tiers is not None:
            self._tiers.book(
                Approved(
                    affiliate_id=credit.affiliate.pk,
                    order_id=order_id,
                    terms=_terms_key(side),
                    tiers=tiers,
                    at=draft.hold_until,
                    margin_minor=margin_minor,
                    is_new_customer=is_new,
                )
            )
        if has_bonuses and self._bonuses is not None:
            self._bonuses.settle(credit.order.placed_at)
            self._bonuses.book(
                Counted(
                    affiliate_id=credit.affiliate.pk,
                    order_id=order_id,
                    currency=credit.order.currency,
                    at=draft.hold_until,
                    placed_on=rest.placed_on,
                    margin_minor=margin_minor,
                    is_new_customer=is_new,
                    bonuses=rules.bonuses,
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


def _margin(draft: Draft, rest: Rest) -> int:
    """Return the margin of a credit that counts, by what is left of its order."""
    return margin_that_counts(
        SoldLine(
            margin_minor=item.earned.margin_minor or 0,
            net_minor=item.order_line.net_minor,
            quantity=item.order_line.quantity,
            share_bps=draft.credit.share_bps,
            left=rest.left.get(item.order_line.pk),
        )
        for item in draft.lines
    )


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


def _after(earned: Earned, now: Earned | None, rise_minor: int) -> int:
    if now is None:
        return earned.amount_minor
    return after_caps(
        now.amount_minor,
        standing_minor=earned.amount_minor,
        before_minor=earned.amount_minor + earned.cut_minor,
        taken_minor=rise_minor,
    )


def sale_of(
    one: OrderSides,
    lines: Sequence[Priced],
    rest: Rest,
    *,
    before: Mapping[int, Earning],
    after: Mapping[int, Earning],
) -> SimulatedSale:
    """Return an order with its sums; ``lines`` are all that it has."""
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
        placed_on=rest.placed_on,
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
