"""How much of a metric an affiliate has in a period: of commissions approved in it (rule B1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import (
    BigIntegerField,
    CharField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat

from affiliates.domain.terms import Bonus, BonusKind, Customer, Metric, Step, TermsRules, Tiers
from affiliates.domain.terms_document import read_rules
from affiliates.models import Programme, Terms
from payouts.aftermath import Aftermath
from payouts.domain.achievements import SoldLine, margin_that_counts, next_step, period_of
from payouts.domain.refunds import Left
from payouts.line_facts import customers_of
from payouts.models import Adjustment, Commission, CommissionLine, TierReached, Transfer
from shop.counting import root
from shop.models import Order, OrderLine

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Half-open moments between which approvals count."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TierCount:
    """What counts for an affiliate's tiers in a period. Minor units, orders or customers."""

    tiers: Tiers
    value: int
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TierProgress(TierCount):
    """Where an affiliate stands on the steps of its terms."""

    rate_bps: int  # Of orders placed now.
    next: Step | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusProgress:
    """A bonus of an affiliate's terms, how far it is, and whether it was awarded."""

    bonus: Bonus
    value: int
    is_awarded: bool


def window_of(first: date, end: date, zone: ZoneInfo) -> Window:
    """Return the moments from the beginning of ``first`` to the beginning of ``end``."""
    return Window(
        since=datetime.combine(first, time(), zone), until=datetime.combine(end, time(), zone)
    )


def metric_value(
    affiliate_id: int, metric: Metric, window: Window, *, currency: str, unknown: Customer
) -> int:
    """Return how much of ``metric`` an affiliate was approved for in ``window``.

    Commissions in ``currency`` that were approved with more than nothing, as far as something of
    them is left. ``unknown``: as what a buyer of whom nothing is known counts.
    """
    standing = _standing(affiliate_id, window, currency)
    if metric == Metric.MARGIN:
        return _margin(standing)
    order_ids = _orders(standing, affiliate_id, window.since, currency)
    if metric == Metric.ORDERS:
        return len(order_ids)
    return _new_customers(order_ids, unknown)


class Counting:
    """What counts for one affiliate, each value looked up once however many goals ask for it."""

    def __init__(self, affiliate_id: int) -> None:
        self._affiliate_id = affiliate_id
        self._values: dict[tuple[Metric, Window, str, Customer], int] = {}

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone in which periods begin and end."""
        return Programme.get().zone

    def value(self, metric: Metric, window: Window, *, currency: str, unknown: Customer) -> int:
        """Return what :func:`metric_value` does."""
        key = (metric, window, currency, unknown)
        if key not in self._values:
            self._values[key] = metric_value(
                self._affiliate_id, metric, window, currency=currency, unknown=unknown
            )
        return self._values[key]


def first_approved(affiliate_id: int) -> Commission | None:
    """Return the commission of an affiliate that was approved first, with its terms. One query."""
    approvals = Transfer.objects.filter(kind="approved", credit__affiliate=affiliate_id)
    key = Func(F("source_key"), Value(":"), Value(2), function="split_part")
    of_first = approvals.order_by("effective_at", "pk").values(of=Cast(key, BigIntegerField()))[:1]
    return Commission.objects.select_related("terms").filter(pk=Subquery(of_first)).first()


def approved_since(since: datetime) -> list[int]:
    """Return the affiliates of which a commission was approved since a moment, by id."""
    rows = Transfer.objects.filter(kind="approved", effective_at__gte=since)
    found = rows.values_list("credit__affiliate", flat=True).order_by().distinct()
    return sorted(pk for pk in found if pk is not None)


def tier_progress(
    affiliate_id: int, terms: Terms | None, now: datetime, counting: Counting | None = None
) -> TierProgress | None:
    """Return where an affiliate stands on its tiers in the current period; none without tiers."""
    count = tier_count(affiliate_id, terms, now, counting)
    if terms is None or count is None:
        return None
    reached = TierReached.objects.filter(
        affiliate=affiliate_id, terms=terms, period_from=count.since, reached_at__lte=now
    )
    rate = max([terms.rate_bps, *reached.values_list("rate_bps", flat=True)])
    return TierProgress(
        tiers=count.tiers,
        value=count.value,
        rate_bps=rate,
        next=next_step(count.tiers, count.value, rate),
        since=count.since,
        until=count.until,
    )


def tier_count(
    affiliate_id: int, terms: Terms | None, now: datetime, counting: Counting | None = None
) -> TierCount | None:
    """Return how much counts for an affiliate's tiers in the current period; none without tiers."""
    rules = _rules(terms)
    if terms is None or rules.tiers is None:
        return None
    counting = counting or Counting(affiliate_id)
    first, end = period_of(now.astimezone(counting.zone).date(), rules.tiers.every)
    value = counting.value(
        rules.tiers.metric,
        window_of(first, end, counting.zone),
        currency=terms.currency,
        unknown=rules.unknown_customer,
    )
    return TierCount(tiers=rules.tiers, value=value, since=first, until=end)


