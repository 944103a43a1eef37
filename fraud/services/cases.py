"""A person's judgement about what was put on hold."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.queries import acts_for
from core import audit
from core.errors import DomainError
from core.models import User
from core.nudge import nudge
from fraud.models import Case, CaseStatus, Ruling


class ReasonMissing(DomainError):
    """A case was to be decided without a reason."""

    code = "reason_missing"


class OwnCase(DomainError):
    """A person was to decide about their own account."""

    code = "own_case"


@transaction.atomic
def confirm(*, case_id: int, actor_id: int, reason: str, now: datetime) -> Case:
    """Decide that the case's credits do not stand. Safe to repeat by the same person, same reason.

    :raises ReasonMissing: without a reason.
    :raises OwnCase: when the person acts for the affiliate.
    :raises InvalidTransition: when the case is already decided.
    """
    return _decide(case_id, CaseStatus.CONFIRMED, actor_id, reason, now)


@transaction.atomic
def dismiss(*, case_id: int, actor_id: int, reason: str, now: datetime) -> Case:
    """Decide that the case's credits stand. Safe to repeat by the same person with the same reason.

    :raises ReasonMissing: without a reason.
    :raises OwnCase: when the person acts for the affiliate.
    :raises InvalidTransition: when the case is already decided.
    """
    return _decide(case_id, CaseStatus.DISMISSED, actor_id, reason, now)


def _decide(case_id: int, status: str, actor_id: int, reason: str, now: datetime) -> Case:
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(_("Say why: the decision is kept with its reason."))
    case = Case.objects.select_for_update(no_key=True).get(pk=case_id)
    actor = User.objects.get(pk=actor_id)
    if (case.status, case.decided_by_id, case.reason) == (status, actor.pk, reason):
        return case
    if acts_for(actor.pk, case.affiliate_id):
        raise OwnCase(_("Somebody else must decide: this is about your own account."))
    case.move_to(status, at=now)
    case.decided_by, case.reason = actor, reason
    case.save(update_fields=["status", "status_changed_at", "decided_by", "reason"])
    ruling = Ruling.REFUSED if status == CaseStatus.CONFIRMED else Ruling.CLEARED
    case.credits.filter(ruling=Ruling.WAITING).update(ruling=ruling, ruled_at=now, ruled_by=actor)
    audit.record(actor=actor, verb=f"case.{status}", subject=case, at=now, reason=reason)
    nudge("payouts.tasks.apply_decisions")
    return case
