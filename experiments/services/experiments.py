"""The life of an experiment: planned, begun, ended; never changed in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.models import User
from core.money import BPS
from experiments.domain import switchback
from experiments.models import Block, Design, Experiment, ExperimentStatus
from experiments.services.keys import assignment_key

LONGEST = timedelta(days=365)
MOST_CONTROL_BPS = BPS // 2
BLOCK_DAYS = (2, 4)  # Shorter and the washout eats them; longer and there are too few.


class ExperimentRefused(DomainError):
    """An experiment that cannot answer its question."""

    code = "experiment_refused"


class AlreadyRunning(DomainError):
    """Another experiment of the same design runs on the same subject."""

    code = "experiment_already_running"


@transaction.atomic
def plan(
    *,
    name: str,
    question: str,
    design: str,
    subject: str,
    shop_id: int,
    control_bps: int,
    planned_units: int,
    effect_bps: int,
    actor_id: int,
    now: datetime,
    outcome_days: int = 30,
    parameters: dict[str, Any] | None = None,
) -> Experiment:
    """Write down an experiment that does not run yet.

    :raises ExperimentRefused: without a name, question, subject, arms or, for a benefit, without
        what is added on landing.
    """
    if not (name.strip() and question.strip() and subject.strip()):
        raise ExperimentRefused(_("Give it a name, a question and what it is about."))
    if not 0 < control_bps <= MOST_CONTROL_BPS:
        raise ExperimentRefused(_("Between 0.01 % and 50 % of visitors do without."))
    if design == Design.BENEFIT and not parameters:
        raise ExperimentRefused(_("Say what the landing address gets: ?discount=ANNA10, say."))
    actor = User.objects.get(pk=actor_id)
    experiment = Experiment.objects.create(
        name=name.strip(),
        question=question.strip(),
        design=design,
        subject=subject.strip(),
        shop_id=shop_id,
        control_bps=control_bps,
        parameters=parameters or {},
        outcome_days=outcome_days,
        planned_units=planned_units,
        effect_bps=effect_bps,
        status_changed_at=now,
        author=actor,
        created_at=now,
    )
    audit.record(actor=actor, verb="experiment.planned", subject=experiment, at=now)
    return experiment


@transaction.atomic
def begin(*, experiment_id: int, ends_at: datetime, actor_id: int, now: datetime) -> Experiment:
    """Let an experiment run from now on. Safe to repeat.

    :raises ExperimentRefused: for an end that is past or more than a year away, and for a
        switchback without a calendar that is still to come.
    :raises AlreadyRunning: when one of its design runs on its subject.
    :raises InvalidTransition: when it has ended or was discarded.
    """
    experiment = _locked(experiment_id)
    if experiment.status == ExperimentStatus.RUNNING:
        return experiment
    if not now < ends_at <= now + LONGEST:
        raise ExperimentRefused(_("It ends later than now and within a year."))
    if experiment.design == Design.SWITCHBACK:
        _has_its_calendar(experiment, ends_at, now)
    # Two of a kind would otherwise both see that no other runs.
    others = Experiment.objects.select_for_update(no_key=True).filter(
        design=experiment.design, subject=experiment.subject, status=ExperimentStatus.RUNNING
    )
    if others.exists():
        raise AlreadyRunning(_("Another experiment of this kind runs there. End it first."))
    experiment.move_to(ExperimentStatus.RUNNING, at=now)
    experiment.starts_at, experiment.ends_at = now, ends_at
    experiment.save(update_fields=["status", "status_changed_at", "starts_at", "ends_at"])
    _record(experiment, "experiment.begun", actor_id, now, {"ends_at": ends_at.isoformat()})
    return experiment


@transaction.atomic
def draw_calendar(
    *, experiment_id: int, starts_at: datetime, block_days: int, pairs: int, actor_id: int,
    now: datetime,
) -> list[Block]:  # fmt: skip
    """Draw the blocks of a switchback that is not running yet; an earlier draw is replaced.

    :raises ExperimentRefused: for another design, a start that is past, or blocks of other than
        2 to 4 days, or fewer pairs than can say anything.
    """
    experiment = _locked(experiment_id)
    if (experiment.design, experiment.status) != (Design.SWITCHBACK, ExperimentStatus.DRAFT):
        raise ExperimentRefused(_("Only a switchback that does not run yet has a calendar."))
    if starts_at <= now or not BLOCK_DAYS[0] <= block_days <= BLOCK_DAYS[1]:
        raise ExperimentRefused(_("It starts later than now, in blocks of 2 to 4 days."))
    if not switchback.LEAST_BLOCKS <= pairs <= LONGEST.days // (2 * block_days):
        raise ExperimentRefused(_("At least 4 pairs of blocks, within a year."))
    experiment.blocks.all().delete()
    drawn = switchback.calendar(
        key=assignment_key(),
        experiment=str(experiment.public_id),
        starts_at=starts_at,
        block=timedelta(days=block_days),
        pairs=pairs,
    )
    blocks = Block.objects.bulk_create(
        Block(
            experiment=experiment,
            starts_at=period.starts_at,
            ends_at=period.ends_at,
            is_control=period.is_control,
        )
        for period in drawn
    )
    _record(experiment, "experiment.calendar_drawn", actor_id, now, {"blocks": len(blocks)})
    return blocks


@transaction.atomic
def end(*, experiment_id: int, actor_id: int | None, reason: str, now: datetime) -> Experiment:
    """End a running experiment; ``actor_id`` None: its time was over. Safe to repeat.

    :raises InvalidTransition: when it never ran.
    """
    experiment = _locked(experiment_id)
    if experiment.status == ExperimentStatus.ENDED:
        return experiment
    experiment.move_to(ExperimentStatus.ENDED, at=now)
    experiment.was_stopped = experiment.ends_at is not None and now < experiment.ends_at
    experiment.ends_at = now
    experiment.save(update_fields=["status", "status_changed_at", "ends_at", "was_stopped"])
    _record(experiment, "experiment.ended", actor_id, now, reason=reason)
    return experiment


@transaction.atomic
def discard(*, experiment_id: int, actor_id: int, reason: str, now: datetime) -> Experiment:
    """Put away an experiment that never ran.

    :raises InvalidTransition: when it runs or has run.
    """
    experiment = _locked(experiment_id)
    experiment.move_to(ExperimentStatus.DISCARDED, at=now)
    experiment.save(update_fields=["status", "status_changed_at"])
    _record(experiment, "experiment.discarded", actor_id, now, reason=reason)
    return experiment


def end_due(*, now: datetime) -> int:
    """End the experiments whose time is over; return how many."""
    due = Experiment.objects.filter(status=ExperimentStatus.RUNNING, ends_at__lte=now)
    ids = list(due.order_by("pk").values_list("pk", flat=True))
    for experiment_id in ids:
        end(experiment_id=experiment_id, actor_id=None, reason="", now=now)
    return len(ids)


def _has_its_calendar(experiment: Experiment, ends_at: datetime, now: datetime) -> None:
    span = experiment.blocks.aggregate(first=Min("starts_at"), last=Max("ends_at"))
    if span["first"] is None or span["first"] <= now:
        raise ExperimentRefused(_("Draw a calendar that is still to come first."))
    if ends_at < span["last"]:
        raise ExperimentRefused(_("It ends with its calendar, not before."))


def _locked(experiment_id: int) -> Experiment:
    return Experiment.objects.select_for_update(no_key=True).get(pk=experiment_id)


def _record(
    experiment: Experiment,
    verb: str,
    actor_id: int | None,
    now: datetime,
    data: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    actor = None if actor_id is None else User.objects.get(pk=actor_id)
    audit.record(actor=actor, verb=verb, subject=experiment, at=now, reason=reason, data=data or {})
