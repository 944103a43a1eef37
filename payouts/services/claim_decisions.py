"""Claims granted or declined. Granting moves money through an adjustment, never another way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.money import Money
from payouts.models import (
    AdjustmentProposal,
    AdjustmentReason,
    Claim,
    ClaimStatus,
    Commission,
    ProposalStatus,
)
from payouts.services import claim_mails, proposals
from payouts.services.claim_evidence import Evidence, find_order, gather
from payouts.services.claim_rules import WAITING, refuse_own
from payouts.services.claims import locked, require_waiting
from shop.models import Order

#: What an adjustment keeps of it.
ANSWER_LENGTH = 500
INTERNAL_LENGTH = 2_000
_DECIDED = [
    "status", "status_changed_at", "order", "commission", "answer_code", "answer",
    "internal_text", "answered_by", "proposal", "assignee",
]  # fmt: skip


class AnswerMissing(DomainError):
    """A claim was to be decided without words, or with too many."""

    code = "claim_answer"


class GrantImpossible(DomainError):
    """An amount that cannot be granted."""

    code = "claim_grant"


class DecidedOtherwise(DomainError):
    """A claim was to be decided that somebody has decided otherwise."""

    code = "claim_decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a decision says: its code, the text that the affiliate reads, words for the team."""

    code: str
    text: str
    internal_text: str = ""


@transaction.atomic
def grant(
    *, claim_id: int, amount: Money | None, reply: Reply, actor_id: int, now: datetime
) -> Claim:
    """Grant a claim, with an amount or, where the sale is credited by now, without.

    The amount is proposed as an adjustment of reason ``claim`` (CL11). At or above the limit of
    the programme the claim stays open until a second person has booked it: only then is it granted
    and the affiliate told. Safe to repeat: the same grant is made once.

    :raises AnswerMissing: without an answer, or with one that is too long.
    :raises GrantImpossible: for an amount that is not above zero, in another currency, or above
        the price of the order.
    :raises DecidedOtherwise: once it is decided with another outcome, amount or answer.
    :raises ClaimClosed, SecondPersonDecides, OwnClaim: when it cannot be decided.
    :raises ProposalRefused: if the adjustment cannot be proposed.
    """
    claim, answer = locked(claim_id), _checked(reply)
    refuse_own(claim, actor_id)
    if claim.status == ClaimStatus.GRANTED or _waits(claim):
        _require_same(claim, answer, amount)
        return claim
    _refuse_other_end(claim)
    require_waiting(claim)
    evidence = _look_again(claim, now)
    if amount is not None:
        _check_amount(claim, amount, evidence)
    _answer(claim, answer, actor_id)
    if amount is not None:
        claim.proposal = _propose(claim, amount, answer, actor_id, now)
    if _waits(claim):
        claim.save(update_fields=_DECIDED)
        _record("claim.proposed", claim, actor_id, now, evidence)
        return claim
    _close(claim, ClaimStatus.GRANTED, now)
    _record("claim.granted", claim, actor_id, now, evidence)
    claim_mails.decided(claim, now=now)
    return claim


@transaction.atomic
def decline(*, claim_id: int, reply: Reply, actor_id: int, now: datetime) -> Claim:
    """Decline a claim in words that the affiliate reads. Safe to repeat.

    :raises AnswerMissing: without an answer, or with one that is too long.
    :raises DecidedOtherwise: once it is decided with another outcome or answer.
    :raises ClaimClosed, SecondPersonDecides, OwnClaim: when it cannot be decided.
    """
    claim, answer = locked(claim_id), _checked(reply)
    refuse_own(claim, actor_id)
    if claim.status == ClaimStatus.DECLINED:
        _require_same(claim, answer, None)
        return claim
    _refuse_other_end(claim)
    require_waiting(claim)
    evidence = _look_again(claim, now)
    _answer(claim, answer, actor_id)
    _close(claim, ClaimStatus.DECLINED, now)
    _record("claim.declined", claim, actor_id, now, evidence)
    claim_mails.decided(claim, now=now)
    return claim


def settle_pending(*, now: datetime, limit: int = 100) -> int:
    """Close the claims whose amount a second person decided about; return how many.

    Booked: granted, and the affiliate is told. Declined or taken back: the claim is open again.
    Safe to repeat and to race.
    """
    decided = Claim.objects.filter(status__in=WAITING, proposal__isnull=False).exclude(
        proposal__status=ProposalStatus.PROPOSED
    )
    settled = 0
    for pk in decided.order_by("pk").values_list("pk", flat=True)[:limit]:
        settled += _settle(pk, now)
    return settled


