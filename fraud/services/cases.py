"""A person's judgement about what was put on hold: rules CA1 to CA6 of docs/rules/cases.md."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from affiliates.queries import acts_for
from core import audit
from core.errors import DomainError
from core.models import User
from core.nudge import nudge
from fraud.models import Case, CaseCredit, CaseProposal, CaseStatus, ProposalStatus, Ruling
from fraud.queries.cases import contests_sanction
from fraud.services import case_mails, lifting

REASON_LENGTH = 2_000
MESSAGE_LENGTH = 4_000
_DECIDED = [
    "status", "status_changed_at", "decided_by", "reason", "message", "snoozed_until",
    "answer_due_at",
]  # fmt: skip


class ReasonMissing(DomainError):
    """A case was to be decided without a reason, or with words too long."""

    code = "reason_missing"


class OwnCase(DomainError):
    """A person was to decide about their own account."""

    code = "own_case"


class SamePerson(DomainError):
    """A person was to decide again about what they have decided before."""

    code = "same_person"


class CaseChanged(DomainError):
    """The case holds other credits than those that were looked at."""

    code = "case_changed"


class ProposalWaits(DomainError):
    """A case was to be decided while a decision waits for a second person."""

    code = "proposal_waits"


class CaseClosed(DomainError):
    """Something was to be done with a case that is decided."""

    code = "case_closed"


@transaction.atomic
def confirm(
    *,
    case_id: int,
    actor_id: int,
    reason: str,
    now: datetime,
    message: str = "",
    refused: Collection[int] | None = None,
    looked_at: Collection[int] | None = None,
) -> Case:
    """Decide that credits of the case do not stand. Safe to repeat by the same person.

    ``refused``: which of its credits, by id; the others are cleared. Without it, all that wait.
    ``looked_at``: the credits that the person saw; when others wait by now, nothing is decided.
    ``message``: what the affiliate reads after the sentence that says how many sales fall.

    :raises ReasonMissing: without a reason.
    :raises OwnCase: when the person acts for the affiliate.
    :raises SamePerson: when it decides an appeal against this person's decision.
    :raises CaseChanged: when the credits are not those that wait, or none is to be refused.
    :raises ProposalWaits: while a decision of it waits for a second person.
    :raises InvalidTransition: when the case is already decided.
    """
    return _decide(
        case_id, CaseStatus.CONFIRMED, actor_id, reason, message, refused, looked_at, now
    )


@transaction.atomic
def dismiss(
    *,
    case_id: int,
    actor_id: int,
    reason: str,
    now: datetime,
    message: str = "",
    looked_at: Collection[int] | None = None,
) -> Case:
    """Decide that all credits of the case stand. Safe to repeat by the same person.

    A sanction in force that is contested in it is lifted with it.

    :raises ReasonMissing, OwnCase, SamePerson, CaseChanged, ProposalWaits, InvalidTransition:
        see ``confirm``.
    """
    return _decide(case_id, CaseStatus.DISMISSED, actor_id, reason, message, (), looked_at, now)


def locked(case_id: int, *, affiliate_id: int | None = None) -> Case:
    """Return a case whose row is locked.

    :raises Case.DoesNotExist: when it is not that affiliate's.
    """
    rows = Case.objects.select_related("affiliate")
    if affiliate_id is not None:
        rows = rows.filter(affiliate=affiliate_id)
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=case_id)


def locked_to_decide(case_id: int) -> Case:
    """Return a case; its row is locked, and its account's before it.

    In this order, as whoever contests does: two would else wait for each other.
    """
    Affiliate.objects.select_for_update(no_key=True, of=("self",)).filter(cases=case_id).first()
    return locked(case_id)


def require_open(case: Case) -> None:
    """Do nothing for a case about which somebody may still act.

    :raises CaseClosed: once it is decided.
    """
    if case.status != CaseStatus.OPEN:
        raise CaseClosed(_("This case is decided already: reload the page."))


def refuse_own(case: Case, actor_id: int) -> None:
    """Let nobody work on a case of an account for which they act.

    :raises OwnCase: when the person does.
    """
    if acts_for(actor_id, case.affiliate_id):
        raise OwnCase(_("Somebody else must decide: this is about your own account."))


def refuse_same_person(case: Case, actor_id: int) -> None:
    """Let nobody decide about an appeal against what they decided themselves.

    :raises SamePerson: when the person decided, or sanctioned, what is contested here.
    """
    sanctions = case.contested_sanctions.values_list("proposed_by", "decided_by")
    agreed = CaseProposal.objects.filter(
        case__in=case.appeals.all(), status=ProposalStatus.AGREED
    ).values_list("proposed_by", flat=True)
    decided = case.appeals.values_list("decided_by", flat=True)
    before = set(decided).union(agreed, *sanctions)
    if actor_id in before:
        raise SamePerson(_("This contests a decision of yours: somebody else must decide it."))


def check_credits(
    waiting: set[int], falling: set[int], looked_at: Collection[int] | None, *, is_confirmed: bool
) -> None:
    """Do nothing for a choice among the credits that wait, as the person saw them.

    :raises CaseChanged: when others wait by now, or none is to be refused.
    """
    if not falling <= waiting or (looked_at is not None and set(looked_at) != waiting):
        raise CaseChanged(
            _("Other sales have joined or left this case since: look at them, then decide.")
        )
    if is_confirmed and waiting and not falling:
        raise CaseChanged(_("Choose the sales that do not stand, or dismiss the case."))


def words(text: str, *, most: int, missing: str) -> str:
    """Return a text without outer blanks.

    :raises ReasonMissing: with the sentence ``missing`` when nothing is left, or when too long.
    """
    said = text.replace("\0", "").strip()
    if not said:
        raise ReasonMissing(missing)
    if len(said) > most:
        raise ReasonMissing(_("Say it in at most %(most)s signs.") % {"most": most})
    return said


def _decide(
    case_id: int,
    status: str,
    actor_id: int,
    reason: str,
    message: str,
    refused: Collection[int] | None,
    looked_at: Collection[int] | None,
    now: datetime,
) -> Case:
    reason = words(
        reason, most=REASON_LENGTH, missing=_("Say why: the decision is kept with its reason.")
    )
    message = message.replace("\0", "").strip()[:MESSAGE_LENGTH]
    case = locked_to_decide(case_id)
    if _is_repeated(case, status, actor_id, reason, refused):
        return case
    refuse_own(case, actor_id)
    refuse_same_person(case, actor_id)
    if case.proposals.filter(status=ProposalStatus.PROPOSED).exists():
        raise ProposalWaits(
            _("A decision waits for a second person: agree to it, or say why not, first.")
        )
    waiting = set(case.credits.filter(ruling=Ruling.WAITING).values_list("credit_id", flat=True))
    case.move_to(status, at=now)
    falling = waiting if refused is None else set(refused)
    check_credits(waiting, falling, looked_at, is_confirmed=status == CaseStatus.CONFIRMED)
    case.decided_by = User.objects.get(pk=actor_id)
    case.reason, case.snoozed_until, case.answer_due_at = reason, None, None
    outcome = case_mails.Outcome(
        is_confirmed=status == CaseStatus.CONFIRMED,
        refused=len(falling),
        of=len(waiting),
        is_about_sanction=contests_sanction(case),
    )
    standard = case_mails.standard_text(case, outcome)
    case.message = "\n\n".join(filter(None, [standard, message]))
    case.save(update_fields=_DECIDED)
    _rule(case, falling, Ruling.REFUSED, now)
    _rule(case, waiting - falling, Ruling.CLEARED, now)
    audit.record(
        actor=case.decided_by, verb=f"case.{status}", subject=case, at=now, reason=reason,
        data={"refused": sorted(falling), "cleared": sorted(waiting - falling)},
    )  # fmt: skip
    if not outcome.is_confirmed:
        lifting.end_contested(case, case.decided_by, reason=reason, message=case.message, now=now)
    case_mails.decided(case, message, outcome, now=now)
    nudge("payouts.tasks.apply_decisions")
    return case


def _is_repeated(
    case: Case, status: str, actor_id: int, reason: str, refused: Collection[int] | None
) -> bool:
    if (case.status, case.decided_by_id, case.reason) != (status, actor_id, reason):
        return False
    fell = set(case.credits.filter(ruling=Ruling.REFUSED).values_list("credit_id", flat=True))
    return refused is None or fell == set(refused)


def _rule(case: Case, credit_ids: Collection[int], ruling: str, now: datetime) -> None:
    CaseCredit.objects.filter(case=case, credit__in=credit_ids).update(
        ruling=ruling, ruled_at=now, ruled_by=case.decided_by
    )
