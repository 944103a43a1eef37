"""People of the team, and what is asked of it."""

from allauth.account.models import EmailAddress

from core import staff_invitations, staff_proposals
from tests.builders import NOW, make_user

WHY = "She takes over the payouts."


def confirmed(**fields):
    """Somebody who has shown that the address is theirs."""
    user = make_user(**fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def manager(**fields):
    return confirmed(roles=["manager"], **fields)


def finance(**fields):
    return confirmed(roles=["finance"], **fields)


def invite(actor, *, email="new@example.com", roles=("manager",), reason="", now=NOW):
    return staff_invitations.invite(
        email=email, roles=roles, language="en", reason=reason, actor_id=actor.pk, now=now
    )


def accept(invitation, user, *, now=NOW, sending=None, has_second_factor=True):
    return staff_invitations.accept(
        invitation_id=invitation.pk,
        sending=invitation.sendings if sending is None else sending,
        user_id=user.pk,
        has_second_factor=has_second_factor,
        now=now,
    )


def propose(actor, person, *, role="finance", reason=WHY, now=NOW):
    return staff_proposals.give_role(
        person_id=person.pk, role=role, reason=reason, actor_id=actor.pk, now=now
    )


def confirm(proposal, actor, *, now=NOW):
    return staff_proposals.confirm(proposal_id=proposal.pk, actor_id=actor.pk, now=now)


def roles_of(user):
    return set(user.groups.values_list("name", flat=True))
