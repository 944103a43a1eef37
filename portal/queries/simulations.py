"""What the pages of simulations show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from core.csv_export import Cell
from core.money import Money
from payouts.domain.simulation import Day, Totals, cost_of_sales_bps, read_summary
from payouts.models import SimulatedAffiliate, SimulatedOrder, Simulation
from portal.formats import format_bps, format_count, format_money

#: Longer periods are drawn by month.
MOST_DAYS_DRAWN = 62
_NO_BONUS = [0, 0]
ORDERS = {
    "name": ("affiliate__name",),
    "before": ("before_minor",),
    "after": ("after_minor",),
    "change": ("change",),
    "orders": ("orders_after",),
}


@dataclass(frozen=True, slots=True)
class AffiliateRow:
    """One affiliate before and after."""

    name: str
    href: str
    orders_before: int
    orders_after: int
    before: Money
    after: Money
    change: Money
    bonus_before: Money
    bonus_after: Money
    cost_before_bps: int | None
    cost_after_bps: int | None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order before and after: who has what of it."""

    number: str
    href: str
    placed_on: date
    before: list[tuple[str, Money]]
    after: list[tuple[str, Money]]
    change: Money


@dataclass(frozen=True, slots=True)
class Chart:
    """The commission of the period after, beside what it was before."""

    points: list[tuple[date | str, int]]
    before: list[int]


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A figure, or an affiliate, of several simulations. A value each, already formatted."""

    label: str
    values: list[str]


def totals_of(simulation: Simulation, currency: str) -> Totals | None:
    """Return the sums of a currency; of the one with most orders when it has none of that."""
    found = read_summary(simulation.summary)
    return next((one for one in found if one.currency == currency), next(iter(found), None))


def affiliates_of(
    simulation: Simulation, currency: str, *, who: str, sort: str
) -> QuerySet[SimulatedAffiliate]:
    """Return the affiliates of a simulation; ``who``: winners or losers. ``-`` sorts downwards."""
    rows = simulation.affiliates.filter(currency=currency).annotate(
        change=F("after_minor") - F("before_minor")
    )
    if who == "winners":
        rows = rows.filter(change__gt=0)
    elif who == "losers":
        rows = rows.filter(change__lt=0)
    fields = ORDERS.get(sort.removeprefix("-"), ("change",))
    sign = "-" if sort.startswith("-") else ""
    return rows.select_related("affiliate").order_by(
        *(f"{sign}{name}" for name in fields), "affiliate"
    )


def affiliate_rows(
    found: Sequence[SimulatedAffiliate], *, bonuses: Mapping[str, list[int]], is_linked: bool
) -> list[AffiliateRow]:
    """Return affiliates as they are shown; ``is_linked`` for those who may open their pages.

    ``bonuses``: before and after, in minor units, by the id of the affiliate.
    """
    return [
        AffiliateRow(
            name=one.affiliate.name,
            href=reverse("portal:affiliate-detail", args=[one.affiliate.public_id])
            if is_linked
            else "",
            orders_before=one.orders_before,
            orders_after=one.orders_after,
            before=Money(one.before_minor, one.currency),
            after=Money(one.after_minor, one.currency),
            change=Money(one.after_minor - one.before_minor, one.currency),
            bonus_before=Money(bonuses.get(str(one.affiliate_id), _NO_BONUS)[0], one.currency),
            bonus_after=Money(bonuses.get(str(one.affiliate_id), _NO_BONUS)[1], one.currency),
            cost_before_bps=cost_of_sales_bps(one.before_minor, one.net_before_minor),
            cost_after_bps=cost_of_sales_bps(one.after_minor, one.net_after_minor),
        )
        for one in found
    ]


def orders_of(simulation: Simulation, currency: str, *, what: str) -> QuerySet[SimulatedOrder]:
    """Return the orders kept by name, the largest change first; ``what``: those changing hands."""
    rows = simulation.orders.filter(currency=currency)
    if what == "hands":
        rows = rows.filter(changes_hands=True)
    elif what == "amount":
        rows = rows.filter(changes_hands=False)
    return rows.select_related("order").order_by("pk")


def order_rows(found: Sequence[SimulatedOrder]) -> list[OrderRow]:
    """Return orders as they are shown. One query for all names."""
    ids = {int(pk) for one in found for pk in (*one.before, *one.after)}
    names = dict(Affiliate.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [
        OrderRow(
            number=one.order.number,
            href=reverse("portal:order-detail", args=[one.order_id]),
            placed_on=one.order.placed_at,
            before=_parts(one.before, names, one.currency),
            after=_parts(one.after, names, one.currency),
            change=Money(one.change_minor, one.currency),
        )
        for one in found
    ]


def chart_of(totals: Totals) -> Chart:
    """Return the commission of every day, or of every month of a longer period."""
    first, last = (date.fromisoformat(found(totals.days)) for found in (min, max))
    length = (last - first).days + 1
    before: dict[date | str, int] = {}
    after: dict[date | str, int] = {}
    for place in range(length):
        iso = (first + timedelta(days=place)).isoformat()
        day = totals.days.get(iso, Day())
        key = iso[:7] if length > MOST_DAYS_DRAWN else date.fromisoformat(iso)
        before[key] = before.get(key, 0) + day.before_minor
        after[key] = after.get(key, 0) + day.after_minor
    return Chart(points=list(after.items()), before=list(before.values()))


def compared(found: Sequence[Totals | None], *, with_costs: bool) -> list[ComparedRow]:
    """Return the figures of simulations side by side; a dash where one has none."""
    figures: list[tuple[str, Callable[[Totals], str]]] = [
        (_("Orders with a credit"), lambda one: format_count(one.orders)),
        (_("Net sales of these orders"), lambda one: _money(one.net_minor, one)),
        (_("Commission before"), lambda one: _money(one.before_minor, one)),
        (_("Commission after"), lambda one: _money(one.after_minor, one)),
        (_("Change of commission"), lambda one: _money(one.change_minor, one)),
        (_("Bonuses before"), lambda one: _money(one.bonus_before_minor, one)),
        (_("Bonuses after"), lambda one: _money(one.bonus_after_minor, one)),
        (_("Cost of sales before"), lambda one: _percent(one.cost_before_bps)),
        (_("Cost of sales after"), lambda one: _percent(one.cost_after_bps)),
        (_("Cut by caps and budgets"), lambda one: _money(one.cut_after_minor, one)),
        (_("Margin left on published bands"), lambda one: _money(one.left_after_minor, one)),
        (_("Orders that change hands"), lambda one: format_count(one.changing_hands)),
        (_("Affiliates who win"), lambda one: format_count(one.winners)),
        (_("Affiliates who lose"), lambda one: format_count(one.losers)),
    ]
    if with_costs:
        figures.insert(
            11, (_("Real margin left"), lambda one: _money(one.actual_left_after_minor, one))
        )
    return [
        ComparedRow(label, [figure(one) if one else "–" for one in found])
        for label, figure in figures
    ]


def compared_affiliates(
    simulations: Sequence[Simulation], currency: str, *, most: int
) -> list[ComparedRow]:
    """Return what changes for each affiliate in each simulation, the largest changes first."""
    changes: dict[int, dict[int, int]] = {}
    names: dict[int, str] = {}
    rows = SimulatedAffiliate.objects.filter(simulation__in=simulations, currency=currency)
    for row in rows.select_related("affiliate"):
        names[row.affiliate_id] = row.affiliate.name
        found = changes.setdefault(row.affiliate_id, {})
        found[row.simulation_id] = row.after_minor - row.before_minor
    largest = sorted(
        changes, key=lambda pk: (-max(abs(one) for one in changes[pk].values()), names[pk])
    )
    return [
        ComparedRow(
            names[pk],
            [
                format_money(Money(changes[pk][one.pk], currency)) if one.pk in changes[pk] else "–"
                for one in simulations
            ],
        )
        for pk in largest[:most]
    ]


def affiliate_cells(simulation: Simulation) -> Iterator[list[Cell]]:
    """Yield the rows of the file of affiliates, the one that loses most first."""
    rows = simulation.affiliates.annotate(change=F("after_minor") - F("before_minor"))
    bonuses = {one.currency: one.bonuses for one in read_summary(simulation.summary)}
    for row in rows.select_related("affiliate").order_by("currency", "change", "affiliate"):
        minors = (
            row.net_before_minor, row.net_after_minor, row.before_minor, row.after_minor,
            row.after_minor - row.before_minor,
            *bonuses[row.currency].get(str(row.affiliate_id), _NO_BONUS),
        )  # fmt: skip
        yield [
            row.affiliate.name, row.orders_before, row.orders_after,
            *(Money(minor, row.currency) for minor in minors), row.currency,
        ]  # fmt: skip


def order_cells(simulation: Simulation) -> Iterator[list[Cell]]:
    """Yield the rows of the file of orders: one for each affiliate that has it on either side."""
    found = list(simulation.orders.select_related("order").order_by("pk"))
    ids = {int(pk) for one in found for pk in (*one.before, *one.after)}
    names = dict(Affiliate.objects.filter(pk__in=ids).values_list("pk", "name"))
    for one in found:
        for pk in sorted({*one.before, *one.after}, key=int):
            before, after = one.before.get(pk), one.after.get(pk)
            yield [
                one.order.number, one.order.placed_at.date(), names[int(pk)],
                None if before is None else Money(before, one.currency),
                None if after is None else Money(after, one.currency),
                one.currency, one.changes_hands,
            ]  # fmt: skip


def _parts(
    side: Mapping[str, int], names: Mapping[int, str], currency: str
) -> list[tuple[str, Money]]:
    return [(names[int(pk)], Money(minor, currency)) for pk, minor in side.items()]


def _money(minor: int, totals: Totals) -> str:
    return format_money(Money(minor, totals.currency))


def _percent(bps: int | None) -> str:
    return "–" if bps is None else format_bps(bps)
