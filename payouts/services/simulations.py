"""Asking for simulations, stopping them, and what becomes of those whose worker died."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.domain.terms_content import read_content
from affiliates.models import DraftStatus, Programme, TermsDraft
from core.errors import DomainError
from core.models import User
from payouts.models import Simulation, SimulationStatus
from tracking.domain.policy import Policy
from tracking.models import AttributionPolicy

NAME_LENGTH = 120
MOST_DAYS = 3 * 366
MOST_UNDER_WAY = 3
SEES_COSTS = "payouts.view_actual_margin"
#: A worker says that it lives after every chunk of orders; one that is silent for so long is dead.
SILENT_AFTER = timedelta(minutes=5)
#: What ``Simulation.problem`` says when it was not a refusal with a sentence of its own.
WORKER_DIED, TOO_LONG, BROKE = "worker_died", "too_long", "broke"
_OPEN = (DraftStatus.DRAFT, DraftStatus.OFFERED, DraftStatus.DECLINED)


class SimulationUnnamed(DomainError):
    """A simulation without a name, or with one that is too long."""

    code = "simulation_unnamed"


class SimulationPeriodRefused(DomainError):
    """A period that is not past, in order, and of a length that can be run."""

    code = "simulation_period_refused"


class SimulationDraftRefused(DomainError):
    """A draft that cannot be tried: it is gone, or another one is for the same affiliates."""

    code = "simulation_draft_refused"


class SimulationPolicyUnknown(DomainError):
    """A policy that does not exist."""

    code = "simulation_policy_unknown"


class TooManySimulations(DomainError):
    """A person asked for more than may wait or run at once."""

    code = "too_many_simulations"


class CostsNotShown(DomainError):
    """Terms on real costs, asked for by somebody who may not know what follows from them."""

    code = "costs_not_shown"


@transaction.atomic
def ask(
    *,
    name: str,
    draft_ids: Sequence[int],
    policy_number: int | None,
    period_from: date,
    period_to: date,
    author_id: int,
    now: datetime,
) -> Simulation:
    """Ask what the orders of a period would earn; a worker answers. Nothing else is changed.

    The period is of whole days in the programme's time zone, ``period_to`` no longer in it.
    Drafts and policy are kept as they are now, whatever becomes of them. With neither it is the
    terms in force that are run again.

    :raises SimulationUnnamed: without a name of 1 to 120 signs.
    :raises SimulationPeriodRefused: for days to come, no day, or more than three years.
    :raises SimulationDraftRefused: for a draft that is published or discarded, or two for one
        holder.
    :raises SimulationPolicyUnknown: for a policy that does not exist.
    :raises TermsRefused: for a draft whose content cannot be read.
    :raises CostsNotShown: for terms on real costs, without the permission to see them.
    :raises TooManySimulations: when three of the person's wait or run.
    """
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise SimulationUnnamed(_("Give the simulation a name of at most 120 signs."))
    _check_period(period_from, period_to, now)
    return _create(
        name=name,
        terms=_frozen_drafts(draft_ids),
        policy=_frozen_policy(policy_number),
        period_from=period_from,
        period_to=period_to,
        author_id=author_id,
        now=now,
    )


@transaction.atomic
def repeat(*, simulation_id: int, author_id: int, now: datetime) -> Simulation:
    """Ask the same again: the same drafts and policy as they were, on the orders as they are now.

    :raises CostsNotShown, TooManySimulations: see ``ask``.
    """
    asked = Simulation.objects.get(pk=simulation_id)
    return _create(
        name=asked.name,
        terms=asked.terms,
        policy=asked.policy,
        period_from=asked.period_from,
        period_to=asked.period_to,
        author_id=author_id,
        now=now,
    )


@transaction.atomic
def cancel(*, simulation_id: int, now: datetime) -> Simulation:
    """Stop a simulation that waits or runs. Its worker stops after the orders it is at.

    :raises InvalidTransition: when it is over.
    """
    simulation = Simulation.objects.select_for_update().get(pk=simulation_id)
    simulation.move_to(SimulationStatus.CANCELLED, at=now)
    simulation.finished_at = now
    simulation.save(update_fields=["status", "status_changed_at", "finished_at"])
    return simulation


@transaction.atomic
def claim_next(*, now: datetime) -> int | None:
    """Take the one that waits longest, and return its id. Two workers never take the same."""
    simulation = (
        Simulation.objects.select_for_update(skip_locked=True)
        .filter(status=SimulationStatus.QUEUED)
        .order_by("created_at", "pk")
        .first()
    )
    if simulation is None:
        return None
    simulation.move_to(SimulationStatus.RUNNING, at=now)
    simulation.started_at = simulation.progressed_at = now
    simulation.save(update_fields=["status", "status_changed_at", "started_at", "progressed_at"])
    return simulation.pk


def fail_silent(*, now: datetime) -> int:
    """Fail the running ones whose worker no longer says that it lives; return how many."""
    silent = Simulation.objects.filter(
        status=SimulationStatus.RUNNING, progressed_at__lt=now - SILENT_AFTER
    ).values_list("pk", flat=True)
    return sum(fail(simulation_id=pk, problem=WORKER_DIED, now=now) for pk in silent)


@transaction.atomic
def fail(*, simulation_id: int, problem: str, now: datetime) -> bool:
    """Say that a running simulation came to nothing; tell whether it was still running."""
    simulation = Simulation.objects.select_for_update().get(pk=simulation_id)
    if simulation.status != SimulationStatus.RUNNING:
        return False
    simulation.move_to(SimulationStatus.FAILED, at=now)
    simulation.problem, simulation.finished_at = problem, now
    simulation.save(update_fields=["status", "status_changed_at", "problem", "finished_at"])
    return True


def _create(*, author_id: int, now: datetime, **asked: Any) -> Simulation:
    # The lock makes two requests of one person wait for each other: both would count too few.
    author = User.objects.select_for_update(no_key=True).get(pk=author_id)
    simulation = Simulation(author=author, created_at=now, status_changed_at=now, **asked)
    if simulation.reads_costs and not author.has_perm(SEES_COSTS):
        raise CostsNotShown(
            _(
                "These terms pay on real costs, which could be computed from the result. Ask"
                " somebody who may see the real margin."
            )
        )
    under_way = Simulation.objects.filter(
        author=author, status__in=[SimulationStatus.QUEUED, SimulationStatus.RUNNING]
    )
    if under_way.count() >= MOST_UNDER_WAY:
        raise TooManySimulations(
            _("Three of your simulations wait or run. Stop one, or wait until one is done.")
        )
    simulation.save(force_insert=True)
    return simulation


def _check_period(period_from: date, period_to: date, now: datetime) -> None:
    today = now.astimezone(Programme.get().zone).date()
    if period_to <= period_from:
        raise SimulationPeriodRefused(_("The last day is before the first."))
    if period_to > today + timedelta(days=1):
        raise SimulationPeriodRefused(
            _("Choose days of the past: orders that are not there yet cannot be run.")
        )
    if (period_to - period_from).days > MOST_DAYS:
        raise SimulationPeriodRefused(_("Choose at most three years."))


def _frozen_drafts(draft_ids: Sequence[int]) -> list[dict[str, Any]]:
    wanted = set(draft_ids)
    drafts = (
        TermsDraft.objects.filter(pk__in=wanted, status__in=_OPEN)
        .select_related("group", "affiliate")
        .order_by("pk")
    )
    if len(drafts) != len(wanted):
        raise SimulationDraftRefused(
            _("A draft is published or discarded by now. Choose among those that are left.")
        )
    holders: set[tuple[int | None, int | None]] = set()
    for draft in drafts:
        holder = draft.group_id, draft.affiliate_id
        if holder in holders:
            raise SimulationDraftRefused(
                _("Two drafts are for %(holder)s. Choose one: simulations can be compared.")
                % {"holder": draft.group or draft.affiliate}
            )
        holders.add(holder)
        read_content(draft.content)
    return [
        {
            "draft": draft.pk,
            "name": draft.name,
            "group": draft.group_id,
            "affiliate": draft.affiliate_id,
            "holder": str(draft.group or draft.affiliate),
            "content": draft.content,
        }
        for draft in drafts
    ]


def _frozen_policy(number: int | None) -> dict[str, Any] | None:
    if number is None:
        return None
    policy = AttributionPolicy.objects.filter(number=number).first()
    if policy is None:
        raise SimulationPolicyUnknown(_("There is no policy %(number)s.") % {"number": number})
    rules = Policy.from_rules(policy.rules).to_rules()
    return {"number": policy.number, "name": policy.name, "rules": rules}
