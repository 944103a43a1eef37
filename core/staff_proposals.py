"""Roles that take two: proposed by one of staff, agreed to by another (ST5 to ST7)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, staff, staff_mails, staff_team
from core.domain.staff_rules import LASTS, needs_second
from core.errors import DomainError
from core.models import ProposalStatus, StaffInvitation, StaffProposal, StaffRole, User
from core.staff_team import StaffRefused


class ProposalOver(DomainError):
    """A proposal that was decided, taken back, or ran out."""

    code = "staff_proposal_over"


class NotYours(DomainError):
    """Somebody decided a proposal who may not, or took back another's."""

    code = "staff_proposal_not_yours"


@transaction.atomic
def give_role(
    *, person_id: int, role: str, reason: str, actor_id: int, now: datetime
) -> StaffProposal | None:
    """Give a role to somebody of staff at once, or propose it when that takes two.

    Returns the proposal, or None when the role is theirs now. The same proposal twice is one.

    :raises NotOfStaff: unless ``actor_id`` is of staff.
    :raises StaffRefused: for a role that is none or that they have, for oneself, for somebody who
        is not of staff, an owner who is not of finance, without a reason, or of somebody who is
        new where it takes two.
    :raises NobodyToConfirm: when nobody could agree to it.
    """
    staff_team.hold()
    actor, why = staff_team.acting(actor_id), staff_team.reason_of(reason)
    person = _of_staff(person_id)
    if role not in StaffRole.values:
        raise StaffRefused(_("There is no such role."))
    if person.pk == actor.pk:
        raise StaffRefused(_("Nobody gives a role to themselves: ask somebody else of the team."))
    staff_team.check_role(person, role)
    if not needs_second([role], staff_team.roles_of(actor)):
        staff.give(user_id=person.pk, role=role, actor=actor, reason=why, now=now)
        staff_mails.role_given(person, StaffRole(role), by=actor, now=now)
        return None
    lapse_due(now=now)
    waiting = StaffProposal.objects.filter(
        person=person, role=role, status=ProposalStatus.PROPOSED
    ).first()
    return waiting or propose(
        role=role, person=person, invitation=None, reason=why, proposer=actor, now=now
    )


def propose(
    *,
    role: str,
    person: User | None,
    invitation: StaffInvitation | None,
    reason: str,
    proposer: User,
    now: datetime,
) -> StaffProposal:
    """Keep a proposal and tell whoever may agree. The caller checked the rest, and has the lock.

    :raises StaffRefused: for a proposer to whom a person gave a role within the last seven days.
    :raises NobodyToConfirm: when nobody could agree to it.
    """
    if staff_team.is_new(proposer.pk, now):
        raise StaffRefused(
            _("You got a role within the last seven days: until then you propose nothing that takes"
              " two people. Ask somebody else of the team.")
        )  # fmt: skip
    email = invitation.email if invitation is not None else ""
    person_id = person.pk if person is not None else None
    others = staff_team.require_confirmer(proposer.pk, person_id=person_id, email=email, now=now)
    proposal = StaffProposal.objects.create(
        role=role,
        person=person,
        invitation=invitation,
        reason=reason,
        proposed_by=proposer,
        proposed_at=now,
        expires_at=now + LASTS,
        status_changed_at=now,
    )
    _record("staff.proposed", proposal, proposer, now, reason)
    staff_mails.proposed(proposal, others, now=now)
    return proposal


@transaction.atomic
def confirm(*, proposal_id: int, actor_id: int, now: datetime) -> StaffProposal:
    """Agree: the role is the person's, or the invitation leaves. Safe to repeat by the same person.

    :raises NotYours: unless ``actor_id`` is of staff, another than who proposed it and than whom
        it is about, and was not given a role by a person within the last seven days.
    :raises ProposalOver: when it was decided, ran out, or its proposer left.
    :raises StaffRefused: when the person may not have the role any more.
    """
    staff_team.hold()
    proposal = _locked(proposal_id)
    if proposal.status == ProposalStatus.CONFIRMED and proposal.decided_by_id == actor_id:
        return proposal
    actor = _confirming(proposal, actor_id, now)
    _require_waiting(proposal, now)
    if not staff_team.people().filter(pk=proposal.proposed_by_id).exists():
        raise ProposalOver(_("Whoever proposed it left the team. Propose it anew."))
    _decide(proposal, ProposalStatus.CONFIRMED, actor, "", now)
    _record("staff.proposal_confirmed", proposal, actor, now, proposal.reason)
    if proposal.person is not None:
        person = _of_staff(proposal.person.pk)
        staff_team.check_role(person, proposal.role)
        staff.give(
            user_id=person.pk,
            role=proposal.role,
            actor=proposal.proposed_by,
            reason=proposal.reason,
            now=now,
        )
        staff_mails.role_given(person, StaffRole(proposal.role), by=actor, now=now)
    if proposal.invitation is not None:
        send(proposal.invitation, now)
    staff_mails.decided(proposal, now=now)
    return proposal


