"""One side of a simulation while it runs: what caps, budgets and tiers have seen of it so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo

from affiliates.domain.terms import Customer
from affiliates.domain.terms_document import read_rules
from payouts.domain.commission import PRODUCT, Earned, target_minor
from payouts.domain.order_commission import earn_order
from payouts.domain.simulated_limits import Approved, SimulatedMeters, SimulatedTiers
from payouts.domain.simulation import Earning, SimulatedSale
from payouts.pricing import Draft, DraftLine, deal_of
from payouts.services.simulation_sides import OrderSides, Side
from shop.domain.margin import actual_margin_minor, reference_margin_minor
from shop.models import Order


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back of the orders of a chunk, and who bought for the first time."""

    units: Mapping[int, int]  # By order line.
    customers: Mapping[int, Customer]  # By order; empty when no tier asks.

    def left(self, minor: int, line: DraftLine, currency: str) -> int:
        """Return what is left of an amount of a line. Rule C7."""
        returned = self.units.get(line.order_line.pk, 0)
        if not returned:
            return minor
        return target_minor(
            minor, quantity=line.order_line.quantity, returned=returned, currency=currency
        )


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
        self, order: Order, sides: Sequence[Side], drafts: Mapping[int, Draft], facts: Returned
    ) -> dict[int, Earning]:
        """Return what each affiliate has of an order, less caps and what came back."""
        return {
            side.credit.affiliate.pk: self._earning(order, side, drafts[id(side)], facts)
            for side in sides
        }

    def _earning(self, order: Order, side: Side, draft: Draft, facts: Returned) -> Earning:
        credit = side.credit
        if not side.stands:
            return Earning(minor=0, share_bps=credit.share_bps)
        earned = self._meters.take(
            self._with_tier(order, side, draft),
            affiliate_id=credit.affiliate.pk,
            month=self._month(order),
            currency=order.currency,
            cap_minor=credit.agreed.rules.month_cap_minor,
        )
        self._approve(order, side, draft, facts)
        return Earning(
            minor=sum(
                facts.left(one.amount_minor, line, order.currency)
                for one, line in zip(earned, draft.lines, strict=True)
            ),
            cut_minor=sum(one.cut_minor for one in earned),
            share_bps=credit.share_bps,
        )

    def _with_tier(self, order: Order, side: Side, draft: Draft) -> Sequence[Earned]:
        """Return the lines at the rate of the tier that this side had reached by then."""
        credit, earned = side.credit, [line.earned for line in draft.lines]
        tiers = credit.agreed.rules.tiers
        if tiers is None or self._tiers is None or not self._runs_tiers(side):
            return earned
        rate = self._tiers.rate_bps(credit.affiliate.pk, _terms_key(side), tiers, order.placed_at)
        if rate == draft.credit.tier_bps:
            return earned
        return earn_order(
            [line.line for line in draft.lines],
            deal_of(replace(draft.credit, tier_bps=rate)),
            currency=order.currency,
        )

    def _approve(self, order: Order, side: Side, draft: Draft, facts: Returned) -> None:
        """Let a commission count for tiers from the end of its hold on, less what came back."""
        credit = side.credit
        tiers = credit.agreed.rules.tiers
        if tiers is None or self._tiers is None or not self._runs_tiers(side):
            return
        if any(line.earned.missing for line in draft.lines):
            return
        units = sum(line.order_line.quantity for line in draft.lines if line.order_line.earns)
        back = sum(
            facts.units.get(line.order_line.pk, 0) for line in draft.lines if line.order_line.earns
        )
        if back >= units:
            return
        customer = facts.customers.get(order.pk, Customer.UNKNOWN)
        if customer == Customer.UNKNOWN:
            customer = credit.agreed.rules.unknown_customer
        self._tiers.book(
            Approved(
                affiliate_id=credit.affiliate.pk,
                terms=_terms_key(side),
                tiers=tiers,
                at=draft.hold_until,
                margin_minor=sum(
                    facts.left(line.earned.margin_minor or 0, line, order.currency)
                    for line in draft.lines
                ),
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


def _terms_key(side: Side) -> str:
    return f"draft of {side.terms.pk}" if side.is_draft else f"terms {side.terms.pk}"


def sale_of(
    one: OrderSides,
    lines: Sequence[DraftLine],
    facts: Returned,
    *,
    placed_on: date,
    before: Mapping[int, Earning],
    after: Mapping[int, Earning],
) -> SimulatedSale:
    """Return an order with its sums; ``lines`` are those of any of its credits."""
    currency = one.order.currency
    net, reference, actual = 0, 0, 0
    is_banded = is_costed = True
    for item in lines:
        line = item.line
        if line.kind != PRODUCT:
            continue
        net += facts.left(line.net_minor, item, currency)
        if line.band is None:
            is_banded = False
        else:
            margin = reference_margin_minor(
                line.net_minor,
                reference_cost_minor=line.band.reference_cost_minor,
                quantity=line.quantity,
                order_cost_minor=line.order_cost_minor,
            )
            reference += facts.left(margin, item, currency)
        if line.unit_cost_minor is None:
            is_costed = False
        else:
            margin = actual_margin_minor(
                line.net_minor,
                unit_cost_minor=line.unit_cost_minor,
                quantity=line.quantity,
                order_cost_minor=line.order_cost_minor,
            )
            actual += facts.left(margin, item, currency)
    return SimulatedSale(
        order_id=one.order.pk,
        placed_on=placed_on,
        currency=currency,
        net_minor=net,
        margin_minor=reference if is_banded else None,
        actual_margin_minor=actual if is_costed else None,
        before=before,
        after=after,
        standing_minor=one.standing_minor,
    )
