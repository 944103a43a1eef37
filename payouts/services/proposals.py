"""Adjustments that people want: booked at once below the limit, else by a second person.

The rules are numbered A1 to A9 in ``docs/rules/adjustments.md``.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Abs
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, Programme
from core import audit
from core.errors import IdempotencyConflict
from core.models import User
from core.money import Money
from payouts.models import (
    WRITE_OFF,
    Adjustment,
    AdjustmentProposal,
    Commission,
    ProposalStatus,
)
from payouts.services.adjustments import book
from payouts.services.proposal_rules import (
    Evidence,
    NotTheAuthor,
    OwnAdjustment,
    ProposalRefused,
    SecondPersonNeeded,
    StillPending,
    Wanted,
    refuse,
    refuse_author,
    refuse_own,
)

__all__ = [
    "Evidence",
    "NotTheAuthor",
    "OwnAdjustment",
    "ProposalRefused",
    "SecondPersonNeeded",
    "StillPending",
    "Wanted",
    "approve",
    "decline",
    "is_same",
    "look_at_evidence",
    "place",
    "propose",
    "withdraw",
]

DECIDED = ["status", "status_changed_at", "decided_by", "decision_text"]


def propose(
    *,
    affiliate_id: int,
    amount: Money,
    reason: str,
    text: str,
    source_key: str,
    author_id: int,
    now: datetime,
    internal_text: str = "",
    commission_id: int | None = None,
    evidence: Evidence | None = None,
) -> AdjustmentProposal:
    """Propose one adjustment. Below the programme's limit it is booked at once (A1, A2).

    Safe to repeat: one ``source_key``, one proposal. ``status`` of what is returned says whether
    it is booked or waits for a second person.

    :raises ProposalRefused: for an amount, reason, text, file or commission that cannot be.
    :raises OwnAdjustment: if the author acts for the affiliate.
    :raises StillPending: for taking back what a pending commission may still earn.
    :raises IdempotencyConflict: if the key proposed something else.
    """
    wanted = Wanted(
        affiliate_id=affiliate_id, amount=amount, reason=reason, text=text, source_key=source_key,
        internal_text=internal_text, commission_id=commission_id, evidence=evidence,
    )  # fmt: skip
    return place(wanted, author_id=author_id, now=now)


@transaction.atomic
def place(
    wanted: Wanted, *, author_id: int, now: datetime, needs_second: bool = False
) -> AdjustmentProposal:
    """Do what ``propose`` does; with ``needs_second`` it waits, however small it is.

    :raises ProposalRefused, IdempotencyConflict: see ``propose``.
    """
    # One proposal for an affiliate at a time: two that race count each other (A2).
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=wanted.affiliate_id)
    existing = AdjustmentProposal.objects.filter(source_key=wanted.source_key).first()
    if existing is not None:
        return _same(existing, wanted)
    commission = _locked_commission(wanted.commission_id)
    refuse(wanted, commission, author_id=author_id)
    alone = booked_alone_minor(affiliate.pk, author_id=author_id, now=now)
    limit = Programme.get().four_eyes_from_minor
    proposal, created = AdjustmentProposal.objects.get_or_create(
        source_key=wanted.source_key,
        defaults={
            **_columns(wanted),
            "author_id": author_id,
            "created_at": now,
            "status_changed_at": now,
        },
    )
    if not created:
        return _same(proposal, wanted)
    is_small = alone + abs(wanted.amount.minor) < limit
    if is_small and not needs_second and wanted.reason != WRITE_OFF:
        _book(proposal, commission, now)
    _record("adjustment.proposed", proposal, author_id, now)
    return proposal


def booked_alone_minor(affiliate_id: int, *, author_id: int, now: datetime) -> int:
    """Return what a person booked for an affiliate that day without a second person.

    Minor units, pluses and minuses alike; the day is the programme's.
    """
    since, until = day_of(now)
    alone = AdjustmentProposal.objects.filter(
        affiliate=affiliate_id,
        author=author_id,
        status=ProposalStatus.BOOKED,
        decided_by__isnull=True,
        status_changed_at__gte=since,
        status_changed_at__lt=until,
    )
    total: int | None = alone.aggregate(total=Sum(Abs("amount_minor")))["total"]
    return total or 0


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """Return the beginning of the programme's day that holds ``now``, and of the next one."""
    zone = Programme.get().zone
    today = now.astimezone(zone).date()
    tomorrow = today + timedelta(days=1)
    return datetime.combine(today, time(), zone), datetime.combine(tomorrow, time(), zone)


@transaction.atomic
def approve(
    *, proposal_id: int, actor_id: int, now: datetime, note: str = ""
) -> AdjustmentProposal:
    """Book what somebody else proposed (A3). Safe to repeat by the same person.

    :raises SecondPersonNeeded: for its author.
    :raises OwnAdjustment: if the person acts for the affiliate.
    :raises StillPending, ProposalRefused: if it can no longer be booked as it was proposed.
    :raises InvalidTransition: if it is declined or withdrawn, or somebody else booked it.
    """
    proposal = _locked(proposal_id)
    if proposal.status == ProposalStatus.BOOKED and proposal.decided_by_id == actor_id:
        return proposal
    refuse_author(proposal, actor_id)
    commission = _locked_commission(proposal.commission_id)
    refuse(_wanted(proposal), commission, author_id=actor_id)
    proposal.decided_by_id, proposal.decision_text = actor_id, note.strip()
    _book(proposal, commission, now)
    _record("adjustment.approved", proposal, actor_id, now, reason=proposal.decision_text)
    return proposal


