"""Who has a case, when it comes back, and which wait too long: rules CA4, CA5 and CA7."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core import audit, staff
from core.errors import DomainError
from core.models import User
from fraud.models import Case, CaseStatus, Severity
from fraud.services import case_mails
from fraud.services.cases import (
    REASON_LENGTH,
    locked,
    refuse_own,
    refuse_same_person,
    require_open,
    words,
)

LONGEST_SNOOZE = timedelta(days=30)
ESCALATE_AFTER_DAYS = 15
MOST_NAMED = 100


class NotOfTheTeam(DomainError):
    """A case was to be given to somebody who is no manager."""

    code = "not_of_the_team"


class SnoozeDay(DomainError):
    """A case was to be put off without a day, or too far."""

    code = "snooze_day"


@transaction.atomic
def assign(*, case_id: int, assignee_id: int | None, actor_id: int, now: datetime) -> Case:
    """Give a case to a manager, or to nobody in particular. Safe to repeat.

    :raises NotOfTheTeam: for somebody who is no manager.
    :raises OwnCase: for somebody who acts for the account.
    :raises SamePerson: for whoever took the decision that is contested.
    :raises CaseClosed: once it is decided.
    """
    case = locked(case_id)
    if case.assignee_id == assignee_id:
        return case
    require_open(case)
    refuse_own(case, actor_id)
    if assignee_id is not None:
        if not staff.of_role("manager").filter(pk=assignee_id).exists():
            raise NotOfTheTeam(_("Choose a programme manager: others cannot decide."))
        refuse_own(case, assignee_id)
        refuse_same_person(case, assignee_id)
    case.assignee_id = assignee_id
    case.save(update_fields=["assignee"])
    _record("case.assigned", case, actor_id, now, data={"assignee_id": assignee_id})
    if assignee_id is not None and assignee_id != actor_id:
        case_mails.assigned(case, now=now)
    return case


@transaction.atomic
def snooze(*, case_id: int, until: datetime, actor_id: int, reason: str, now: datetime) -> Case:
    """Put a case off until a day, at most thirty ahead. What it holds stays held. Repeatable.

    It comes back earlier when the affiliate writes, and is escalated all the same.

    :raises SnoozeDay: for a day that has passed or lies too far ahead.
    :raises ReasonMissing: without a reason.
    :raises CaseClosed, OwnCase: when it cannot be put off.
    """
    why = words(
        reason, most=REASON_LENGTH, missing=_("Say what you wait for: it is kept with the case.")
    )
    case = locked(case_id)
    refuse_own(case, actor_id)
    require_open(case)
    if case.snoozed_until == until:
        return case
    if not now < until <= now + LONGEST_SNOOZE:
        raise SnoozeDay(_("Choose a day from tomorrow on, within thirty days."))
    case.snoozed_until = until
    case.save(update_fields=["snoozed_until"])
    _record("case.snoozed", case, actor_id, now, reason=why, data={"until": until.isoformat()})
    return case


@transaction.atomic
def wake(*, case_id: int, actor_id: int, now: datetime) -> Case:
    """Bring a case that was put off back into the queue. Safe to repeat.

    :raises CaseClosed, OwnCase: when there is nothing to bring back.
    """
    case = locked(case_id)
    refuse_own(case, actor_id)
    require_open(case)
    if case.snoozed_until is not None:
        case.snoozed_until = None
        case.save(update_fields=["snoozed_until"])
        _record("case.woken", case, actor_id, now)
    return case


@transaction.atomic
def escalate(*, now: datetime) -> int:
    """Tell every manager, once, which cases hold sales for more than fifteen days; return how many.

    One that is nobody's becomes that of the manager with the fewest open cases who may decide it.
    Time alone never decides a case. Safe to repeat and to race.
    """
    late = (
        Case.objects.filter(
            status=CaseStatus.OPEN,
            severity__in=[Severity.REFUSE, Severity.HOLD],
            opened_at__lte=now - timedelta(days=ESCALATE_AFTER_DAYS),
            escalated_at__isnull=True,
        )
        .select_related("affiliate", "assignee")
        .order_by("opened_at", "pk")
    )
    cases = list(late.select_for_update(of=("self",), no_key=True, skip_locked=True)[:MOST_NAMED])
    for case in cases:
        case.escalated_at = now
        case.assignee = case.assignee or _least_busy(case)
        case.save(update_fields=["escalated_at", "assignee"])
        audit.record(
            actor=None, verb="case.escalated", subject=case, at=now,
            data={"assignee_id": case.assignee_id},
        )  # fmt: skip
    if cases:
        case_mails.escalated(cases, ESCALATE_AFTER_DAYS, now=now)
    return len(cases)


def _least_busy(case: Case) -> User | None:
    open_cases = Case.objects.filter(status=CaseStatus.OPEN, assignee=OuterRef("pk")).order_by()
    counted = open_cases.values("assignee").annotate(n=Count("pk")).values("n")
    team = staff.of_role("manager").annotate(cases=Coalesce(Subquery(counted), 0))
    for person in team.order_by("cases", "pk"):
        try:
            refuse_own(case, person.pk)
            refuse_same_person(case, person.pk)
        except DomainError:
            continue
        return person
    return None


def _record(
    verb: str,
    case: Case,
    actor_id: int,
    now: datetime,
    *,
    reason: str = "",
    data: dict[str, object] | None = None,
) -> None:
    audit.record(
        actor=actor_id, verb=verb, subject=case, at=now, reason=reason,
        data=data or {},
    )  # fmt: skip