@transaction.atomic
def decline(*, proposal_id: int, reason: str, actor_id: int, now: datetime) -> StaffProposal:
    """Say no, with a reason; an invitation that waited for it is over.

    :raises NotYours: for who may not agree to it either.
    :raises ProposalOver: when it was decided or ran out.
    :raises StaffRefused: without a reason.
    """
    why = staff_team.reason_of(reason)
    staff_team.hold()
    proposal = _locked(proposal_id)
    actor = _confirming(proposal, actor_id, now)
    _require_waiting(proposal, now)
    _end(proposal, ProposalStatus.DECLINED, actor, why, now)
    _record("staff.proposal_declined", proposal, actor, now, why)
    staff_mails.decided(proposal, now=now)
    return proposal


@transaction.atomic
def withdraw(*, proposal_id: int, actor_id: int, now: datetime) -> StaffProposal:
    """Take one's own proposal back; an invitation that waited for it is over. Safe to repeat.

    :raises NotYours: for another's.
    :raises ProposalOver: when it was decided or ran out.
    """
    staff_team.hold()
    proposal = _locked(proposal_id)
    if proposal.proposed_by_id != actor_id:
        raise NotYours(_("Only who proposed it takes it back; others decline it."))
    if proposal.status != ProposalStatus.WITHDRAWN:
        _require_waiting(proposal, now)
        _end(proposal, ProposalStatus.WITHDRAWN, proposal.proposed_by, "", now)
        _record("staff.proposal_withdrawn", proposal, proposal.proposed_by, now, "")
    return proposal


@transaction.atomic
def lapse_due(*, now: datetime) -> int:
    """End the proposals that nobody decided in time; return how many. Safe to repeat."""
    staff_team.hold()
    rows = StaffProposal.objects.filter(status=ProposalStatus.PROPOSED, expires_at__lte=now)
    return _lapse(list(rows.order_by("pk").values_list("pk", flat=True)), now)


def lapse_of(person: User, now: datetime) -> None:
    """End what somebody who leaves proposed, and what was proposed for them."""
    rows = StaffProposal.objects.filter(status=ProposalStatus.PROPOSED)
    theirs = rows.filter(proposed_by=person) | rows.filter(person=person)
    _lapse(list(theirs.order_by("pk").values_list("pk", flat=True)), now)


def send(invitation: StaffInvitation, now: datetime) -> None:
    """Send an invitation, for seven days from now. The link that was sent before works no more."""
    invitation.sendings += 1
    invitation.sent_at, invitation.expires_at = now, now + LASTS
    invitation.save(update_fields=["sendings", "sent_at", "expires_at", "invited_by"])
    staff_mails.invited(invitation, now=now)


def _lapse(ids: list[int], now: datetime) -> int:
    for proposal_id in ids:
        proposal = _locked(proposal_id)
        _end(proposal, ProposalStatus.LAPSED, None, "", now)
        _record("staff.proposal_lapsed", proposal, None, now, "")
    return len(ids)


def _confirming(proposal: StaffProposal, actor_id: int, now: datetime) -> User:
    email = proposal.invitation.email if proposal.invitation is not None else ""
    able = staff_team.who_can_confirm(
        proposal.proposed_by_id, person_id=proposal.person_id, email=email, now=now
    )
    actor = next((one for one in able if one.pk == actor_id), None)
    if actor is None:
        raise NotYours(
            _("Somebody else of the team decides this: neither who proposed it, nor whom it is"
              " about, nor who got a role within the last seven days.")
        )  # fmt: skip
    return actor


def _require_waiting(proposal: StaffProposal, now: datetime) -> None:
    if not proposal.waits(now):
        raise ProposalOver(_("This proposal is decided already, or ran out."))


def _end(
    proposal: StaffProposal, status: ProposalStatus, actor: User | None, answer: str, now: datetime
) -> None:
    _decide(proposal, status, actor, answer, now)
    if proposal.invitation is not None:
        proposal.invitation.revoked_at = now
        proposal.invitation.save(update_fields=["revoked_at"])


def _decide(
    proposal: StaffProposal, status: ProposalStatus, actor: User | None, answer: str, now: datetime
) -> None:
    proposal.move_to(status, at=now)
    proposal.decided_by, proposal.answer = actor, answer
    proposal.save(update_fields=["status", "status_changed_at", "decided_by", "answer"])


def _locked(proposal_id: int) -> StaffProposal:
    rows = StaffProposal.objects.select_related("person", "invitation", "proposed_by")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=proposal_id)


def _of_staff(person_id: int) -> User:
    person = staff_team.people().filter(pk=person_id).first()
    if person is None:
        raise StaffRefused(_("They are not of the team: invite them first."))
    return person


def _record(
    verb: str, proposal: StaffProposal, actor: User | None, now: datetime, reason: str
) -> None:
    """Keep what happened; of an invitation without its address, which the trail never forgets."""
    subject = proposal.person or proposal.invitation
    if subject is None:  # The database forbids it.
        raise TypeError("A proposal of nobody.")
    data = {"role": proposal.role, "proposed_by": proposal.proposed_by_id}
    audit.record(actor=actor, verb=verb, subject=subject, at=now, reason=reason, data=data)
