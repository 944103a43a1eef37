"""Running a simulation: orders of the past, in the order of time, priced on both sides.

The only rows written are the simulation's own.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from affiliates.domain.terms import Customer, Every, HoldFrom, Metric
from affiliates.models import Programme
from core.errors import DomainError
from payouts.aftermath import Aftermath
from payouts.domain import simulated_bonuses
from payouts.domain.achievements import period_of
from payouts.domain.simulated_bonuses import SimulatedBonuses
from payouts.domain.simulated_limits import begins_before
from payouts.domain.simulation import Tally, summary_json
from payouts.line_facts import customers_of
from payouts.models import (
    Commission,
    SimulatedAffiliate,
    SimulatedOrder,
    Simulation,
    SimulationStatus,
)
from payouts.pricing import Agreed
from payouts.services.simulation_lanes import Drafts, Lane, Rest, sale_of
from payouts.services.simulation_sides import OrderSides, Sides, orders_of
from payouts.services.simulations import BROKE, TOO_LONG, claim_next, fail

CHUNK = 1_000
MOST_TIME = timedelta(minutes=30)
Clock = Callable[[], datetime]


def run_next(*, clock: Clock) -> bool:
    """Run the simulation that waits longest; tell whether there was one.

    ``clock`` tells the time: a simulation lasts, and says meanwhile that its worker lives. One
    that breaks is failed, with the sentence of what was refused if something was.
    """
    simulation_id = claim_next(now=clock())
    if simulation_id is None:
        return False
    try:
        run(simulation_id=simulation_id, clock=clock)
    except DomainError as refusal:
        fail(simulation_id=simulation_id, problem=str(refusal), now=clock())
    except Exception:
        fail(simulation_id=simulation_id, problem=BROKE, now=clock())
        raise
    return True


def run(*, simulation_id: int, clock: Clock) -> bool:
    """Run a simulation that was claimed; tell whether it was done.

    It stops after the chunk of orders at which somebody stopped it, and after half an hour.

    :raises TermsRefused: for rules of terms that cannot be read.
    """
    simulation = Simulation.objects.get(pk=simulation_id)
    started = clock()
    course = _Course(simulation, now=started)
    order_ids = course.order_ids()
    if not _progress(simulation_id, 0, len(order_ids), started):
        return False
    for place in range(0, len(order_ids), CHUNK):
        chunk = order_ids[place : place + CHUNK]
        with _no_search_for_cycles():
            course.run(chunk)
        now = clock()
        if now - started > MOST_TIME:
            fail(simulation_id=simulation_id, problem=TOO_LONG, now=now)
            return False
        if not _progress(simulation_id, place + len(chunk), len(order_ids), now):
            return False
    course.close()
    return _finish(simulation_id, course.tally, clock())


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Leave what is no longer used to reference counts alone.

    The values of a chunk live until its end and hold no cycles. Looking for some among them, each
    time that some hundred more were made, takes a quarter of a simulation.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _progress(simulation_id: int, done: int, total: int, now: datetime) -> bool:
    """Say how far it is and that its worker lives; tell whether it is still to be run."""
    running = Simulation.objects.filter(pk=simulation_id, status=SimulationStatus.RUNNING)
    return bool(running.update(done=done, total=total, progressed_at=now))


@transaction.atomic
def _finish(simulation_id: int, tally: Tally, now: datetime) -> bool:
    simulation = Simulation.objects.select_for_update().get(pk=simulation_id)
    if simulation.status != SimulationStatus.RUNNING:
        return False
    SimulatedAffiliate.objects.bulk_create(
        (
            SimulatedAffiliate(
                simulation=simulation,
                affiliate_id=sums.affiliate_id,
                currency=sums.currency,
                orders_before=sums.orders_before,
                orders_after=sums.orders_after,
                before_minor=sums.before_minor,
                after_minor=sums.after_minor,
                net_before_minor=sums.net_before_minor,
                net_after_minor=sums.net_after_minor,
            )
            for sums in tally.affiliates()
        ),
        batch_size=1_000,
    )
    SimulatedOrder.objects.bulk_create(
        SimulatedOrder(
            simulation=simulation,
            order_id=sale.order_id,
            currency=sale.currency,
            before={str(pk): one.minor for pk, one in sale.before.items()},
            after={str(pk): one.minor for pk, one in sale.after.items()},
            change_minor=sale.change_minor,
            changes_hands=sale.changes_hands,
        )
        for sale in tally.sales()
    )
    simulation.move_to(SimulationStatus.DONE, at=now)
    simulation.summary, simulation.finished_at = summary_json(tally.totals()), now
    simulation.save(update_fields=["status", "status_changed_at", "summary", "finished_at"])
    return True


class _Course:
    """One run: what was taken of caps, budgets and tiers so far, on both sides, and the sums."""

    def __init__(self, simulation: Simulation, *, now: datetime) -> None:
        programme = Programme.get()
        self.tally = Tally()
        self._zone = ZoneInfo(programme.time_zone)
        self._simulation = simulation
        self._sides = Sides(simulation, now=now)
        self._budget_minor = programme.month_budget_minor
        self._run_tiers = self._sides.tiers_to_run()
        self._agreed = self._sides.agreed()
        self._promised = [bonus for one in self._agreed for bonus in one.rules.bonuses]
        self._first_day = self._begins()
        self._bonuses = self._no_bonuses(), self._no_bonuses()
        self._before = Lane(
            zone=self._zone,
            budget_minor=self._budget_minor,
            is_tiered=False,
            is_shared_anew=False,
            bonuses=self._bonuses[0],
        )
        self._after = Lane(
            zone=self._zone,
            budget_minor=self._budget_minor,
            is_tiered=bool(self._run_tiers),
            is_shared_anew=self._sides.is_shared_anew,
            bonuses=self._bonuses[1],
        )

    def order_ids(self) -> list[int]:
        """Return the orders to run, in the order of time, from where caps and tiers begin."""
        return list(
            orders_of(
                since=self._midnight(self._first_day),
                until=self._midnight(self._simulation.period_to),
                is_shared_anew=self._sides.is_shared_anew,
            )
        )

    def run(self, order_ids: Sequence[int]) -> None:
        """Price the orders on both sides and add up those of the period."""
        found = self._sides.of(order_ids)
        drafts = Drafts(found)
        aftermath, customers = Aftermath(order_ids), self._customers(found)
        costs = aftermath.costs
        for one in found:
            if not one.before and not one.after:
                continue
            order_id = one.order.pk
            lines = drafts.lines(order_id)
            order_lines = [item.order_line for item in lines]
            rest = Rest(
                one.order.placed_at.astimezone(self._zone).date(),
                aftermath.left(order_id, order_lines),
                costs and {line.pk: costs[line.pk] for line in order_lines if line.pk in costs},
                customers.get(order_id, Customer.UNKNOWN),
            )
            before = self._before.earnings(one.before, drafts, rest)
            after = self._after.earnings(one.after, drafts, rest)
            if rest.placed_on >= self._simulation.period_from:
                self.tally.add(sale_of(one, lines, rest, before=before, after=after))

    def close(self) -> None:
        """Add the bonuses that the orders of the period reached, once all of them were run."""
        before, after = self._bonuses
        if before is None or after is None:
            return
        for one in (before, after):
            one.settle()
        self.tally.add_bonuses(before.added, after.added)

    def _no_bonuses(self) -> SimulatedBonuses | None:
        """Return what one side reaches of bonuses, before the first order; none without any."""
        if not self._promised:
            return None
        earlier = Commission.objects.filter(
            approved_minor__gt=0, credit__order__placed_at__lt=self._midnight(self._first_day)
        )
        return SimulatedBonuses(
            zone=self._zone,
            since=self._simulation.period_from,
            sellers=set(earlier.order_by().values_list("affiliate", flat=True).distinct()),
        )

    def _customers(self, found: Sequence[OrderSides]) -> Mapping[int, Customer]:
        counted = {tiers.metric for tiers in self._run_tiers}
        counted |= {bonus.metric for bonus in self._promised}
        asked = Metric.NEW_CUSTOMERS in counted
        return customers_of([one.order for one in found]) if asked else {}

    def _begins(self) -> date:
        """Return the day from which on orders take of what the orders of the period find taken."""
        day = self._simulation.period_from
        capped = any(one.rules.month_cap_minor is not None for one in self._agreed)
        if capped or self._budget_minor is not None:
            day, _end = period_of(day, Every.MONTH)
        hold_days = max((_longest_hold(one) for one in self._agreed), default=0)
        first = self._simulation.period_from
        return min(
            day,
            begins_before(first, self._run_tiers, hold_days=hold_days),
            simulated_bonuses.begins_before(first, self._promised, hold_days=hold_days),
        )

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self._zone)


def _longest_hold(agreed: Agreed) -> int:
    rules = agreed.rules
    undelivered = rules.undelivered_days if rules.hold_from == HoldFrom.DELIVERY else 0
    return max(agreed.hold_days, undelivered, *(hold.days for hold in rules.holds), 0)