def bonus_progress(
    affiliate_id: int, terms: Terms | None, now: datetime, counting: Counting | None = None
) -> list[BonusProgress]:
    """Return the bonuses that an affiliate can reach now, and those of now that it has."""
    rules = _rules(terms)
    if terms is None or not rules.bonuses:
        return []
    counting = counting or Counting(affiliate_id)
    today = now.astimezone(counting.zone).date()
    keys = [bonus_key(affiliate_id, bonus, today) for bonus in rules.bonuses]
    rows = Adjustment.objects.filter(source_key__in=keys)
    awarded = set(rows.values_list("source_key", flat=True))
    found = []
    for bonus, key in zip(rules.bonuses, keys, strict=True):
        if bonus.kind == BonusKind.FIRST_SALE:
            first = first_approved(affiliate_id)
            value, is_current = int(first is not None), first is None or first.terms_id == terms.pk
        else:
            is_current = runs_on(bonus, today)
            value = counting.value(
                bonus.metric,
                bonus_window(bonus, terms, today, counting.zone),
                currency=terms.currency,
                unknown=rules.unknown_customer,
            )
        if is_current:
            found.append(BonusProgress(bonus=bonus, value=value, is_awarded=key in awarded))
    return found


def runs_on(bonus: Bonus, day: date) -> bool:
    """Tell whether a goal or campaign can be reached on ``day``."""
    if bonus.kind != BonusKind.CAMPAIGN:
        return True
    return (bonus.since is None or bonus.since <= day) and (
        bonus.until is None or day < bonus.until
    )


def bonus_window(bonus: Bonus, terms: Terms, day: date, zone: ZoneInfo) -> Window:
    """Return when approvals count for a goal's period that holds ``day``, or for a campaign.

    A campaign without first day begins with its terms; one without last day has no end.
    """
    if bonus.kind == BonusKind.GOAL:
        return window_of(*period_of(day, bonus.every), zone)
    window = window_of(bonus.since or day, bonus.until or date.max, zone)
    if bonus.since is None:
        return Window(since=terms.valid_from, until=window.until)
    return window


def bonus_key(affiliate_id: int, bonus: Bonus, day: date) -> str:
    """Return the key under which a bonus is awarded once: per affiliate, and period of a goal."""
    what = "first"
    if bonus.kind == BonusKind.GOAL:
        what = period_of(day, bonus.every)[0].isoformat()
    elif bonus.kind == BonusKind.CAMPAIGN:
        what = bonus.since.isoformat() if bonus.since else "campaign"
    return f"bonus:{affiliate_id}:{bonus.key}:{what}"


def _rules(terms: Terms | None) -> TermsRules:
    return read_rules(terms.rules) if terms is not None else TermsRules()


def _standing(affiliate_id: int, window: Window, currency: str) -> QuerySet[Commission]:
    """Commissions approved in ``window`` of which something is left after what facts changed."""
    key = Concat(Value("commission:"), Cast(OuterRef("pk"), CharField()), Value(":approved"))
    approval = Transfer.objects.filter(source_key=key, leg=1).values("effective_at")
    by_facts = Q(adjustments__is_payable=True, adjustments__order_line__isnull=False)
    return (
        Commission.objects.filter(
            affiliate=affiliate_id,
            currency=currency,
            approved_minor__gt=0,
            # Approved at the latest when its state last changed.
            status_changed_at__gte=window.since,
        )
        .annotate(approved_at=Subquery(approval))
        .filter(approved_at__gte=window.since, approved_at__lt=window.until)
        .annotate(
            left_over=F("approved_minor")
            + Coalesce(Sum("adjustments__amount_minor", filter=by_facts), 0)
        )
        .filter(left_over__gt=0)
    )


def _orders(
    standing: QuerySet[Commission], affiliate_id: int, since: datetime, currency: str
) -> set[int]:
    """Return the orders of ``standing`` of which nothing that is left was approved before.

    An order and what edits added to it are one, whichever of them was approved first: the other
    is no order more, now or later. What was added stands for an order of which nothing is left.
    """
    order = root("credit__order__")
    rows = set(standing.values_list(order, "credit__order__is_addition"))
    found = {pk for pk, _is_addition in rows}
    if not found:
        return found
    whole = {pk for pk, is_addition in rows if not is_addition}
    earlier = _standing(affiliate_id, Window(since=_EVER, until=since), currency).filter(
        Q(credit__order__is_addition=True, credit__order__follows__in=found)
        | Q(credit__order__in=found - whole)
    )
    return found - set(earlier.values_list(order, flat=True))


def _margin(standing: QuerySet[Commission]) -> int:
    rows = list(
        CommissionLine.objects.filter(
            commission__in=standing.values("pk"), margin_minor__gt=0, order_line__quantity__gt=0
        ).values_list(
            "order_line", "margin_minor", "order_line__net_minor", "order_line__quantity",
            "commission__credit__share_bps", "order_line__order",
        )
    )  # fmt: skip
    left = _left({row[-1] for row in rows})
    return margin_that_counts(
        SoldLine(margin_minor=margin or 0, net_minor=net, quantity=quantity, share_bps=share,
                 left=left.get(line))
        for line, margin, net, quantity, share, _order in rows
    )  # fmt: skip


def _left(order_ids: Collection[int]) -> dict[int, Left]:
    """Return what is left of the lines of orders of which something went back, by line."""
    aftermath = Aftermath(order_ids)
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(order__in=aftermath.orders()).order_by("pk"):
        lines[line.order_id].append(line)
    return {
        line: left
        for order_id, found in lines.items()
        for line, left in aftermath.left(order_id, found).items()
    }


def _new_customers(order_ids: Collection[int], unknown: Customer) -> int:
    orders = list(Order.objects.filter(pk__in=order_ids))
    counting = {Customer.NEW} | ({Customer.UNKNOWN} if unknown == Customer.NEW else set())
    return sum(found in counting for found in customers_of(orders).values())
