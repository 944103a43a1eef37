"""The team of the programme, for the tests that ask every address."""

from datetime import timedelta

from django.utils import timezone

from core.models import StaffInvitation, User
from core.staff_mails import token_of
from tests.core.staff_world import WHY, finance, invite, manager, propose
from tests.payouts.paydays import PAYDAY

COLLEAGUE_POSTS = {
    "colleague-again", "colleague-revoke", "colleague-confirm", "colleague-decline",
    "colleague-withdraw", "colleague-role",
}  # fmt: skip
COLLEAGUE_FORMS = {"colleague-invite", "colleague-leave"}


def colleague_things():
    """Two more people of the team, one of whom is to be of finance, and an invitation."""
    max_, fin = manager(name="Max Martin"), finance(name="Flora Fontaine")
    manager(name="Rosa Richard")
    invitation = invite(max_, email="colleague@example.com", now=PAYDAY)
    proposal = propose(fin, max_, reason=WHY, now=PAYDAY)
    return max_, invitation, proposal


def colleague_arguments():
    """What stands in the address of each page and act."""
    max_, invitation, proposal = colleague_things()
    return {
        "colleague-invite": [],
        **dict.fromkeys(["colleague-again", "colleague-revoke"], [invitation.public_id]),
        **dict.fromkeys(
            ["colleague-confirm", "colleague-decline", "colleague-withdraw"],
            [proposal.public_id],
        ),
        **dict.fromkeys(["colleague-detail", "colleague-role", "colleague-leave"], [max_.pk]),
    }


def colleague_places():
    """The same for the tests that open every page."""
    max_, invitation, proposal = colleague_things()
    return {
        "manage/team/people/<int:pk>/": [
            f"manage/team/people/{pk}/" for pk in (max_.pk, _manager_of_all())
        ],
        "manage/team/invitations/<uuid:public_id>/": [
            f"manage/team/invitations/{invitation.public_id}/"
        ],
        "manage/team/proposals/<uuid:public_id>/": [f"manage/team/proposals/{proposal.public_id}/"],
        "team/programme/join/<str:token>/": [f"team/programme/join/{token_of(invitation)}/"],
    }


def make_colleague():
    """Two more people, one of whom is to be of finance, and somebody who is invited."""
    max_, number = manager(), User.objects.count()
    propose(finance(), max_, now=timezone.now())
    StaffInvitation.objects.create(
        email=f"invited{number}@example.com",
        roles=["manager"],
        language="en",
        invited_by=max_,
        invited_at=PAYDAY,
        sent_at=PAYDAY,
        sendings=1,
        expires_at=PAYDAY + timedelta(days=7),
    )


def _manager_of_all():
    return User.objects.filter(groups__name="manager").earliest("pk").pk