@transaction.atomic
def decline(*, proposal_id: int, actor_id: int, note: str, now: datetime) -> AdjustmentProposal:
    """Say no to what somebody else proposed, and why (A3). Nothing is booked.

    :raises ProposalRefused: without a reason.
    :raises SecondPersonNeeded: for its author, who withdraws it instead.
    :raises OwnAdjustment: if the person acts for the affiliate.
    :raises InvalidTransition: if it is booked, declined or withdrawn.
    """
    if not note.strip():
        raise ProposalRefused(_("Say why you decline it: the author reads it."))
    proposal = _locked(proposal_id)
    refuse_author(proposal, actor_id)
    refuse_own(proposal.affiliate_id, actor_id)
    proposal.move_to(ProposalStatus.DECLINED, at=now)
    proposal.decided_by_id, proposal.decision_text = actor_id, note.strip()
    proposal.save(update_fields=DECIDED)
    _record("adjustment.declined", proposal, actor_id, now, reason=proposal.decision_text)
    return proposal


@transaction.atomic
def withdraw(*, proposal_id: int, actor_id: int, now: datetime) -> AdjustmentProposal:
    """Take back one's own proposal before it is decided. Nothing is booked.

    :raises NotTheAuthor: for anybody else.
    :raises InvalidTransition: if it is booked, declined or withdrawn.
    """
    proposal = _locked(proposal_id)
    if proposal.author_id != actor_id:
        raise NotTheAuthor(_("Only its author withdraws it: decline it instead."))
    proposal.move_to(ProposalStatus.WITHDRAWN, at=now)
    proposal.save(update_fields=["status", "status_changed_at"])
    _record("adjustment.withdrawn", proposal, actor_id, now)
    return proposal


@transaction.atomic
def look_at_evidence(*, proposal_id: int, viewer_id: int, now: datetime) -> Evidence | None:
    """Return the file of a proposal, if it has one, and keep who looked at it."""
    rows = AdjustmentProposal.objects.filter(pk=proposal_id, evidence__isnull=False)
    proposal = rows.only("evidence", "evidence_name").first()
    if proposal is None or proposal.evidence is None:
        return None
    viewer = User.objects.get(pk=viewer_id)
    audit.record_look(actor=viewer, verb="adjustment.evidence_viewed", subject=proposal, at=now)
    return Evidence(name=proposal.evidence_name, body=bytes(proposal.evidence))


def _book(proposal: AdjustmentProposal, commission: Commission | None, now: datetime) -> None:
    """Make the one adjustment of a proposal that the caller has locked or just made (A7).

    About a pending commission it is inside what will be approved; else it is payable by itself.
    """
    proposal.move_to(ProposalStatus.BOOKED, at=now)
    proposal.save(update_fields=DECIDED)
    adjustment = Adjustment(
        affiliate_id=proposal.affiliate_id,
        commission=commission,
        proposal=proposal,
        text=proposal.text,
        amount_minor=proposal.amount_minor,
        currency=proposal.currency,
        reason=proposal.reason,
        is_payable=commission is None or not commission.is_pending,
        source_key=f"proposal:{proposal.pk}",
        effective_at=now,
        created_at=now,
        author_id=proposal.author_id,
    )
    book([adjustment], {commission.pk: commission} if commission else {}, now=now)


def _locked(proposal_id: int) -> AdjustmentProposal:
    return AdjustmentProposal.objects.select_for_update().defer("evidence").get(pk=proposal_id)


def _locked_commission(commission_id: int | None) -> Commission | None:
    if commission_id is None:
        return None
    return Commission.objects.select_for_update().get(pk=commission_id)


def _columns(wanted: Wanted) -> dict[str, Any]:
    return {
        "affiliate_id": wanted.affiliate_id,
        "commission_id": wanted.commission_id,
        "amount_minor": wanted.amount.minor,
        "currency": wanted.amount.currency,
        "reason": wanted.reason,
        "text": wanted.text.strip(),
        "internal_text": wanted.internal_text.strip(),
        "evidence_name": wanted.evidence.name[:120] if wanted.evidence else "",
        "evidence": wanted.evidence.body if wanted.evidence else None,
        "import_name": wanted.import_name[:120],
    }


def _wanted(proposal: AdjustmentProposal) -> Wanted:
    return Wanted(
        affiliate_id=proposal.affiliate_id,
        amount=proposal.amount,
        reason=proposal.reason,
        text=proposal.text,
        source_key=proposal.source_key,
        commission_id=proposal.commission_id,
    )


def is_same(proposal: AdjustmentProposal, wanted: Wanted) -> bool:
    """Tell whether ``wanted`` is what a stored proposal with its key already says."""
    said = _columns(wanted)
    compared = ("affiliate_id", "commission_id", "amount_minor", "currency", "reason", "text")
    return all(getattr(proposal, name) == said[name] for name in compared)


def _same(proposal: AdjustmentProposal, wanted: Wanted) -> AdjustmentProposal:
    if not is_same(proposal, wanted):
        raise IdempotencyConflict(
            _("“%(key)s” was already used for another adjustment.") % {"key": wanted.source_key}
        )
    return proposal


def _record(
    verb: str, proposal: AdjustmentProposal, actor_id: int, now: datetime, *, reason: str = ""
) -> None:
    audit.record(
        actor=actor_id,
        verb=verb,
        subject=proposal,
        at=now,
        reason=reason,
        data={
            "affiliate_id": proposal.affiliate_id,
            "amount_minor": proposal.amount_minor,
            "currency": proposal.currency,
            "reason": proposal.reason,
            "status": str(proposal.status),
        },
    )
