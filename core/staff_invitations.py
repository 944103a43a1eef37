"""Who is asked by mail to join the team of the programme, and joins it (ST1 to ST5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core import audit, invitations, staff, staff_mails, staff_proposals, staff_team
from core.domain.staff_rules import FINANCE, LASTS, MANAGER, needs_second
from core.errors import DomainError
from core.models import ENTERING, ProposalStatus, StaffInvitation, User
from core.staff_team import StaffRefused

_LANGUAGES = {"fr", "en"}


class InvitationOver(DomainError):
    """An invitation that was accepted, taken back, or is too old."""

    code = "staff_invitation_over"


class SecondFactorMissing(DomainError):
    """Somebody joined the team without a passkey or a code generator."""

    code = "second_factor_missing"


@transaction.atomic
def invite(
    *,
    email: str,
    roles: Collection[str],
    language: str,
    reason: str,
    actor_id: int,
    now: datetime,
) -> StaffInvitation:
    """Ask somebody by mail to join the team, at once or when a second person agreed.

    Safe to repeat with the same roles. ``reason`` is needed when it takes two.

    :raises NotOfStaff: unless ``actor_id`` is of staff.
    :raises StaffRefused: for roles that are none, what is no address, somebody who is in the team,
        an invitation of the same address as something else, without a reason or by somebody who
        is new where it takes two, or when too many were sent within a day.
    :raises NobodyToConfirm: when it takes two and nobody could agree.
    """
    staff_team.hold()
    actor, address = staff_team.acting(actor_id), email.strip()
    wanted = [role.value for role in ENTERING if role in set(roles)]
    if not wanted or len(wanted) < len(set(roles)) or language not in _LANGUAGES:
        raise StaffRefused(_("Choose a role and a language."))
    _check_address(address)
    takes_two = needs_second(wanted, staff_team.roles_of(actor))
    why = staff_team.reason_of(reason) if takes_two else ""
    staff_proposals.lapse_due(now=now)
    pending = StaffInvitation.objects.pending().filter(email__iexact=address).first()
    if pending is not None and (pending.sent_at is None or pending.is_open(now)):
        if pending.roles == wanted:
            return pending
        raise StaffRefused(
            _("%(email)s is invited already. Take that invitation back first.") % {"email": address}
        )
    if pending is not None:
        _revoke(pending, now)
    _check_sendings(address, now)
    invitation = StaffInvitation.objects.create(
        email=address,
        roles=wanted,
        language=language,
        invited_by=actor,
        invited_at=now,
        expires_at=now + LASTS,
    )
    _record("staff.invited", invitation, actor, now, why)
    if takes_two:
        role = FINANCE if FINANCE in wanted else MANAGER
        staff_proposals.propose(
            role=role, person=None, invitation=invitation, reason=why, proposer=actor, now=now
        )
    else:
        staff_proposals.send(invitation, now)
    return invitation


@transaction.atomic
def send_again(*, invitation_id: int, actor_id: int, now: datetime) -> StaffInvitation:
    """Send an invitation once more, for seven days from now. The link sent before works no more.

    :raises NotOfStaff: unless ``actor_id`` is of staff.
    :raises InvitationOver: when it was accepted or taken back, or waits for a second person.
    :raises StaffRefused: when it was sent often enough, too many were within a day, or who sends
        it could not have sent it alone.
    """
    invitation, actor = _sent(invitation_id, actor_id)
    if not _was_agreed(invitation) and needs_second(invitation.roles, staff_team.roles_of(actor)):
        raise StaffRefused(_("Only a manager sends this invitation again."))
    invitations.demand_another_sending(invitation, StaffRefused)
    _check_sendings(invitation.email, now)
    invitation.invited_by = actor  # Who sent it last answers for it.
    staff_proposals.send(invitation, now)
    _record("staff.invited_again", invitation, actor, now)
    return invitation


@transaction.atomic
def revoke(*, invitation_id: int, actor_id: int, now: datetime) -> StaffInvitation:
    """Take an invitation back.

    :raises NotOfStaff: unless ``actor_id`` is of staff.
    :raises InvitationOver: when it was accepted or taken back, or waits for a second person.
    """
    invitation, actor = _sent(invitation_id, actor_id)
    _revoke(invitation, now)
    _record("staff.invitation_revoked", invitation, actor, now)
    return invitation


def revoke_of(person: User, actor: User | None, now: datetime) -> None:
    """Take back what somebody sent who leaves the team."""
    theirs = StaffInvitation.objects.pending().filter(invited_by=person, sent_at__isnull=False)
    for invitation in theirs.order_by("pk"):
        _revoke(invitation, now)
        _record("staff.invitation_revoked", invitation, actor, now)


@transaction.atomic
def accept(
    *, invitation_id: int, sending: int, user_id: int, has_second_factor: bool, now: datetime
) -> User:
    """Join the team. Safe to repeat by the same person.

    ``sending`` is the number of the mail whose link was followed: only the last one works.

    :raises InvitationOver: when it was accepted by somebody else, taken back, is too old, was sent
        again since, or who sent it may invite nobody to this any more.
    :raises OtherAddress: unless the person has confirmed the address that was invited.
    :raises SecondFactorMissing: without a passkey or a code generator, where staff need one.
    """
    staff_team.hold()
    rows = StaffInvitation.objects.select_for_update(no_key=True, of=("self",))
    invitation = rows.select_related("invited_by").get(pk=invitation_id)
    user = User.objects.get(pk=user_id, is_active=True)
    if invitation.accepted_by_id == user.pk:
        return user
    is_open = invitation.is_open(now) and invitation.sendings == sending
    if not is_open or not _answers_for(invitation):
        raise InvitationOver(
            _("This invitation is no longer open. Ask for another one, if you still want to join.")
        )
    invitations.demand_address(invitation, user.pk)
    if not has_second_factor:
        raise SecondFactorMissing(_("Add a passkey or a code generator first: staff need one."))
    if user.date_joined >= invitation.invited_at and user.language != invitation.language:
        user.language = invitation.language
        user.save(update_fields=["language"])
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    for role in invitation.roles:
        staff.give(user_id=user.pk, role=role, actor=invitation.invited_by, now=now)
    audit.record(
        actor=user, verb="staff.joined", subject=user, at=now, data={"roles": invitation.roles}
    )
    staff_mails.joined(invitation, user, now=now)
    return user


def held() -> QuerySet[StaffInvitation]:
    """Return the invitations that end one day: all but those of which a proposal alone is kept."""
    return StaffInvitation.objects.exclude(email="", proposal__isnull=False)


def over(*, now: datetime) -> QuerySet[StaffInvitation]:
    """Return the invitations that were over 30 days ago."""
    over_at = Coalesce("accepted_at", "revoked_at", "expires_at")
    return held().alias(over_at=over_at).filter(over_at__lte=now - invitations.KEPT)


@transaction.atomic
def purge(*, now: datetime) -> int:
    """Delete invitations 30 days after they were over; return how many. Safe to repeat.

    One that took two people loses its address, and what was proposed stays: proof for five years.
    """
    staff_team.hold()  # Nobody sends one again meanwhile.
    old = list(over(now=now).order_by("pk").values_list("pk", flat=True))
    rows = StaffInvitation.objects.filter(pk__in=old)
    rows.filter(proposal__isnull=True).delete()
    rows.pending().update(revoked_at=now)  # Without an address nobody accepts it any more.
    rows.update(email="")
    return len(old)


def _sent(invitation_id: int, actor_id: int) -> tuple[StaffInvitation, User]:
    staff_team.hold()
    actor = staff_team.acting(actor_id)
    invitation = StaffInvitation.objects.select_for_update(no_key=True).get(pk=invitation_id)
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise InvitationOver(_("This invitation was accepted or taken back already."))
    if invitation.sent_at is None:
        raise InvitationOver(_("A second person has not agreed to this invitation yet."))
    return invitation, actor


def _was_agreed(invitation: StaffInvitation) -> bool:
    proposal = getattr(invitation, "proposal", None)
    return proposal is not None and proposal.status == ProposalStatus.CONFIRMED


def _answers_for(invitation: StaffInvitation) -> bool:
    """Tell whether who sent it last is of staff, and could send it today."""
    inviter = staff_team.people().filter(pk=invitation.invited_by_id).first()
    if inviter is None:
        return False
    is_alone_enough = not needs_second(invitation.roles, staff_team.roles_of(inviter))
    return is_alone_enough or _was_agreed(invitation)


def _revoke(invitation: StaffInvitation, now: datetime) -> None:
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])


def _check_address(address: str) -> None:
    invitations.demand_email(address, StaffRefused)
    known = User.objects.filter(
        Q(email__iexact=address)
        | Q(emailaddress__email__iexact=address, emailaddress__verified=True)
    )
    if staff_team.people().filter(pk__in=known).exists():
        raise StaffRefused(
            _("%(email)s is in the team already. Give another role on their page.")
            % {"email": address}
        )


def _check_sendings(address: str, now: datetime) -> None:
    since = now - invitations.A_DAY
    lately = StaffInvitation.objects.filter(Q(sent_at__gt=since) | Q(invited_at__gt=since))
    invitations.demand_few(lately, address, StaffRefused)


def _record(
    verb: str, invitation: StaffInvitation, actor: User | None, now: datetime, reason: str = ""
) -> None:
    """Keep what happened to an invitation without its address, which the trail never forgets."""
    audit.record(
        actor=actor,
        verb=verb,
        subject=invitation,
        at=now,
        reason=reason,
        data={"roles": invitation.roles},
    )
