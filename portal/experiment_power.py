"""What a plan will be able to see: units, days, the smallest effect, how wide the answer is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from django.utils import timezone

from experiments.domain import power
from experiments.models import Design, Experiment
from experiments.services.experiments import LONGEST
from portal.forms.experiment import USUAL
from portal.forms.terms_rule import bps
from portal.queries import staff_experiments
from shop.models import Shop

DAYS = (7, 14, 28, 42, 60, 90, 120, 180, 270, 365)
PAIRS = (4, 6, 8, 10, 15, 20, 30, 45, 60)


@dataclass(frozen=True, slots=True)
class Reach:
    """What visitors let a plan see. Shares in basis points; None: not known, or nothing is."""

    visitors_a_day: float | None
    conversion_bps: int | None
    needed: int | None = None
    days_needed: int | None = None
    days: int = 0
    found_bps: int | None = None
    half_width_bps: int | None = None
    points: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BlockReach:
    """What blocks let a plan see, in orders of the shop per day."""

    shop_a_day: float
    credited_a_day: float
    pairs: int
    days: int
    half_width: float
    points: list[tuple[str, int]]

    @property
    def is_enough(self) -> bool:
        """Whether what the affiliate is credited with could be told from nothing."""
        return 0 < self.half_width < self.credited_a_day


def reach(said: Mapping[str, Any], now: datetime) -> Reach:
    """Return what the visitors of an affiliate let a plan see; ``said``: a clean PowerForm."""
    affiliate = said.get("affiliate")
    visitors, conversion_bps = said.get("units_a_day"), bps(said.get("conversion"))
    if affiliate is not None and said.get("design") not in {Design.CODE, Design.SURFACE}:
        seen = staff_experiments.traffic(affiliate.pk, now)
        visitors = visitors or seen.a_day
        conversion_bps = conversion_bps or seen.conversion_bps
    if not conversion_bps or conversion_bps >= 10_000:
        return Reach(visitors or None, conversion_bps)
    shares = {
        "conversion": conversion_bps / 10_000,
        "control": (bps(said.get("control")) or USUAL["control"] * 100) / 10_000,
    }
    effect = (bps(said.get("effect")) or USUAL["effect"] * 100) / 10_000
    needed = power.units_needed(effect=effect, **shares)
    if not visitors:
        return Reach(None, conversion_bps, needed)
    days = said.get("days") or USUAL["days"]
    units = max(1, round(visitors * days))
    found = power.effect_found(units=units, **shares)
    width = power.half_width(effect=effect, units=units, **shares)
    return Reach(
        visitors_a_day=visitors,
        conversion_bps=conversion_bps,
        needed=needed,
        days_needed=ceil(needed / visitors),
        days=days,
        found_bps=_bps(found),
        half_width_bps=_bps(width),
        points=_by_days(visitors, shares),
    )


def likely_end(experiment: Experiment, now: datetime) -> date | None:
    """Return the day after which a plan has its visitors at the present traffic, within a year."""
    affiliate_id = staff_experiments.affiliate_id_of(experiment)
    if experiment.design != Design.BENEFIT or affiliate_id is None:
        return None
    a_day = staff_experiments.traffic(affiliate_id, now).a_day
    days = ceil(experiment.planned_units / a_day) + 1 if a_day else 0
    return timezone.localdate(now) + timedelta(days=days) if 1 < days < LONGEST.days else None


def block_reach(said: Mapping[str, Any], now: datetime) -> BlockReach | None:
    """Return what a switchback lets a plan see; None without a shop or an affiliate."""
    affiliate, shop = said.get("affiliate"), said.get("shop") or Shop.objects.order_by("pk").first()
    if affiliate is None or shop is None:
        return None
    block_days = said.get("block_days") or USUAL["block_days"]
    pairs = said.get("pairs") or USUAL["pairs"]
    mean, variance = staff_experiments.spread_of_blocks(shop.pk, block_days, now)
    return BlockReach(
        shop_a_day=mean,
        credited_a_day=staff_experiments.credited_a_day(affiliate.pk, now),
        pairs=pairs,
        days=2 * pairs * block_days,
        half_width=power.block_half_width(variance=variance, pairs=pairs),
        points=[
            (str(number), round(power.block_half_width(variance=variance, pairs=number)))
            for number in PAIRS
        ],
    )


def _by_days(visitors: float, shares: dict[str, float]) -> list[tuple[str, int]]:
    """Return the smallest effect in whole percents by days; days that find none are left out."""
    points = []
    for days in DAYS:
        found = power.effect_found(units=max(1, round(visitors * days)), **shares)
        if found is not None:
            points.append((str(days), round(found * 100)))
    return points


def _bps(share: float | None) -> int | None:
    return None if share is None else round(share * 1_000) * 10
