"""What an experiment shows so far: as assigned, with every order of a unit, credited or not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core.money import BPS
from experiments.domain import switchback
from experiments.domain.estimate import Comparison
from experiments.domain.switchback import Period, Switched
from experiments.models import Analysis, Design, Experiment, ExperimentStatus, Verdict
from experiments.services.margins import margins_of
from experiments.services.outcomes import Outcomes
from shop.counting import counted
from shop.models import Order

#: In the first day of a block the one before it still works.
WASHOUT = timedelta(days=1)
#: Names of figures on margin begin with these: by real costs, and by published ones.
ACTUAL, REFERENCE = "margin_", "reference_margin_"


@transaction.atomic
def analyse(*, experiment_id: int, now: datetime) -> Analysis:
    """Look at an experiment and keep what was seen; a look before the end says so.

    The verdict before the planned end, and of what was stopped before it, rests on the interval
    that holds at every look. Blocks are judged once, when all of them are over.
    """
    experiment = Experiment.objects.select_for_update(no_key=True).get(pk=experiment_id)
    is_final = experiment.status == ExperimentStatus.ENDED and _is_settled(experiment, now)
    if experiment.design == Design.SWITCHBACK:
        switched = compare_blocks(experiment, now)
        is_whole = not experiment.blocks.filter(ends_at__gt=_until(experiment, now)).exists()
        verdict, figures = _block_verdict(switched, is_whole=is_whole), switched.as_json()
    else:
        verdict, figures = _units_seen(experiment, now, is_final=is_final)
    return Analysis.objects.create(
        experiment=experiment, at=now, is_final=is_final, verdict=verdict, figures=figures
    )


def compare_blocks(experiment: Experiment, now: datetime) -> Switched:
    """Return the orders of the whole shop per day, on against off, of blocks that are over."""
    blocks = []
    for block in experiment.blocks.filter(ends_at__lte=_until(experiment, now)):
        orders = Order.objects.filter(
            counted(),
            shop=experiment.shop_id,
            placed_at__gte=block.starts_at + WASHOUT,
            placed_at__lt=block.ends_at,
        ).count()
        blocks.append((Period(block.starts_at, block.ends_at, block.is_control), orders))
    return switchback.compare_blocks(blocks, washout=WASHOUT)


def _until(experiment: Experiment, now: datetime) -> datetime:
    return min(now, experiment.ends_at or now)


def _is_settled(experiment: Experiment, now: datetime) -> bool:
    """Tell whether the last unit has had its time to order."""
    if experiment.ends_at is None:
        return False
    wait = timedelta(days=0 if experiment.design == Design.SWITCHBACK else experiment.outcome_days)
    return now >= experiment.ends_at + wait


def _units_seen(
    experiment: Experiment, now: datetime, *, is_final: bool
) -> tuple[str, dict[str, Any]]:
    """Return the verdict on orders per unit, with the figures; of a surface on margin too."""
    outcomes = Outcomes(experiment, now)
    is_planned = is_final and not experiment.was_stopped

    def judged(worth: Mapping[int, int] | None = None) -> tuple[str, dict[str, Any]]:
        found = outcomes.compare(worth)
        return _verdict(found, experiment, is_planned=is_planned), found.as_json()

    verdict, figures = judged()
    if experiment.design == Design.SURFACE:
        left = margins_of(outcomes.order_ids, experiment.shop)
        actual = {pk: one.actual for pk, one in left.items()}
        reference = {pk: one.reference for pk, one in left.items()}
        for prefix, worth in ((ACTUAL, actual), (REFERENCE, reference)):
            said, found = judged(worth)
            figures |= {f"{prefix}{name}": value for name, value in found.items()}
            figures[f"{prefix}verdict"] = said
    return verdict, figures


def _verdict(comparison: Comparison, experiment: Experiment, *, is_planned: bool) -> str:
    if not comparison.is_enough:
        return Verdict.NOT_ENOUGH
    low, high = (
        (comparison.low, comparison.high)
        if is_planned
        else (comparison.always_low, comparison.always_high)
    )
    if low > 0:
        return Verdict.POSITIVE
    if high < 0:
        return Verdict.NEGATIVE
    smallest = experiment.effect_bps * comparison.treated_mean / BPS
    return Verdict.NO_EFFECT if is_planned and high < smallest else Verdict.NOT_ENOUGH


def _block_verdict(switched: Switched, *, is_whole: bool) -> str:
    if not (switched.is_enough and is_whole):
        return Verdict.NOT_ENOUGH
    if switched.low > 0:
        return Verdict.POSITIVE
    return Verdict.NEGATIVE if switched.high < 0 else Verdict.NOT_ENOUGH


def incremental_share(figures: dict[str, Any]) -> tuple[int, int, int] | None:
    """Return which share of the treated units' orders came only because of the treatment.

    In basis points with the interval of the planned end: estimate, low, high; not below zero and
    not above one, as a share can be. None when nothing was ordered, or the interval is not known.
    """
    treated = figures.get("treated_mean") or 0.0
    if not treated or figures["low"] is None:
        return None
    shares = [figures[name] / treated for name in ("difference", "low", "high")]
    middle, low, high = (round(min(max(share, 0.0), 1.0) * BPS) for share in shares)
    return middle, low, high
