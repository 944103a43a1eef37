"""What stays of an invitation to somebody who never was a member (docs/rules/teams.md, E6)."""

from datetime import timedelta

import pytest

from affiliates.models import Invitation
from affiliates.services import team
from core.invitations import KEPT
from core.models import AuditEntry
from core.tasks import purge_rule
from tests.affiliates.test_team import accept, invited, verified
from tests.builders import NOW, make_affiliate, make_user

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def owner():
    return make_user(name="Olive Owner")


@pytest.fixture
def account(owner):
    return make_affiliate(user=owner, name="Le Carnet")


def test_the_audit_trail_never_names_the_address(account, owner):
    invitation = invited(account, owner, email="stranger@example.com")
    team.send_again(invitation_id=invitation.pk, actor_id=owner.pk, now=LATER)
    team.revoke(invitation_id=invitation.pk, actor_id=owner.pk, now=LATER)
    entries = AuditEntry.objects.filter(verb__startswith="team.")
    assert entries.count() == 3
    for entry in entries:
        assert entry.data["invitation"] == str(invitation.public_id)
        assert "stranger" not in f"{entry.data} {entry.reason}"


@pytest.mark.parametrize("end", ["accepted", "revoked", "expired"])
def test_an_invitation_is_deleted_30_days_after_it_was_over(account, owner, end):
    invitation = invited(account, owner, email="new@example.com")
    over = LATER
    if end == "accepted":
        accept(invitation, verified(email="new@example.com"), now=LATER)
    elif end == "revoked":
        team.revoke(invitation_id=invitation.pk, actor_id=owner.pk, now=LATER)
    else:
        over = invitation.expires_at
    assert team.purge(now=over + KEPT - timedelta(seconds=1)) == 0
    assert team.purge(now=over + KEPT) == 1
    assert team.purge(now=over + KEPT) == 0
    assert account.memberships.count() == (2 if end == "accepted" else 1)


def test_open_ones_stay_and_the_task_does_it(account, owner):
    invited(account, owner, email="new@example.com")
    assert team.purge(now=LATER) == 0
    purge_rule("affiliates.invitations")
    assert not Invitation.objects.exists()
