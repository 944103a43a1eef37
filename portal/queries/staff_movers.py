"""Who brings most, more and less than before, and what changed more than it usually does."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import F, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from core.money import Money
from payouts.models import Commission, CommissionStatus
from portal.date_range import DateRange
from portal.formats import format_count, in_paris
from portal.queries.staff_program import within
from portal.series import change_bps
from portal.unexpected import WEEKS, Change, unexpected
from shop.counting import counted_sql, number_of_orders, root_sql

TOP = 5
#: Fewer orders in both periods together make nobody rise or fall.
LEAST_ORDERS = 10
MOST_CHANGES = 8
_ORDER = "credit__order__"

#: Each by affiliate and week, and by week alone: what several affiliates share is one of all.
_CLICKS = """
SELECT affiliate_id, (%(until)s::date - 1 - day) / 7, sum(visits)
FROM tracking_clickday WHERE day >= %(since)s AND day < %(until)s
GROUP BY GROUPING SETS ((1, 2), (2))
"""
_ORDERS = f"""
SELECT c.affiliate_id,
  (%(until)s::date - 1 - (o.placed_at AT TIME ZONE 'Europe/Paris')::date) / 7,
  count(DISTINCT o.id)
FROM tracking_credit c JOIN shop_order o ON o.id = c.order_id
WHERE o.placed_at >= %(from)s AND o.placed_at < %(to)s AND {counted_sql("o")}
GROUP BY GROUPING SETS ((1, 2), (2))
"""  # noqa: S608
#: Goods of an order and of what was added to it may come back together: one return.
_RETURNS = f"""
SELECT c.affiliate_id,
  (%(until)s::date - 1 - (r.returned_at AT TIME ZONE 'Europe/Paris')::date) / 7,
  count(DISTINCT ({root_sql("o")}, r.returned_at))
FROM shop_return r JOIN shop_order o ON o.id = r.order_id AND NOT o.is_test
JOIN tracking_credit c ON c.order_id = o.id
WHERE r.returned_at >= %(from)s AND r.returned_at < %(to)s AND r.withdrawn_at IS NULL
  AND r.reason = 'return'
  AND EXISTS (SELECT 1 FROM shop_returnline x WHERE x.shop_return_id = r.id AND x.quantity > 0)
GROUP BY GROUPING SETS ((1, 2), (2))
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Mover:
    """An affiliate with what its orders of two periods earned, before returns."""

    name: str
    public_id: str
    orders: int
    earned: Money
    before: Money

    @property
    def href(self) -> str:
        """Where the affiliate is looked at."""
        return reverse("portal:affiliate-detail", args=[self.public_id])

    @property
    def change(self) -> Money:
        return self.earned - self.before

    @property
    def change_bps(self) -> int | None:
        return change_bps(self.earned.minor, self.before.minor)


@dataclass(frozen=True, slots=True)
class Movers:
    """The best, and those who moved most. ``earned``: minor units of all in both periods."""

    top: list[Mover]
    rising: list[Mover]
    falling: list[Mover]
    earned: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Unexpected:
    """Something that changed more than it usually does, in words."""

    what: str
    who: str
    href: str
    change: Change

    @property
    def sentence(self) -> str:
        return _("%(value)s in the last seven days; %(low)s to %(high)s were to be expected.") % {
            "value": format_count(self.change.value),
            "low": format_count(self.change.low),
            "high": format_count(self.change.high),
        }


def movers(period: DateRange, earlier: DateRange, currency: str) -> Movers:
    """Return who earned most in ``period``, and who most more and less than in ``earlier``.

    Rising and falling are told of those with ten orders in both together. One query.
    """
    now, before = within("credit__order__placed_at", period, earlier)
    rows = (
        Commission.objects.filter(now | before, currency=currency)
        .exclude(status=CommissionStatus.REVERSED)
        .values(name=F("affiliate__name"), public=F("affiliate__public_id"))
        .annotate(
            orders=number_of_orders(_ORDER, among=now),
            every=number_of_orders(_ORDER),
            earned=Sum("amount_minor", filter=now, default=0),
            earlier=Sum("amount_minor", filter=before, default=0),
        )
        .order_by("name", "public")
    )
    found = [
        (
            Mover(
                row["name"],
                str(row["public"]),
                row["orders"],
                Money(row["earned"], currency),
                Money(row["earlier"], currency),
            ),
            row["every"],
        )
        for row in rows
    ]
    best = sorted((one for one, _n in found if one.orders), key=lambda one: -one.earned.minor)
    moved = sorted(
        (one for one, n in found if n >= LEAST_ORDERS), key=lambda one: -one.change.minor
    )
    return Movers(
        best[:TOP],
        [one for one in moved if one.change.minor > 0][:TOP],
        [one for one in reversed(moved) if one.change.minor < 0][:TOP],
        (
            sum(one.earned.minor for one, _n in found),
            sum(one.before.minor for one, _n in found),
        ),
    )


def changes(now: datetime) -> list[Unexpected]:
    """Return what the last seven whole days brought otherwise than the nine weeks before them.

    Clicks, orders and returns of each affiliate and of all together, by ``portal.unexpected``; the
    farthest from usual first. An order counts without what was added to it, a return when goods
    came back: cancellations are none. Four queries.
    """
    until = in_paris(now).date()
    found: list[tuple[str, int | None, Change]] = []
    for what, statement in (
        (_("Clicks"), _CLICKS),
        (_("Orders"), _ORDERS),
        (_("Returns"), _RETURNS),
    ):
        for who, weeks in _weeks(statement, until).items():
            change = unexpected(weeks[0], weeks[1:])
            if change is not None:
                found.append((what, who, change))
    found.sort(key=lambda one: (one[1] is not None, -one[2].distance))
    shown = found[:MOST_CHANGES]
    names = Affiliate.objects.in_bulk([pk for _what, pk, _change in shown if pk is not None])
    return [_told(what, names.get(pk) if pk is not None else None, one) for what, pk, one in shown]


def _told(what: str, who: Affiliate | None, change: Change) -> Unexpected:
    if who is None:
        return Unexpected(what, _("The whole programme"), "", change)
    href = reverse("portal:affiliate-detail", args=[who.public_id])
    return Unexpected(what, who.name, href, change)


def _weeks(statement: str, until: date) -> dict[int | None, list[int]]:
    """Return the counts of the last seven days and of the weeks before, by affiliate.

    Those of all together are under None.
    """
    since = until - timedelta(days=7 * (WEEKS + 1))
    days = DateRange("weeks", since, until - timedelta(days=1))
    facts = {"since": since, "until": until, "from": days.since, "to": days.until}
    found: dict[int | None, list[int]] = defaultdict(lambda: [0] * (WEEKS + 1))
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        for affiliate_id, week, number in cursor.fetchall():
            found[affiliate_id][week] += int(number)
    return found
