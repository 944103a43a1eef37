"""The addresses of teams, for the tests that ask every address."""

from django.urls import reverse

from affiliates.services import team
from affiliates.services.team_mails import token_of
from tests.payouts.paydays import PAYDAY
from tests.portal_staff.staff_team_doors import colleague_places

TEAM_POSTS = {
    "team-invitation-again", "team-invitation-revoke", "team-member-role", "team-member-remove",
    "team-leave", "team-switch", "account-view-stop",
}  # fmt: skip
TEAM_ANYBODY = {"security-log"}
TEAM_PUBLIC = {"team-join", "colleague-join"}
#: Of staff: both roles read the journal, a manager looks at accounts.
JOURNAL = ["audit-list", "audit-export"]
VIEW_FORMS = {"affiliate-view"}


def team_addresses():
    """The pages of a team that show something."""
    return {"team": reverse("portal:team"), "team-invite": reverse("portal:team-invite")}


def team_places(affiliate, owner):
    """What stands in the addresses of a team, and the link of an invitation to it.

    So with the team of the programme.
    """
    invitation = team.invite(
        affiliate_id=affiliate.pk,
        email="colleague@example.com",
        role="accountant",
        actor_id=owner.pk,
        now=PAYDAY,
    )
    member = affiliate.memberships.get(user=owner)
    return {
        "portal/team/invitations/<uuid:public_id>/": [
            f"portal/team/invitations/{invitation.public_id}/"
        ],
        "portal/team/people/<int:pk>/": [f"portal/team/people/{member.pk}/"],
        "team/switch/<uuid:public_id>/": [f"team/switch/{affiliate.public_id}/"],
        "team/join/<str:token>/": [f"team/join/{token_of(invitation)}/"],
        **colleague_places(),
    }
