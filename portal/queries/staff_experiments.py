"""What plans and results of experiments rest on: traffic, spread of blocks, credited orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from affiliates.models import Affiliate
from experiments.domain.estimate import moments
from experiments.models import Analysis, Design, Experiment
from experiments.services.analysis import WASHOUT, incremental_share
from shop.counting import counted
from shop.models import Order
from tracking.domain.navigation import Fact
from tracking.models import Click, Credit
from tracking.services.exposing import PREFIX

LOOK_BACK = timedelta(days=30)
SPREAD_BACK = timedelta(days=90)
MOST_SHARE_BPS = 30_000


@dataclass(frozen=True, slots=True)
class Traffic:
    """What thirty days brought: visitors who could take part, and the orders credited by clicks."""

    visitors: int
    orders: int

    @property
    def a_day(self) -> float:
        """Visitors a day."""
        return self.visitors / LOOK_BACK.days

    @property
    def conversion_bps(self) -> int | None:
        """Orders per visitor, in basis points; None without visitors."""
        return min(self.orders * 10_000 // self.visitors, 10_000) if self.visitors else None


def traffic(affiliate_id: int, now: datetime) -> Traffic:
    """Return the traffic of an affiliate's links in the last thirty days."""
    clicks = Click.objects.alias(late=F("facts").bitand(int(Fact.EXCHANGED))).filter(
        affiliate_id=affiliate_id,
        clicked_at__gt=now - LOOK_BACK,
        clicked_at__lte=now,
        visitor__isnull=False,
        late=0,
    )
    credits = _credits(affiliate_id).filter(
        click_at__isnull=False, order__placed_at__gt=now - LOOK_BACK, order__placed_at__lte=now
    )
    return Traffic(clicks.values("visitor").distinct().count(), credits.count())


def spread_of_blocks(shop_id: int, block_days: int, now: datetime) -> tuple[float, float]:
    """Return mean and variance of the shop's orders a day between blocks of the last 90 days.

    The first day of each block is left out, as the analysis does.
    """
    days_counted = block_days - WASHOUT.days
    begin = now - SPREAD_BACK
    placed = Order.objects.filter(
        counted(), shop=shop_id, placed_at__gte=begin, placed_at__lt=now
    ).values_list("placed_at", flat=True)
    per_block: Counter[int] = Counter()
    for at in placed.iterator(chunk_size=5_000):
        block, day = divmod((at - begin).days, block_days)
        if day >= WASHOUT.days:
            per_block[block] += 1
    blocks = range(SPREAD_BACK.days // block_days)
    found = moments([per_block[block] / days_counted for block in blocks])
    return found.mean, found.variance


def credited_a_day(affiliate_id: int, now: datetime) -> float:
    """Return the orders a day that an affiliate was credited with in thirty days."""
    found = _credits(affiliate_id).filter(
        order__placed_at__gt=now - LOOK_BACK, order__placed_at__lte=now
    )
    return found.count() / LOOK_BACK.days


def affiliate_id_of(experiment: Experiment) -> int | None:
    """Return the affiliate that an experiment is about, if it is about one."""
    said = experiment.subject.removeprefix(PREFIX)
    return int(said) if said != experiment.subject and said.isdecimal() else None


def affiliates_of(experiments: Iterable[Experiment]) -> dict[int, Affiliate]:
    """Return the affiliates that experiments are about, by id."""
    ids = {affiliate_id_of(one) for one in experiments} - {None}
    return Affiliate.objects.in_bulk(ids)


@dataclass(frozen=True, slots=True)
class Share:
    """Which share of ``orders`` came only because of the treatment; basis points."""

    middle_bps: int
    low_bps: int
    high_bps: int
    orders: int

    @property
    def bps(self) -> tuple[int, int, int]:
        """Estimate and the ends of its 95 % interval."""
        return self.middle_bps, self.low_bps, self.high_bps


def share_of(experiment: Experiment, analysis: Analysis | None) -> Share | None:
    """Return the incremental share that a final look at a whole experiment found.

    Of a switchback: what is more in a day that is on, of the orders credited in such a day. None
    before the planned end, and when nothing was ordered or credited.
    """
    if analysis is None or not analysis.is_final or experiment.was_stopped:
        return None
    figures = analysis.figures
    if experiment.design != Design.SWITCHBACK:
        found = incremental_share(figures)
        return None if found is None else Share(*found, orders=figures["outcomes"])
    orders, days = _credited_on(experiment)
    if not orders or figures["low"] is None:
        return None
    middle, low, high = (
        round(min(max(figures[name] * days / orders, 0.0), MOST_SHARE_BPS / 10_000) * 10_000)
        for name in ("difference", "low", "high")
    )
    return Share(middle, low, high, orders)


def _credited_on(experiment: Experiment) -> tuple[int, float]:
    """Return the orders credited in the counted days that were on, and those days."""
    until = experiment.ends_at
    on = list(experiment.blocks.filter(is_control=False, ends_at__lte=until))
    affiliate_id = affiliate_id_of(experiment)
    if not on or affiliate_id is None:
        return 0, 0.0
    spans = Q()
    for block in on:
        spans |= Q(
            order__placed_at__gte=block.starts_at + WASHOUT, order__placed_at__lt=block.ends_at
        )
    days = sum((one.ends_at - one.starts_at - WASHOUT) / timedelta(days=1) for one in on)
    found = _credits(affiliate_id).filter(spans, order__shop=experiment.shop_id)
    return found.count(), days


def _credits(affiliate_id: int) -> QuerySet[Credit]:
    return Credit.objects.filter(counted("order__"), affiliate=affiliate_id)
