"""What a creator's home shows: the week so far, what needs them, what works, what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt

from babel.dates import get_day_names
from django.db.models import Q, Sum
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
from portal.queries.my_looks import LookRow
from portal.queries.sales import with_state
from portal.series import change_bps
from shop.counting import number_of_orders
from shop.models import Shop
from tracking.models import ClickHour, Credit

BEST_DAYS = 30
MOST_LOOKS = 6
MOST_BRIEFS = 3
#: A tip compares clicks of 90 days, and says nothing of fewer than these, in both groups.
TIP_DAYS = 90
LEAST_CLICKS = 300
LEAST_ORDERS = 20
#: The two-sided 1 % point of the normal distribution, divided by seven comparisons: 0.14 %.
CRITICAL_Z = 3.19


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
    """Looks that need their creator, changes first; ``total``: looks there are at all."""

    needing: list[LookRow]
    total: int


@dataclass(frozen=True, slots=True)
class Best:
    """The look and the product that earned or sold most lately."""

    look: LookRow | None
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
    """Return the week so far beside the same days of the week before, in three queries."""
    today = in_paris(now).date()
    monday = today - timedelta(days=today.weekday())
    period = DateRange("week", monday, today, is_open=True)
    earlier = DateRange("previous", monday - timedelta(days=7), today - timedelta(days=7))
    current, before = figures(affiliate_id, period, earlier, currency)
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
    """Return the looks that wait for their creator, in eight queries.

    Changes that were asked for come first, then refusals, hidden looks and drafts.
    """
    rows = found.of_affiliate(affiliate.pk).filter(archived_at__isnull=True)
    open_version = LookVersion.objects.filter(
        look__affiliate=affiliate, status__in=[VersionStatus.CHANGES, VersionStatus.REFUSED]
    )
    asked = dict(open_version.order_by("number").values_list("look_id", "status"))
    waiting = rows.filter(
        Q(pk__in=[pk for pk, status in asked.items() if status == VersionStatus.CHANGES])
        | Q(status__in=[LookStatus.DRAFT, LookStatus.PAUSED, LookStatus.EXPIRED])
    ).exclude(versions__status=VersionStatus.SUBMITTED)
    drawn = list(waiting.order_by("-created_at")[: MOST_LOOKS * 4])
    drawn.sort(key=lambda look: _urgency(look, asked.get(look.pk)))
    return Looks(my_looks.rows_of(affiliate.pk, drawn[:MOST_LOOKS]), rows.count())


def _urgency(look: Look, asked: str | None) -> int:
    if asked == VersionStatus.CHANGES:
        return 0
    return {LookStatus.PAUSED: 1, LookStatus.EXPIRED: 2}.get(LookStatus(look.status), 3)


def best(affiliate_id: int, now: datetime, currency: str) -> Best:
    """Return the look that earned most and the product that sold most in thirty days."""
    today = in_paris(now).date()
    period = DateRange("30d", today - timedelta(days=BEST_DAYS - 1), today)
    row = (
        with_state(
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
    look = list(found.of_affiliate(affiliate_id).filter(pk=row[0]))
    shown = next(iter(my_looks.rows_of(affiliate_id, look)), None)
    return Best(shown, row[1], Money(row[2], currency), product)


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
    """
    until = in_paris(now).date()
    since = DateRange("tip", until - timedelta(days=TIP_DAYS), until - timedelta(days=1))
    clicks = _clicks_by_weekday(affiliate_id, since)
    orders = _orders_by_weekday(affiliate_id, since)
    return said_of(clicks, orders)


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


def _clicks_by_weekday(affiliate_id: int, period: DateRange) -> list[int]:
    rows = (
        ClickHour.objects.filter(
            affiliate_id=affiliate_id, hour__gte=period.since, hour__lt=period.until
        )
        .values_list(ExtractIsoWeekDay("hour", tzinfo=PARIS))
        .annotate(total=Sum("visits"))
        .order_by()
    )
    return _week(dict(rows))


def _orders_by_weekday(affiliate_id: int, period: DateRange) -> list[int]:
    """By the day of the click that won: an order by promo code alone has none."""
    rows = (
        Credit.objects.filter(
            affiliate_id=affiliate_id,
            click_at__gte=period.since,
            click_at__lt=period.until,
            order__is_test=False,
        )
        .values_list(ExtractIsoWeekDay("click_at", tzinfo=PARIS))
        .annotate(total=number_of_orders())
        .order_by()
    )
    return _week(dict(rows))


def _week(by_number: dict[int, int]) -> list[int]:
    return [by_number.get(number, 0) for number in range(1, 8)]


def shops() -> list[Shop]:
    """Return the shops for which looks are made."""
    return list(Shop.objects.order_by("pk"))
