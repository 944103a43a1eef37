"""Decisions with much at stake: one person proposes, a second agrees. Rules CA22 and CA23."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, locks
from core.errors import DomainError
from core.models import User
from core.money import Money
from fraud.models import Case, CaseProposal, CaseStatus, DecisionLimit, ProposalStatus, Ruling
from fraud.services import cases, proposal_mails
from fraud.services.cases import MESSAGE_LENGTH, REASON_LENGTH, words

_LIMIT_REASON_LENGTH = 300
_LOCK = 0x4C494D49


class SecondPersonNeeded(DomainError):
    """Who proposed a decision was to agree to it."""

    code = "second_person_needed"


class NotTheirs(DomainError):
    """Somebody was to take back what another person proposed."""

    code = "not_theirs"


class LimitRefused(DomainError):
    """The limit was to be set without a reason, or below zero."""

    code = "limit_refused"


def needs_second(case: Case, stakes: Collection[Money], *, now: datetime) -> bool:
    """Tell whether two people decide a case that holds ``stakes``, one sum a currency.

    The limit of the day on which it was opened counts, and that of today if it is lower: nobody
    lifts it for a case that waits.
    """
    limit = DecisionLimit.at(case.opened_at, now)
    most = max((one.minor for one in stakes), default=0)
    return limit is not None and most >= limit


@transaction.atomic
def decide(
    *,
    case_id: int,
    verdict: str,
    actor_id: int,
    reason: str,
    stakes: Collection[Money],
    now: datetime,
    message: str = "",
    refused: Collection[int] | None = None,
    looked_at: Collection[int] | None = None,
) -> CaseProposal | None:
    """Decide a case, or propose the decision where so much is at stake; return the proposal.

    ``verdict``: confirmed or dismissed. ``stakes``: what the case holds, one sum a currency. The
    others as for ``cases.confirm``. Nothing happens to a sale, and the affiliate hears nothing,
    until somebody agrees. Safe to repeat by the same person.

    :raises ReasonMissing, OwnCase, SamePerson, CaseChanged, InvalidTransition: see
        ``cases.confirm``.
    :raises ProposalWaits: when another decision is proposed already.
    """
    case = cases.locked_to_decide(case_id)
    if case.status != CaseStatus.OPEN or not needs_second(case, stakes, now=now):
        _carry_out(verdict, case_id, actor_id, reason, message, refused, looked_at, now)
        return None
    why = words(
        reason, most=REASON_LENGTH, missing=_("Say why: the decision is kept with its reason.")
    )
    told = message.replace("\0", "").strip()[:MESSAGE_LENGTH]
    waiting = set(case.credits.filter(ruling=Ruling.WAITING).values_list("credit_id", flat=True))
    is_confirmed = verdict == CaseStatus.CONFIRMED
    falling = (waiting if refused is None else set(refused)) if is_confirmed else set()
    before = case.proposals.filter(status=ProposalStatus.PROPOSED).first()
    if before is not None:
        return _the_same(before, actor_id, (verdict, why, told, falling))
    cases.refuse_own(case, actor_id)
    cases.refuse_same_person(case, actor_id)
    cases.check_credits(waiting, falling, looked_at, is_confirmed=is_confirmed)
    most = max(stakes, key=lambda one: one.minor)
    made = CaseProposal.objects.create(
        case=case,
        verdict=verdict,
        waiting=sorted(waiting),
        refused=sorted(falling),
        at_stake_minor=most.minor,
        currency=most.currency,
        reason=why,
        message=told,
        status_changed_at=now,
        proposed_by_id=actor_id,
        proposed_at=now,
    )
    _record("case.decision_proposed", made, actor_id, now, reason=why)
    proposal_mails.proposed(made, now=now)
    return made


@transaction.atomic
def agree(*, proposal_id: int, actor_id: int, now: datetime) -> CaseProposal:
    """Decide as a colleague proposed. Safe to repeat by the same person.

    :raises SecondPersonNeeded: for who proposed it.
    :raises OwnCase, SamePerson: when the person may not decide the case.
    :raises CaseChanged: when other sales wait by now than when it was proposed.
    :raises InvalidTransition: when the proposal was answered otherwise.
    """
    made = _locked(proposal_id)
    if made.status == ProposalStatus.AGREED and made.decided_by_id == actor_id:
        return made
    _refuse_first(made, actor_id)
    _answer(made, ProposalStatus.AGREED, actor_id, now)
    _carry_out(
        made.verdict,
        made.case_id,
        actor_id,
        made.reason,
        made.message,
        made.refused,
        made.waiting,
        now,
    )
    _record("case.decision_agreed", made, actor_id, now)
    return made


@transaction.atomic
def decline(*, proposal_id: int, actor_id: int, reason: str, now: datetime) -> CaseProposal:
    """Say no to a colleague's decision, and why: the case waits on. Safe to repeat.

    :raises ReasonMissing: without a reason.
    :raises SecondPersonNeeded: for who proposed it: they take it back.
    :raises OwnCase, SamePerson: when the person may not decide the case.
    :raises InvalidTransition: when the proposal was answered otherwise.
    """
    why = words(reason, most=REASON_LENGTH, missing=_("Say why you do not agree: it is kept."))
    made = _locked(proposal_id)
    if made.status == ProposalStatus.DECLINED and made.decided_by_id == actor_id:
        return made
    _refuse_first(made, actor_id)
    cases.refuse_own(made.case, actor_id)
    cases.refuse_same_person(made.case, actor_id)
    made.answer = why
    _answer(made, ProposalStatus.DECLINED, actor_id, now)
    _record("case.decision_declined", made, actor_id, now, reason=why)
    proposal_mails.declined(made, now=now)
    return made


@transaction.atomic
def withdraw(*, proposal_id: int, actor_id: int, now: datetime) -> CaseProposal:
    """Take back one's own proposal: the case waits on. Safe to repeat.

    :raises NotTheirs: for another person's.
    :raises InvalidTransition: when it was answered.
    """
    made = _locked(proposal_id)
    if made.proposed_by_id != actor_id:
        raise NotTheirs(_("Somebody else proposed it: agree, or say why not."))
    if made.status != ProposalStatus.WITHDRAWN:
        _answer(made, ProposalStatus.WITHDRAWN, actor_id, now)
        _record("case.decision_withdrawn", made, actor_id, now)
    return made


@transaction.atomic
def change_limit(
    *, from_minor: int | None, reason: str, actor_id: int, now: datetime
) -> DecisionLimit | None:
    """Let two people decide from another amount on, in minor units; None: one decides always.

    A higher limit holds for cases that are opened from now on. Safe to repeat: what holds
    already changes nothing.

    :raises LimitRefused: without a reason, or for an amount that is not above zero.
    """
    why = reason.replace("\0", "").strip()[:_LIMIT_REASON_LENGTH]
    if not why:
        raise LimitRefused(_("Say why: the limit is kept with its reason."))
    if from_minor is not None and from_minor <= 0:
        raise LimitRefused(_("Choose an amount above zero, or leave it empty."))
    # One change at a time: the later of two must not carry the earlier moment.
    locks.hold(_LOCK)
    last = DecisionLimit.objects.order_by("-valid_from").first()
    before = DecisionLimit.AT_FIRST_MINOR if last is None else last.from_minor
    if before == from_minor:
        return last
    valid_from = now
    if last is not None and last.valid_from >= now:
        valid_from = last.valid_from + timedelta(microseconds=1)
    made = DecisionLimit.objects.create(
        from_minor=from_minor, valid_from=valid_from, author_id=actor_id, reason=why
    )
    audit.record(
        actor=actor_id, verb="decision_limit.set", subject=made, at=now,
        reason=why,
        data={"before_minor": before, "after_minor": from_minor},
    )  # fmt: skip
    return made


def _the_same(
    before: CaseProposal, actor_id: int, asked: tuple[str, str, str, set[int]]
) -> CaseProposal:
    """Return the proposal that waits, if the same person asks for the same again."""
    kept = (before.verdict, before.reason, before.message, set(before.refused))
    if before.proposed_by_id == actor_id and kept == asked:
        return before
    raise cases.ProposalWaits(
        _("A decision waits for a second person: agree to it, or say why not, first.")
    )


def _carry_out(
    verdict: str,
    case_id: int,
    actor_id: int,
    reason: str,
    message: str,
    refused: Collection[int] | None,
    looked_at: Collection[int] | None,
    now: datetime,
) -> None:
    if verdict == CaseStatus.CONFIRMED:
        cases.confirm(
            case_id=case_id,
            actor_id=actor_id,
            reason=reason,
            message=message,
            refused=refused,
            looked_at=looked_at,
            now=now,
        )
        return
    cases.dismiss(
        case_id=case_id,
        actor_id=actor_id,
        reason=reason,
        message=message,
        looked_at=looked_at,
        now=now,
    )


def _locked(proposal_id: int) -> CaseProposal:
    """Return a proposal; its account's and its case's rows are locked: one change at a time."""
    case_id = CaseProposal.objects.values_list("case_id", flat=True).get(pk=proposal_id)
    cases.locked_to_decide(case_id)
    rows = CaseProposal.objects.select_related("case__affiliate", "proposed_by")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=proposal_id)


def _refuse_first(made: CaseProposal, actor_id: int) -> None:
    if actor_id == made.proposed_by_id:
        raise SecondPersonNeeded(_("You proposed it: a second person must decide."))


def _answer(made: CaseProposal, status: str, actor_id: int, now: datetime) -> None:
    made.move_to(status, at=now)
    made.decided_by = User.objects.get(pk=actor_id)
    made.save(update_fields=["status", "status_changed_at", "decided_by", "answer"])


def _record(
    verb: str, made: CaseProposal, actor_id: int, now: datetime, *, reason: str = ""
) -> None:
    audit.record(
        actor=actor_id, verb=verb, subject=made.case, at=now, reason=reason,
        data={
            "proposal_id": made.pk,
            "verdict": made.verdict,
            "refused": made.refused,
            "at_stake_minor": made.at_stake_minor,
            "currency": made.currency,
        },
    )  # fmt: skip
