"""Ninety days of clicks, orders and returns, played through the services of the product."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from fraud.services import screening
from payouts.services import accruals, bonuses, commissions, tiers
from payouts.services import returns as payout_returns
from portal.demo import cast, joining
from portal.demo.cast import Role
from portal.demo.paydays import Paydays
from portal.demo.purchases import Customers, Trail, cancelled
from portal.demo.world import World
from shop.domain.canonical import CanonicalOrder, CanonicalReturn
from shop.services import orders as shop_orders
from shop.services import returns as shop_returns
from tracking.domain.references import new_reference
from tracking.services import attributions, clicks, rollups

DAYS = 90
DAY = timedelta(days=1)
NOBODYS_ORDERS_A_DAY = 7
ACHIEVED_EVERY_DAYS = 5
CONSENT, RETURNED, CANCELLED, SECOND_TOKEN = 0.62, 0.17, 0.025, 0.12
NAVIGATIONS, NAVIGATION_WEIGHTS = ("followed", "typed", "forwarded", "unknown"), (78, 12, 6, 4)
#: Monday to Sunday, in percent of an average day.
WEEK = (90, 85, 90, 95, 100, 115, 125)


class History:
    """Plays one day after the other. Every day ends with the pulls that the clock would make.

    ``times`` as many customers come, and orders that nobody brought.
    """

    def __init__(
        self,
        world: World,
        chance: random.Random,
        *,
        now: datetime,
        roles: Sequence[Role] = cast.ACCEPTED,
        times: int = 1,
    ) -> None:
        self._world = world
        self._chance = chance
        self._roles, self._times = roles, times
        self._begins = now - DAYS * DAY
        self.customers = Customers(chance, world.shop.code, times=times)
        self._paydays = Paydays(world, self._begins)
        self._order_of = count()
        self._coming: list[tuple[datetime, int, CanonicalOrder | CanonicalReturn]] = []
        self._tokens: list[str] = []

    def play(self) -> Iterator[tuple[int, datetime]]:
        """Yield every day's number and end, once everything of it has happened."""
        for day in range(1, DAYS + 1):
            ends = self._begins + day * DAY
            self._change_accounts(day, ends - DAY)
            for role in self._roles:
                if not self._is_stopped(role, day):
                    self._promote(role, day, ends)
            self._sell_to_nobodys_customers(ends)
            self._deliver(ends)
            pull_everything(now=ends)
            if day % ACHIEVED_EVERY_DAYS == 0:
                note_achievements(now=ends)
            self._paydays.pay_if_due(now=ends)
            yield day, ends
        self._sum_referrers()

    def will_happen(self, fact: CanonicalOrder | CanonicalReturn, at: datetime) -> None:
        """Let the shop send ``fact`` at ``at``."""
        heapq.heappush(self._coming, (at, next(self._order_of), fact))

    def _sum_referrers(self) -> None:
        first = timezone.localdate(self._begins)
        for day in range(DAYS + 1):
            rollups.refresh_referrers(first + timedelta(days=day))
            rollups.refresh_marks(first + timedelta(days=day))

    def _change_accounts(self, day: int, now: datetime) -> None:
        if day == cast.SUSPENDED_ON:
            joining.suspend_one(self._world, now=now)
        if day == cast.CLOSED_ON:
            joining.close_one(self._world, now=now)

    def _is_stopped(self, role: Role, day: int) -> bool:
        stops = {cast.SUSPENDED.key: cast.SUSPENDED_ON, cast.CLOSED.key: cast.CLOSED_ON}
        return day >= stops.get(role.key, DAYS + 1)

    def _promote(self, role: Role, day: int, ends: datetime) -> None:
        growth = 70 + 60 * day // DAYS
        wanted = role.clicks_a_day * WEEK[ends.weekday()] * growth
        visits = [self._visit(role, ends) for _visit in range(self._about(wanted, 10_000))]
        clicks.record_many(visits, now=ends)
        for _order in range(self._about(role.code_orders_of_1000_days * growth, 100_000)):
            self._order_later(self._moment(ends), self._code_trail(role))

    def _visit(self, role: Role, ends: datetime) -> clicks.Landing:
        """Return a visit of the day through a link of ``role``, and let its order come."""
        visit = clicks.Landing(
            at=self._moment(ends),
            link=self._chance.choice(self._world.links[role.key]),
            consent=self._chance.random() < CONSENT,
            navigation=self._chance.choices(NAVIGATIONS, NAVIGATION_WEIGHTS)[0],
            referrer_host=role.site.removeprefix("https://").split("/")[0],
            visitor=new_reference(),
        )
        if not visit.consent:
            return visit
        if self._chance.randrange(1_000) < role.buys_of_1000:
            days = self._chance.expovariate(1 / 2.5)
            tokens = [visit.visitor]
            if self._tokens and self._chance.random() < SECOND_TOKEN:
                tokens.append(self._chance.choice(self._tokens[-60:]))
            trail = Trail(tokens=tuple(dict.fromkeys(tokens)))
            self._order_later(visit.at + timedelta(minutes=4, days=days), trail)
        self._tokens.append(visit.visitor)
        return visit

    def _code_trail(self, role: Role) -> Trail:
        in_store = bool(role.store) and self._chance.random() < 0.4
        return Trail(
            code=role.code,
            discount_bps=role.discount_bps,
            store=role.store if in_store else "",
        )

    def _sell_to_nobodys_customers(self, ends: datetime) -> None:
        for _order in range(
            self._about(self._times * NOBODYS_ORDERS_A_DAY * WEEK[ends.weekday()], 100)
        ):
            self._order_later(self._moment(ends), Trail())

    def _order_later(self, at: datetime, trail: Trail) -> None:
        order = self.customers.order(at, trail)
        self.will_happen(order, at)
        lot = self._chance.random()
        if lot < CANCELLED:
            after = timedelta(hours=self._chance.randint(1, 30))
            self.will_happen(cancelled(order, after), at + after)
        elif lot < CANCELLED + RETURNED:
            back_at = at + timedelta(days=self._chance.randint(4, 26))
            self.will_happen(self.customers.return_of(order, back_at), back_at)

    def _deliver(self, ends: datetime) -> None:
        orders, returned = [], []
        while self._coming and self._coming[0][0] <= ends:
            _at, _number, fact = heapq.heappop(self._coming)
            if isinstance(fact, CanonicalOrder):
                orders.append(fact)
            else:
                returned.append(fact)
        shop_id = self._world.shop.pk
        shop_orders.record(shop_id=shop_id, orders=orders, now=ends)
        shop_returns.record(shop_id=shop_id, returns=returned, now=ends)

    def _moment(self, ends: datetime) -> datetime:
        """Return a moment of the day that ends at ``ends``, to the second."""
        return ends - timedelta(seconds=self._chance.randrange(1, 86_400))

    def _about(self, wanted: int, scale: int) -> int:
        """Return a whole number around ``wanted / scale``: now more, now less."""
        spread = wanted * self._chance.randint(60, 140)
        whole, rest = divmod(spread, scale * 100)
        return whole + (self._chance.randrange(scale * 100) < rest)


def pull_everything(*, now: datetime) -> None:
    """Do what the clock's tasks do with a day's facts."""
    for _decided in attributions.catch_up(now=now):
        pass
    pulls: tuple[Callable[..., Any], ...] = (
        screening.screen_pending,
        accruals.accrue_pending,
        payout_returns.apply_pending,
        commissions.approve_due,
    )
    for pull in pulls:
        pull(now=now, limit=10_000)


def note_achievements(*, now: datetime) -> None:
    """Write the tiers and bonuses that the last days brought, some days at once: it is slow."""
    since = now - (ACHIEVED_EVERY_DAYS + 1) * DAY
    tiers.note_reached(now=now, since=since)
    bonuses.award(now=now, since=since)