@transaction.atomic
def _settle(claim_id: int, now: datetime) -> int:
    claim = locked(claim_id)
    proposal = claim.proposal
    if claim.status not in WAITING or proposal is None or _waits(claim):
        return 0
    actor_id = proposal.decided_by_id or proposal.author_id
    if proposal.status == ProposalStatus.BOOKED:
        _close(claim, ClaimStatus.GRANTED, now)
        _record("claim.granted", claim, actor_id, now, None)
        claim_mails.decided(claim, now=now)
        return 1
    claim.proposal, claim.answered_by = None, None
    claim.answer = claim.answer_code = ""
    claim.save(update_fields=_DECIDED)
    _record("claim.reopened", claim, actor_id, now, None, reason=proposal.decision_text)
    return 1


def _waits(claim: Claim) -> bool:
    """Whether the amount of an open claim waits for a second person."""
    return (
        claim.status in WAITING
        and claim.proposal is not None
        and claim.proposal.status == ProposalStatus.PROPOSED
    )


def _checked(reply: Reply) -> Reply:
    text = reply.text.replace("\0", "").strip()
    internal = reply.internal_text.replace("\0", "").strip()
    if not text:
        raise AnswerMissing(_("Write the answer: the affiliate reads it."))
    if len(text) > ANSWER_LENGTH:
        raise AnswerMissing(
            _("An answer has at most %(most)s signs: shorten it.") % {"most": ANSWER_LENGTH}
        )
    if len(internal) > INTERNAL_LENGTH:
        raise AnswerMissing(
            _("Words for the team have at most %(most)s signs.") % {"most": INTERNAL_LENGTH}
        )
    return Reply(code=reply.code[:40], text=text, internal_text=internal)


def _require_same(claim: Claim, answer: Reply, amount: Money | None) -> None:
    granted = claim.proposal.amount if claim.proposal is not None else None
    if claim.answer != answer.text or granted != amount:
        raise DecidedOtherwise(_("Somebody decided about this claim already: reload the page."))


def _refuse_other_end(claim: Claim) -> None:
    if claim.status in (ClaimStatus.GRANTED, ClaimStatus.DECLINED):
        raise DecidedOtherwise(_("Somebody decided about this claim already: reload the page."))


def _look_again(claim: Claim, now: datetime) -> Evidence:
    """Bring the claim up to what is known now: its order may have come since."""
    if claim.order is None:
        claim.order = find_order(claim.order_number, claim.ordered_on)
    evidence = gather(claim, claim.order, now=now)
    if claim.commission_id is None and evidence["earned"] is not None:
        claim.commission = Commission.objects.get(pk=evidence["earned"]["id"])
    return evidence


def _check_amount(claim: Claim, amount: Money, evidence: Evidence) -> None:
    if amount.minor <= 0:
        raise GrantImpossible(_("Enter an amount above zero, or none."))
    order: Order | None = claim.order
    currency = order.currency if order is not None else claim.currency
    if amount.currency != currency:
        raise GrantImpossible(
            _("The order is in %(currency)s: so is what is granted.") % {"currency": currency}
        )
    found = evidence["order"]
    if found is not None and amount.minor > max(0, found["net_minor"]):
        raise GrantImpossible(
            _("That is more than the price of the order, %(price)s: enter less.")
            % {"price": Money(found["net_minor"], found["currency"])}
        )


def _answer(claim: Claim, answer: Reply, actor_id: int) -> None:
    claim.answer_code, claim.answer = answer.code, answer.text
    claim.internal_text = answer.internal_text
    claim.answered_by_id = actor_id
    if claim.assignee_id is None:
        claim.assignee_id = actor_id


def _propose(
    claim: Claim, amount: Money, answer: Reply, actor_id: int, now: datetime
) -> AdjustmentProposal:
    """Propose the amount under a key of its own: a claim that is open again proposes anew."""
    before = AdjustmentProposal.objects.filter(source_key__startswith=f"claim:{claim.pk}:").count()
    return proposals.propose(
        affiliate_id=claim.affiliate_id,
        amount=amount,
        reason=AdjustmentReason.CLAIM,
        text=answer.text,
        internal_text=answer.internal_text,
        source_key=f"claim:{claim.pk}:{before + 1}",
        commission_id=claim.commission_id,
        author_id=actor_id,
        now=now,
    )


def _close(claim: Claim, status: str, now: datetime) -> None:
    claim.move_to(status, at=now)
    claim.save(update_fields=_DECIDED)


def _record(
    verb: str,
    claim: Claim,
    actor_id: int,
    now: datetime,
    evidence: Evidence | None,
    *,
    reason: str = "",
) -> None:
    amount = claim.proposal.amount if claim.proposal is not None else None
    data: dict[str, Any] = {"answer_code": claim.answer_code}
    if evidence is not None:
        data["verdict"] = evidence["verdict"]
    if amount is not None:
        data |= {"amount_minor": amount.minor, "currency": amount.currency}
    audit.record(
        actor=actor_id, verb=verb, subject=claim, at=now, reason=reason,
        data=data,
    )  # fmt: skip
