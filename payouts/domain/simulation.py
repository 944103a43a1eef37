"""The sums of a simulation: what orders earned before and would earn after, added up. Pure.

Amounts are minor units of one currency each; nothing is rounded here but shares of sales.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from heapq import heappush, heappushpop
from typing import Any, Self

from core.money import BPS, ratio

#: How many orders a simulation keeps by name: of those that change hands, and of the others.
MOST_ORDERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Earning:
    """What one affiliate has of an order on one side. A credit that earns nothing is one too."""

    minor: int  # Less what came back.
    cut_minor: int = 0  # What caps and budgets took off.
    share_bps: int = BPS


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedSale:
    """One order of the period, on both sides, by affiliate id. What came back is off already."""

    order_id: int
    placed_on: date  # In the programme's time zone.
    currency: str
    net_minor: int  # Of its products, without VAT.
    margin_minor: int | None  # On published bands; ``None`` when a line has none.
    actual_margin_minor: int | None  # On real costs; ``None`` when a line has none.
    before: Mapping[int, Earning]
    after: Mapping[int, Earning]
    standing_minor: int = 0  # What its commissions and their adjustments come to in the books.

    @property
    def before_minor(self) -> int:
        return sum(one.minor for one in self.before.values())

    @property
    def after_minor(self) -> int:
        return sum(one.minor for one in self.after.values())

    @property
    def change_minor(self) -> int:
        return self.after_minor - self.before_minor

    @property
    def changes_hands(self) -> bool:
        """Whether somebody wins or loses it, or has another share of it."""
        return _shares(self.before) != _shares(self.after)


def _shares(side: Mapping[int, Earning]) -> dict[int, int]:
    return {affiliate_id: one.share_bps for affiliate_id, one in side.items()}


@dataclass(slots=True)
class Day:
    """The commission of the orders of one day, on both sides."""

    before_minor: int = 0
    after_minor: int = 0


@dataclass(slots=True, kw_only=True)
class Totals:
    """The sums of one currency. ``orders`` are those with a credit on either side."""

    currency: str
    orders: int = 0
    orders_before: int = 0
    orders_after: int = 0
    net_minor: int = 0
    net_before_minor: int = 0
    net_after_minor: int = 0
    before_minor: int = 0
    after_minor: int = 0
    standing_minor: int = 0
    cut_before_minor: int = 0
    cut_after_minor: int = 0
    margin_minor: int = 0
    margin_unknown: int = 0  # Orders without a margin on published bands.
    actual_margin_minor: int = 0
    actual_margin_unknown: int = 0  # Orders without a real margin.
    changing_hands: int = 0
    became_nobodys: int = 0
    were_nobodys: int = 0
    winners: int = 0
    losers: int = 0
    bonus_before_minor: int = 0
    bonus_after_minor: int = 0
    #: Before and after, by the id of each affiliate who reaches one.
    bonuses: dict[str, list[int]] = field(default_factory=dict)
    days: dict[str, Day] = field(default_factory=dict)  # By ISO date.

    @property
    def change_minor(self) -> int:
        return self.after_minor - self.before_minor

    @property
    def cost_before_bps(self) -> int | None:
        """Commission in basis points of the net sales it was paid for: the cost of sales."""
        return cost_of_sales_bps(self.before_minor, self.net_before_minor)

    @property
    def cost_after_bps(self) -> int | None:
        """As ``cost_before_bps``, after."""
        return cost_of_sales_bps(self.after_minor, self.net_after_minor)

    @property
    def left_before_minor(self) -> int:
        """The margin on published bands that the shop keeps of all these orders, before."""
        return self.margin_minor - self.before_minor

    @property
    def left_after_minor(self) -> int:
        """As ``left_before_minor``, after."""
        return self.margin_minor - self.after_minor

    @property
    def actual_left_before_minor(self) -> int:
        """The real margin that the shop keeps of all these orders, before."""
        return self.actual_margin_minor - self.before_minor

    @property
    def actual_left_after_minor(self) -> int:
        """As ``actual_left_before_minor``, after."""
        return self.actual_margin_minor - self.after_minor

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """Return what ``asdict`` made, as it comes back from the database."""
        days = {day: Day(**sums) for day, sums in said["days"].items()}
        return cls(**{**said, "days": days})


@dataclass(slots=True, kw_only=True)
class AffiliateSums:
    """The sums of one affiliate and currency. Net is its share of the orders' net."""

    affiliate_id: int
    currency: str
    orders_before: int = 0
    orders_after: int = 0
    net_before_minor: int = 0
    net_after_minor: int = 0
    before_minor: int = 0
    after_minor: int = 0

    @property
    def change_minor(self) -> int:
        return self.after_minor - self.before_minor


def cost_of_sales_bps(commission_minor: int, net_minor: int) -> int | None:
    """Return commission in basis points of net sales, half away from zero; ``None`` of nothing."""
    return ratio(commission_minor * BPS, net_minor) if net_minor > 0 else None


