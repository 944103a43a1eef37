"""The team of an affiliate: who is asked to join, who joins, what they are, and who leaves.

Rules E1 to E9 of docs/rules/teams.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability, TeamRole, gives
from affiliates.models import Affiliate, AffiliateStatus, Invitation, MemberRole, Membership
from affiliates.services import endpoint_stops, team_mails
from core import api_keys, audit, invitations
from core.errors import DomainError
from core.models import User

INVITATION_LASTS = timedelta(days=7)
MOST_PEOPLE = 50


class TeamRefused(DomainError):
    """What was asked of a team that cannot be."""

    code = "team_refused"


class LastOwner(DomainError):
    """The only owner was to leave or become something else: nobody could lead the team."""

    code = "last_owner"


class NotAnOwner(DomainError):
    """Somebody led the team who may not."""

    code = "not_an_owner"


class InvitationOver(DomainError):
    """An invitation that was accepted, taken back, or is too old."""

    code = "invitation_over"


@transaction.atomic
def invite(*, affiliate_id: int, email: str, role: str, actor_id: int, now: datetime) -> Invitation:
    """Ask somebody by mail to join the team. Safe to repeat with the same role.

    :raises NotAnOwner: unless ``actor_id`` leads the team.
    :raises TeamRefused: for an employee's account, one that is closed, a role that is none, what
        is no address, somebody who is there, an invitation to the same address as something
        else, or when too many were sent within a day.
    """
    affiliate, actor = _led(affiliate_id, actor_id)
    _check_is_open(affiliate)
    address = email.strip()
    _check_role(role)
    invitations.demand_email(address, TeamRefused)
    if affiliate.memberships.filter(user__email__iexact=address).exists():
        raise TeamRefused(_("%(email)s is in the team already.") % {"email": address})
    pending = affiliate.invitations.pending().filter(email__iexact=address).first()
    if pending is not None and pending.is_open(now):
        if pending.role == role:
            return pending
        raise TeamRefused(
            _("%(email)s is invited already. Take that invitation back first.") % {"email": address}
        )
    if pending is not None:
        _revoke(pending, now)
    _check_room(affiliate.memberships.count() + affiliate.invitations.open(now).count())
    _check_sendings(affiliate, address, now)
    invitation = Invitation.objects.create(
        affiliate=affiliate,
        email=address,
        role=role,
        invited_by=actor,
        invited_at=now,
        sent_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    _record_invitation("team.invited", invitation, actor, now, role=role)
    team_mails.invited(invitation, now=now)
    return invitation


@transaction.atomic
def send_again(*, invitation_id: int, actor_id: int, now: datetime) -> Invitation:
    """Send an invitation once more, for seven days from now. The link sent before works no more.

    :raises NotAnOwner: unless ``actor_id`` leads the team.
    :raises InvitationOver: when it was accepted or taken back.
    :raises TeamRefused: when it was sent often enough, or too many were within a day.
    """
    invitation, actor = _pending(invitation_id, actor_id)
    _check_is_open(invitation.affiliate)
    invitations.demand_another_sending(invitation, TeamRefused)
    _check_sendings(invitation.affiliate, invitation.email, now)
    invitation.sendings += 1
    invitation.invited_by = actor  # Who sent it last answers for it.
    invitation.sent_at, invitation.expires_at = now, now + INVITATION_LASTS
    invitation.save(update_fields=["sendings", "invited_by", "sent_at", "expires_at"])
    _record_invitation("team.invited_again", invitation, actor, now)
    team_mails.invited(invitation, now=now)
    return invitation


@transaction.atomic
def revoke(*, invitation_id: int, actor_id: int, now: datetime) -> Invitation:
    """Take an invitation back.

    :raises NotAnOwner: unless ``actor_id`` leads the team.
    :raises InvitationOver: when it was accepted or taken back.
    """
    invitation, actor = _pending(invitation_id, actor_id)
    _revoke(invitation, now)
    _record_invitation("team.invitation_revoked", invitation, actor, now)
    return invitation


@transaction.atomic
def accept(*, invitation_id: int, sending: int, user_id: int, now: datetime) -> Membership:
    """Join a team. Safe to repeat by the same person.

    ``sending`` is the number of the mail whose link was followed: only the last one works.

    :raises InvitationOver: when it was accepted by somebody else, taken back, is too old, or was
        sent again since, and when who sent it leads the team no more.
    :raises OtherAddress: unless the person has confirmed the address that was invited.
    :raises TeamRefused: when the account was closed meanwhile, or its team is full.
    """
    affiliate_id = Invitation.objects.values_list("affiliate", flat=True).get(pk=invitation_id)
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    invitation = Invitation.objects.select_for_update(no_key=True).get(pk=invitation_id)
    member = affiliate.memberships.filter(user=user_id).first()
    if member is not None and invitation.accepted_by_id == user_id:
        return member
    is_open = invitation.is_open(now) and invitation.sendings == sending
    if not is_open or not _leads(affiliate, invitation.invited_by_id):
        raise InvitationOver(
            _("This invitation is no longer open. Ask for another one, if you still want to join.")
        )
    invitations.demand_address(invitation, user_id)
    _check_is_open(affiliate)
    if member is None:
        _check_room(affiliate.memberships.count())
    user = User.objects.get(pk=user_id)
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    if member is None:
        member = Membership.objects.create(
            affiliate=affiliate, user=user, role=invitation.role, joined_at=now
        )
        _record("team.joined", affiliate, user, now, person=user.pk, role=member.role)
        team_mails.joined(member, now=now)
    return member


def over(*, now: datetime) -> QuerySet[Invitation]:
    """Return the invitations that were over 30 days ago."""
    over_at = Coalesce("accepted_at", "revoked_at", "expires_at")
    return Invitation.objects.alias(over_at=over_at).filter(over_at__lte=now - invitations.KEPT)


def purge(*, now: datetime) -> int:
    """Delete invitations, with their addresses, 30 days after they were over; return how many."""
    return over(now=now).delete()[0]


@transaction.atomic
def change_role(*, membership_id: int, role: str, actor_id: int, now: datetime) -> Membership:
    """Give somebody of the team another role. Safe to repeat.

    :raises NotAnOwner: unless ``actor_id`` leads the team.
    :raises TeamRefused: for a role that is none.
    :raises LastOwner: when nobody would lead the team any more.
    """
    _check_role(role)
    member, actor = _member(membership_id, actor_id)
    before = member.role
    if before == role:
        return member
    _keep_an_owner(member)
    member.role = role
    member.save(update_fields=["role", "is_owner"])
    if not gives(role, Ability.MANAGE_KEYS):
        _revoke_keys(member, actor, now)
        _pause_endpoints(member, actor, now)
    if not gives(role, Ability.MANAGE_TEAM):
        _revoke_invitations(member, actor, now)
    about = {"person": member.user_id, "before": {"role": before}, "after": {"role": role}}
    _record("team.role_changed", member.affiliate, actor, now, **about)
    team_mails.role_changed(member, by=actor, now=now)
    return member


@transaction.atomic
def remove(*, membership_id: int, actor_id: int, now: datetime) -> None:
    """Take somebody out of the team: at their next click they see nothing of it.

    :raises NotAnOwner: unless ``actor_id`` leads the team.
    :raises LastOwner: when nobody would lead the team any more.
    """
    member, actor = _member(membership_id, actor_id)
    _go(member, actor, "team.removed", now)


@transaction.atomic
def leave(*, affiliate_id: int, actor_id: int, now: datetime) -> None:
    """Leave a team. Safe to repeat.

    :raises LastOwner: when nobody would lead the team any more.
    """
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    member = affiliate.memberships.select_related("user", "affiliate").filter(user=actor_id).first()
    if member is not None:
        _go(member, member.user, "team.left", now)


def _go(member: Membership, actor: User, verb: str, now: datetime) -> None:
    _keep_an_owner(member)
    _record(verb, member.affiliate, actor, now, person=member.user_id, role=member.role)
    team_mails.gone(member, by=actor, now=now)
    _revoke_keys(member, actor, now)
    _revoke_invitations(member, actor, now)
    member.delete()
    _pause_endpoints(member, actor, now)


def _revoke_keys(member: Membership, actor: User, now: datetime) -> None:
    api_keys.revoke_all(
        owner_id=member.user_id,
        account=str(member.affiliate.public_id),
        actor_id=actor.pk,
        now=now,
    )


def _pause_endpoints(member: Membership, actor: User, now: datetime) -> None:
    endpoint_stops.pause_made_by(
        user_id=member.user_id, affiliate_id=member.affiliate_id, actor_id=actor.pk, now=now
    )


def _revoke_invitations(member: Membership, actor: User, now: datetime) -> None:
    """Take back whatever somebody sent who may invite nobody any more."""
    sent = member.affiliate.invitations.pending().filter(invited_by=member.user_id)
    for invitation in sent.order_by("pk"):
        _revoke(invitation, now)
        _record_invitation("team.invitation_revoked", invitation, actor, now)


def _keep_an_owner(member: Membership) -> None:
    others = Membership.objects.filter(
        affiliate=member.affiliate_id, role=MemberRole.OWNER, user__is_active=True
    ).exclude(pk=member.pk)
    if member.role == MemberRole.OWNER and not others.exists():
        raise LastOwner(_("Nobody else leads this team. Make somebody else an owner first."))


def _led(affiliate_id: int, actor_id: int) -> tuple[Affiliate, User]:
    """Lock an account whose team ``actor_id`` leads: one change of a team at a time."""
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    if affiliate.is_employee:
        raise TeamRefused(_("The account of an employee is theirs alone."))
    actor = affiliate.memberships.select_related("user").filter(user=actor_id).first()
    if actor is None or not gives(actor.role, Ability.MANAGE_TEAM):
        raise NotAnOwner(_("Only an owner of the account changes its team."))
    return affiliate, actor.user


def _leads(affiliate: Affiliate, user_id: int) -> bool:
    known = affiliate.memberships.filter(user=user_id, user__is_active=True).first()
    return known is not None and gives(known.role, Ability.MANAGE_TEAM)


def _member(membership_id: int, actor_id: int) -> tuple[Membership, User]:
    affiliate_id = Membership.objects.values_list("affiliate", flat=True).get(pk=membership_id)
    _affiliate, actor = _led(affiliate_id, actor_id)
    members = Membership.objects.select_for_update(no_key=True, of=("self",))
    return members.select_related("user", "affiliate").get(pk=membership_id), actor


def _pending(invitation_id: int, actor_id: int) -> tuple[Invitation, User]:
    affiliate_id = Invitation.objects.values_list("affiliate", flat=True).get(pk=invitation_id)
    _affiliate, actor = _led(affiliate_id, actor_id)
    invitation = Invitation.objects.select_related("affiliate").get(pk=invitation_id)
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationOver(_("This invitation is no longer open."))
    return invitation, actor


def _revoke(invitation: Invitation, now: datetime) -> None:
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])


def _check_is_open(affiliate: Affiliate) -> None:
    if affiliate.status == AffiliateStatus.CLOSED:
        raise TeamRefused(_("This account is closed: nobody can join its team."))


def _check_room(people: int) -> None:
    if people >= MOST_PEOPLE:
        raise TeamRefused(
            _("There are %(most)s people in the team: no more can join.") % {"most": MOST_PEOPLE}
        )


def _check_sendings(affiliate: Affiliate, address: str, now: datetime) -> None:
    lately = affiliate.invitations.filter(sent_at__gt=now - invitations.A_DAY)
    invitations.demand_few(lately, address, TeamRefused)


def _check_role(role: str) -> None:
    if role not in set(TeamRole):
        raise TeamRefused(_("There is no such role."))


def _record(verb: str, affiliate: Affiliate, actor: User, now: datetime, **data: object) -> None:
    audit.record(actor=actor, verb=verb, subject=affiliate, at=now, data=data)


def _record_invitation(
    verb: str, invitation: Invitation, actor: User, now: datetime, **data: object
) -> None:
    """Keep what happened to an invitation without its address, which the trail never forgets."""
    named = {"invitation": str(invitation.public_id), **data}
    _record(verb, invitation.affiliate, actor, now, **named)
