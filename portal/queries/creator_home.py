"""What a creator's home shows: the week so far, what needs them, what works, what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt
from typing import Any

from babel.dates import get_day_names
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractIsoWeekDay
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from core.money import BPS, Money, ratio
from influencers.models import (
    Look,
    LookStatus,
    LookVersion,
    Participation,
    PartStatus,
    VersionStatus,
)
from influencers.queries import looks as found
from influencers.queries.campaigns import dues
from portal.date_range import DateRange
from portal.formats import PARIS, format_bps, format_count, in_paris, locale
from portal.queries import my_looks
from portal.queries.home_figures import BestProduct, Figures, best_products, figures
from portal.queries.my_looks import LookCard, ShownLook
from portal.queries.sales import with_earned
from portal.series import change_bps
from shop.counting import number_of_orders
from shop.models import Shop
from tracking.models import ClickDay, Credit

BEST_DAYS = 30
MOST_LOOKS = 6
MOST_BRIEFS = 3
#: A tip compares clicks of 90 days, and says nothing of fewer than these, in both groups.
TIP_DAYS = 90
LEAST_CLICKS = 300
LEAST_ORDERS = 20
#: The two-sided 1 % point of the normal distribution, divided by seven comparisons: 0.14 %.
CRITICAL_Z = 3.19
_CLICKS, _ORDERS = "clicks", "orders"


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to today in Paris, and the same days of the week before."""

    period: DateRange
    now: Figures
    before: Figures
    clicks: list[tuple[str, int]]  # Of the seven days, those to come with none.
    earned: list[tuple[str, int]]

    @property
    def clicks_change(self) -> int | None:
        return change_bps(self.now.clicks, self.before.clicks)

    @property
    def earned_change(self) -> int | None:
        return change_bps(self.now.earned_minor, self.before.earned_minor)


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks that need their creator, changes first; ``has_any``: there are looks at all."""

    needing: list[LookCard]
    has_any: bool


@dataclass(frozen=True, slots=True)
class Best:
    """The look and the product that earned or sold most lately."""

    look: ShownLook | None
    orders: int
    earned: Money | None
    product: BestProduct | None


@dataclass(frozen=True, slots=True)
class OpenBrief:
    """A campaign that a creator takes part in, with the next day on which a piece is due."""

    part: Participation
    due_on: date | None
    left: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class Tip:
    """Something that the figures say clearly enough, and how that was tested."""

    text: str
    how: str


def week(affiliate_id: int, now: datetime, currency: str) -> Week:
    """Return the week so far beside the same days of the week before, in two queries."""
    today = in_paris(now).date()
    monday = today - timedelta(days=today.weekday())
    period = DateRange("week", monday, today, is_open=True)
    earlier = DateRange("previous", monday - timedelta(days=7), today - timedelta(days=7))
    current, before = figures(affiliate_id, period, earlier, currency, with_baskets=False)
    names = get_day_names("abbreviated", locale=locale())
    days = [monday + timedelta(days=step) for step in range(7)]
    return Week(
        period,
        current,
        before or Figures(currency),
        [(names[day.weekday()], current.clicks_by_day[day]) for day in days],
        [(names[day.weekday()], current.earned_by_day[day]) for day in days],
    )


def looks(affiliate: Affiliate) -> Looks:
    """Return the looks that wait for their creator, in three queries; in one if none does.

    Changes that were asked for come first, then refusals, hidden looks and drafts.
    """
    versions = LookVersion.objects.filter(look=OuterRef("pk"))
    answered = versions.filter(status__in=[VersionStatus.CHANGES, VersionStatus.REFUSED])
    # Those that wait come first, so that one look of the others says that there are looks at all.
    rows = (
        found.of_affiliate(affiliate.pk)
        .filter(archived_at__isnull=True)
        .annotate(asked=Subquery(answered.order_by("-number").values("status")[:1]))
        .annotate(
            waits=Case(
                When(Exists(versions.filter(status=VersionStatus.SUBMITTED)), then=False),
                When(asked=VersionStatus.CHANGES, then=True),
                default=Q(status__in=[LookStatus.DRAFT, LookStatus.PAUSED, LookStatus.EXPIRED]),
                output_field=BooleanField(),
            )
        )
    )
    drawn = list(rows.order_by("-waits", "-created_at")[: MOST_LOOKS * 4])
    waiting = [look for look in drawn if look.waits]
    waiting.sort(key=lambda look: _urgency(look, look.asked))
    return Looks(my_looks.cards_of(waiting[:MOST_LOOKS]), bool(drawn))


def _urgency(look: Look, asked: str | None) -> int:
    if asked == VersionStatus.CHANGES:
        return 0
    return {LookStatus.PAUSED: 1, LookStatus.EXPIRED: 2}.get(LookStatus(look.status), 3)


def best(affiliate_id: int, now: datetime, currency: str) -> Best:
    """Return what earned and what sold most in thirty days, a look and a product. Three queries."""
    today = in_paris(now).date()
    period = DateRange("30d", today - timedelta(days=BEST_DAYS - 1), today)
    row = (
        with_earned(
            Credit.objects.filter(
                affiliate_id=affiliate_id,
                order__placed_at__gte=period.since,
                order__currency=currency,
                order__is_test=False,
                touchpoint__link__look__isnull=False,
            )
        )
        .order_by()
        .values_list("touchpoint__link__look")
        .annotate(number=number_of_orders(), total=Coalesce(Sum("earned_minor"), 0))
        .order_by("-total", "touchpoint__link__look")
        .first()
    )
    product = next(iter(best_products(affiliate_id, period, currency)), None)
    if row is None:
        return Best(None, 0, None, product)
    return Best(my_looks.shown_of(row[0]), row[1], Money(row[2], currency), product)


def briefs(affiliate_id: int, now: datetime) -> list[OpenBrief]:
    """Return the campaigns in which something is still due, the most urgent first."""
    today = in_paris(now).date()
    parts = Participation.objects.filter(affiliate=affiliate_id, status=PartStatus.ACCEPTED)
    accepted = list(parts.select_related("campaign").order_by("campaign__ends_on"))
    waiting: dict[int, list[date]] = {}
    for one in dues(accepted):
        if one.is_waited_for:
            waiting.setdefault(one.part.pk, []).append(one.deliverable.due_on)
    rows = [
        OpenBrief(
            part,
            min(waiting[part.pk], default=None),
            len(waiting[part.pk]),
            min(waiting[part.pk]) < today,
        )
        for part in accepted
        if part.pk in waiting
    ]
    return sorted(rows, key=lambda row: (row.due_on, row.part.pk))[:MOST_BRIEFS]


def tip(affiliate_id: int, now: datetime) -> Tip | None:
    """Return the weekday whose clicks convert clearly better than the others', if there is one.

    Clicks of ninety whole days and the orders that their links brought are counted by the
    weekday in Paris. A weekday is compared with the six others by the two-proportion z test;
    seven are tried, so the 1 % level is divided by seven. Too little of either: no tip.
    One query.
    """
    until = in_paris(now).date()
    since = DateRange("tip", until - timedelta(days=TIP_DAYS), until - timedelta(days=1))
    return said_of(*_by_weekday(affiliate_id, since))


def said_of(clicks: Sequence[int], orders: Sequence[int]) -> Tip | None:
    """Return the tip that seven counts of clicks and of orders, Monday first, bear out."""
    every_click, every_order = sum(clicks), sum(orders)
    clear: list[tuple[float, int]] = []
    for day in range(7):
        rest_clicks, rest_orders = every_click - clicks[day], every_order - orders[day]
        if min(clicks[day], rest_clicks) < LEAST_CLICKS:
            continue
        if min(orders[day], rest_orders) < LEAST_ORDERS:
            continue
        z = _z(orders[day], clicks[day], rest_orders, rest_clicks)
        if z > CRITICAL_Z:
            clear.append((z, day))
    if not clear:
        return None
    day = max(clear)[1]
    rest_clicks, rest_orders = every_click - clicks[day], every_order - orders[day]
    times = ratio(orders[day] * rest_clicks * 100, clicks[day] * rest_orders)
    name = get_day_names("wide", locale=locale())[day]
    return Tip(
        _("Your clicks of %(day)s convert %(times)s times as often as those of other days.")
        % {"day": name, "times": format_count(_tenths(times))},
        _(
            "%(orders)s orders of %(clicks)s clicks (%(share)s), in %(days)s days. Compared with"
            " the other weekdays by the two-proportion z test, at the 1 %% level for seven"
            " comparisons. Said only from %(least)s clicks and %(few)s orders on each side."
        )
        % {
            "orders": format_count(orders[day]),
            "clicks": format_count(clicks[day]),
            "share": format_bps(ratio(orders[day] * BPS, clicks[day])),
            "days": TIP_DAYS,
            "least": LEAST_CLICKS,
            "few": LEAST_ORDERS,
        },
    )


def _tenths(hundredths: int) -> Decimal:
    return (Decimal(hundredths) / 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _z(one: int, of_one: int, other: int, of_other: int) -> float:
    pooled = (one + other) / (of_one + of_other)
    if not 0 < pooled < 1:
        return 0.0
    spread = sqrt(pooled * (1 - pooled) * (1 / of_one + 1 / of_other))
    return (one / of_one - other / of_other) / spread


def _by_weekday(affiliate_id: int, period: DateRange) -> tuple[list[int], list[int]]:
    """Return the clicks and the orders of each weekday, Monday first.

    Orders count by the day of the click that won: one by promo code alone has none.
    """
    clicks = ClickDay.objects.filter(
        affiliate_id=affiliate_id, day__gte=period.first, day__lte=period.last
    )
    orders = Credit.objects.filter(
        affiliate_id=affiliate_id,
        click_at__gte=period.since,
        click_at__lt=period.until,
        order__is_test=False,
    )
    both = _numbered(clicks, _CLICKS, ExtractIsoWeekDay("day"), Sum("visits")).union(
        _numbered(orders, _ORDERS, ExtractIsoWeekDay("click_at", tzinfo=PARIS), number_of_orders()),
        all=True,
    )
    found = {_CLICKS: [0] * 7, _ORDERS: [0] * 7}
    for what, weekday, total in both:
        found[what][weekday - 1] = total
    return found[_CLICKS], found[_ORDERS]


def _numbered(rows: QuerySet[Any], what: str, weekday: Any, total: Any) -> QuerySet[Any]:
    named: QuerySet[Any] = (
        rows.order_by().values_list(Value(what, CharField()), weekday).annotate(total=total)
    )
    return named


def shops() -> list[Shop]:
    """Return the shops for which looks are made."""
    return list(Shop.objects.order_by("pk"))