class Tally:
    """Adds up sales one by one. Its memory grows with affiliates and days, not with orders."""

    def __init__(self) -> None:
        self._totals: dict[str, Totals] = {}
        self._affiliates: dict[tuple[str, int], AffiliateSums] = {}
        self._kept: dict[bool, list[tuple[int, int, SimulatedSale]]] = defaultdict(list)

    def add(self, sale: SimulatedSale) -> None:
        """Count a sale. One that is nobody's on both sides counts nowhere."""
        if not sale.before and not sale.after:
            return
        changes_hands = sale.changes_hands
        change_minor = self._count(sale, changes_hands)
        for affiliate_id in sale.before.keys() | sale.after.keys():
            self._count_of_affiliate(affiliate_id, sale)
        if changes_hands or change_minor:
            self._keep(sale, changes_hands, change_minor)

    def add_bonuses(
        self, before: Mapping[tuple[str, int], int], after: Mapping[tuple[str, int], int]
    ) -> None:
        """Add bonuses in minor units, by currency and affiliate id; beside commissions."""
        for currency, affiliate_id in sorted({**before, **after}):
            if currency not in self._totals:
                self._totals[currency] = Totals(currency=currency)
            totals, key = self._totals[currency], (currency, affiliate_id)
            sides = [before.get(key, 0), after.get(key, 0)]
            totals.bonuses[str(affiliate_id)] = sides
            totals.bonus_before_minor += sides[0]
            totals.bonus_after_minor += sides[1]

    def totals(self) -> list[Totals]:
        """Return the sums of each currency, the one with most orders first."""
        for totals in self._totals.values():
            changes = [
                sums.change_minor
                for (currency, _affiliate_id), sums in self._affiliates.items()
                if currency == totals.currency
            ]
            totals.winners = sum(1 for change in changes if change > 0)
            totals.losers = sum(1 for change in changes if change < 0)
        return sorted(self._totals.values(), key=lambda one: (-one.orders, one.currency))

    def affiliates(self) -> list[AffiliateSums]:
        """Return the sums of each affiliate and currency, the one that loses most first."""
        return sorted(
            self._affiliates.values(), key=lambda one: (one.change_minor, one.affiliate_id)
        )

    def sales(self) -> list[SimulatedSale]:
        """Return the orders that change hands or earn otherwise: those that change most of each."""
        kept = [sale for found in self._kept.values() for _change, _pk, sale in found]
        return sorted(kept, key=lambda one: (-abs(one.change_minor), one.order_id))

    def _count(self, sale: SimulatedSale, changes_hands: bool) -> int:
        """Count a sale in its currency; return by how much its commission changes."""
        if sale.currency not in self._totals:
            self._totals[sale.currency] = Totals(currency=sale.currency)
        totals = self._totals[sale.currency]
        before_minor, after_minor = sale.before_minor, sale.after_minor
        totals.orders += 1
        totals.net_minor += sale.net_minor
        if sale.before:
            totals.orders_before += 1
            totals.net_before_minor += sale.net_minor
        if sale.after:
            totals.orders_after += 1
            totals.net_after_minor += sale.net_minor
        totals.before_minor += before_minor
        totals.after_minor += after_minor
        totals.standing_minor += sale.standing_minor
        totals.cut_before_minor += _cut(sale.before.values())
        totals.cut_after_minor += _cut(sale.after.values())
        totals.margin_minor += sale.margin_minor or 0
        totals.margin_unknown += sale.margin_minor is None
        totals.actual_margin_minor += sale.actual_margin_minor or 0
        totals.actual_margin_unknown += sale.actual_margin_minor is None
        totals.changing_hands += changes_hands
        totals.became_nobodys += not sale.after
        totals.were_nobodys += not sale.before
        placed_on = sale.placed_on.isoformat()
        if placed_on not in totals.days:
            totals.days[placed_on] = Day()
        day = totals.days[placed_on]
        day.before_minor += before_minor
        day.after_minor += after_minor
        return after_minor - before_minor

    def _count_of_affiliate(self, affiliate_id: int, sale: SimulatedSale) -> None:
        key = sale.currency, affiliate_id
        if key not in self._affiliates:
            self._affiliates[key] = AffiliateSums(affiliate_id=affiliate_id, currency=sale.currency)
        sums = self._affiliates[key]
        before, after = sale.before.get(affiliate_id), sale.after.get(affiliate_id)
        if before is not None:
            sums.orders_before += 1
            sums.before_minor += before.minor
            sums.net_before_minor += ratio(sale.net_minor * before.share_bps, BPS)
        if after is not None:
            sums.orders_after += 1
            sums.after_minor += after.minor
            sums.net_after_minor += ratio(sale.net_minor * after.share_bps, BPS)

    def _keep(self, sale: SimulatedSale, changes_hands: bool, change_minor: int) -> None:
        kept = self._kept[changes_hands]
        entry = abs(change_minor), -sale.order_id, sale
        if len(kept) < MOST_ORDERS:
            heappush(kept, entry)
        else:
            heappushpop(kept, entry)


def _cut(side: Iterable[Earning]) -> int:
    return sum(one.cut_minor for one in side)


def summary_json(totals: Iterable[Totals]) -> dict[str, Any]:
    """Return the sums as ``Simulation.summary`` keeps them."""
    return {"currencies": [asdict(one) for one in totals]}


def read_summary(said: Mapping[str, Any]) -> list[Totals]:
    """Return what ``summary_json`` wrote; nothing while a simulation is not done."""
    return [Totals.from_json(one) for one in said.get("currencies", ())]
