"""Claims of affiliates: made, asked back, answered, taken back, given to somebody of the team.

The decision is in ``claim_decisions``. The rules are numbered CL1 to CL14 in docs/rules/claims.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from core import audit, staff
from core.attachments import Attachment
from core.errors import DomainError
from core.models import User
from payouts.models import Claim, ClaimMessage, ClaimStatus, ProposalStatus
from payouts.services import claim_mails
from payouts.services.claim_evidence import gather
from payouts.services.claim_rules import (
    TEXT_LENGTH,
    WAITING,
    Allowed,
    AlreadyClaimed,
    Wanted,
    WordsMissing,
    allow,
    check_count,
    refuse_own,
)


class ClaimClosed(DomainError):
    """A claim that is decided or withdrawn was to be changed."""

    code = "claim_closed"


class SecondPersonDecides(DomainError):
    """A claim whose amount waits for a second person was to be changed."""

    code = "claim_second_person"


class QuestionOpen(DomainError):
    """Something else was asked before the affiliate answered."""

    code = "claim_question_open"


class NothingAsked(DomainError):
    """An affiliate answered a question that nobody asked."""

    code = "claim_nothing_asked"


class NotOfTheTeam(DomainError):
    """A claim was to be given to somebody who is no manager."""

    code = "claim_not_of_the_team"


def open_claim(wanted: Wanted, *, actor_id: int, now: datetime) -> Claim:
    """Make a claim, with what our records say of it. Safe to repeat while it is open.

    :raises ClaimRefused: when it cannot be made; see ``claim_rules``.
    """
    with transaction.atomic():
        _lock_account(wanted.affiliate_id)
        allowed = allow(wanted, now=now)
        existing = open_already(allowed)
        if existing is not None:
            return existing
        check_count(wanted.affiliate_id, 1, now=now)
        claim = _store(allowed, actor_id, now)
        _record("claim.opened", claim, actor_id, now, data=_said(claim))
        claim_mails.received([claim], now=now)
    return claim


def open_many(
    wanted: Sequence[Wanted], *, actor_id: int, now: datetime
) -> tuple[list[Claim], list[Claim]]:
    """Make all of several claims of one affiliate, or none; return those made, and those there.

    :raises ClaimRefused: for the first that cannot be made. Nothing is made then.
    """
    made: list[Claim] = []
    there: list[Claim] = []
    with transaction.atomic():
        _lock_account(wanted[0].affiliate_id)
        for one in wanted:
            allowed = allow(one, now=now)
            existing = open_already(allowed)
            if existing is not None:
                there.append(existing)
                continue
            check_count(one.affiliate_id, 1, now=now)
            made.append(_store(allowed, actor_id, now))
        for claim in made:
            _record("claim.opened", claim, actor_id, now, data=_said(claim))
        if made:
            claim_mails.received(made, now=now)
    return made, there


@transaction.atomic
def ask(*, claim_id: int, text: str, actor_id: int, now: datetime) -> Claim:
    """Ask the affiliate back; the days of the answer stand still until it replies (CL7).

    Safe to repeat: the same question waits once.

    :raises WordsMissing: without a question, or with too long a one.
    :raises ClaimClosed, SecondPersonDecides, QuestionOpen, OwnClaim: when nothing can be asked.
    """
    claim, words = locked(claim_id), _words(text)
    refuse_own(claim, actor_id)
    if claim.status == ClaimStatus.QUESTION:
        if _last_words(claim, is_from_team=True) == words:
            return claim
        raise QuestionOpen(_("A question waits for the affiliate's answer already."))
    require_waiting(claim)
    message = _say(claim, words, actor_id, now, is_from_team=True)
    claim.move_to(ClaimStatus.QUESTION, at=now)
    if claim.assignee_id is None:
        claim.assignee_id = actor_id
    claim.save(update_fields=["status", "status_changed_at", "assignee"])
    _record("claim.asked", claim, actor_id, now)
    claim_mails.asked(claim, message, now=now)
    return claim


@transaction.atomic
def reply(
    *,
    claim_id: int,
    affiliate_id: int,
    text: str,
    actor_id: int,
    now: datetime,
    proof: Attachment | None = None,
) -> Claim:
    """Answer the team's question; the days of the answer go on from where they stood (CL7).

    Safe to repeat: the same words are kept once.

    :raises Claim.DoesNotExist: when it is another affiliate's.
    :raises WordsMissing: without words, or with too many.
    :raises ClaimClosed, NothingAsked: when no question waits.
    """
    claim, words = locked(claim_id, affiliate_id=affiliate_id), _words(text)
    if claim.status == ClaimStatus.OPEN:
        if _last_words(claim, is_from_team=False) == words:
            return claim
        raise NothingAsked(_("Nothing waits for your answer. You will hear from us by e-mail."))
    require_waiting(claim)
    message = _say(claim, words, actor_id, now, is_from_team=False, proof=proof)
    claim.due_at += now - claim.status_changed_at
    claim.move_to(ClaimStatus.OPEN, at=now)
    claim.save(update_fields=["status", "status_changed_at", "due_at"])
    _record("claim.replied", claim, actor_id, now)
    claim_mails.replied(claim, message, now=now)
    return claim


@transaction.atomic
def withdraw(*, claim_id: int, affiliate_id: int, actor_id: int, now: datetime) -> Claim:
    """Take a claim back. Safe to repeat.

    :raises Claim.DoesNotExist: when it is another affiliate's.
    :raises ClaimClosed, SecondPersonDecides: once it is decided.
    """
    claim = locked(claim_id, affiliate_id=affiliate_id)
    if claim.status == ClaimStatus.WITHDRAWN:
        return claim
    require_waiting(claim)
    claim.move_to(ClaimStatus.WITHDRAWN, at=now)
    claim.save(update_fields=["status", "status_changed_at"])
    _record("claim.withdrawn", claim, actor_id, now)
    return claim


@transaction.atomic
def assign(*, claim_id: int, assignee_id: int | None, actor_id: int, now: datetime) -> Claim:
    """Give a claim to a manager, or to nobody in particular. Safe to repeat.

    :raises NotOfTheTeam: for somebody who is no manager.
    :raises OwnClaim: for somebody who acts for the account.
    :raises ClaimClosed: once it is decided or withdrawn.
    """
    claim = locked(claim_id)
    if claim.assignee_id == assignee_id:
        return claim
    if claim.status not in WAITING:
        raise ClaimClosed(_("This claim is closed already."))
    if assignee_id is not None:
        if not staff.of_role("manager").filter(pk=assignee_id).exists():
            raise NotOfTheTeam(_("Choose a programme manager: others cannot decide."))
        refuse_own(claim, assignee_id)
    claim.assignee_id = assignee_id
    claim.save(update_fields=["assignee"])
    _record("claim.assigned", claim, actor_id, now, data={"assignee_id": assignee_id})
    if assignee_id is not None and assignee_id != actor_id:
        claim_mails.assigned(claim, now=now)
    return claim


def locked(claim_id: int, *, affiliate_id: int | None = None) -> Claim:
    """Return a claim whose row is locked, without its file.

    :raises Claim.DoesNotExist: when it is not that affiliate's.
    """
    rows = Claim.objects.select_related("affiliate", "author").defer("proof")
    if affiliate_id is not None:
        rows = rows.filter(affiliate=affiliate_id)
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=claim_id)


def require_waiting(claim: Claim) -> None:
    """Do nothing for a claim about which somebody may still act.

    :raises ClaimClosed: once it is decided or withdrawn.
    :raises SecondPersonDecides: while its amount waits for a second person.
    """
    if claim.status not in WAITING:
        raise ClaimClosed(_("This claim is closed already."))
    proposal = claim.proposal
    if proposal is not None and proposal.status == ProposalStatus.PROPOSED:
        raise SecondPersonDecides(
            _("The amount waits for a second person: nothing can be changed until then.")
        )


def _lock_account(affiliate_id: int) -> None:
    """Let one claim of an account come after the other."""
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)


def open_already(allowed: Allowed) -> Claim | None:
    """Return the same claim where it is open already.

    :raises AlreadyClaimed: when it is open with another content.
    """
    new = allowed.claim
    same = Q(order_number=new.order_number)
    if allowed.order is not None:
        same |= Q(order=allowed.order)
    waiting = Claim.objects.defer("proof").filter(same, kind=new.kind, status__in=WAITING)
    existing = waiting.filter(affiliate=new.affiliate_id).first()
    if existing is None:
        return None
    said = ("ordered_on", "amount_minor", "text", "proof_name")
    if all(getattr(existing, name) == getattr(new, name) for name in said):
        return existing
    raise AlreadyClaimed(
        _("You have claimed this order already and it is not decided. Withdraw it to claim anew.")
    )


def _store(allowed: Allowed, actor_id: int, now: datetime) -> Claim:
    claim = allowed.claim
    claim.author = User.objects.get(pk=actor_id)
    claim.evidence = gather(claim, allowed.order, now=now)
    claim.save(force_insert=True)
    return claim


def _say(
    claim: Claim,
    words: str,
    actor_id: int,
    now: datetime,
    *,
    is_from_team: bool,
    proof: Attachment | None = None,
) -> ClaimMessage:
    return ClaimMessage.objects.create(
        claim=claim,
        at=now,
        author_id=actor_id,
        is_from_team=is_from_team,
        text=words,
        proof_name=proof.name if proof else "",
        proof=proof.body if proof else None,
    )


def _last_words(claim: Claim, *, is_from_team: bool) -> str:
    last = claim.messages.defer("proof").order_by("-pk").first()
    return last.text if last is not None and last.is_from_team == is_from_team else ""


def _words(text: str) -> str:
    words = text.replace("\0", "").strip()
    if not words:
        raise WordsMissing(_("Write a few words: a person reads them."))
    if len(words) > TEXT_LENGTH:
        raise WordsMissing(_("Say it in at most %(most)s signs.") % {"most": TEXT_LENGTH})
    return words


def _said(claim: Claim) -> dict[str, Any]:
    return {
        "kind": claim.kind,
        "order_number": claim.order_number,
        "amount_minor": claim.amount_minor,
        "verdict": claim.evidence["verdict"],
        "import_name": claim.import_name,
    }


def _record(
    verb: str,
    claim: Claim,
    actor_id: int,
    now: datetime,
    *,
    data: dict[str, Any] | None = None,
) -> None:
    audit.record(actor=actor_id, verb=verb, subject=claim, at=now, data=data or {})
