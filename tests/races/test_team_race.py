"""Teams against themselves: an account keeps an owner, and an invitation joins one person once."""

import pytest
from allauth.account.models import EmailAddress

from affiliates.models import Membership
from affiliates.services import team
from core.models import AuditEntry
from tests.builders import NOW, make_affiliate, make_user
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_two_owners_who_take_each_others_role_at_once_leave_one():
    """E4."""
    account = make_affiliate(user=make_user())
    rows = [account.memberships.get(), account.memberships.create(user=make_user())]

    answers = at_once(
        2,
        lambda number: team.change_role(
            membership_id=rows[number].pk,
            role="reader",
            actor_id=rows[1 - number].user_id,
            now=NOW,
        ),
    )

    assert len(raised(answers)) == 1
    assert account.memberships.filter(role="owner").count() == 1


def test_an_invitation_followed_20_times_at_once_joins_once():
    """E3."""
    account, person = make_affiliate(user=make_user()), make_user(email="new@example.com")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    invitation = team.invite(
        affiliate_id=account.pk,
        email="new@example.com",
        role="manager",
        actor_id=account.memberships.get().user_id,
        now=NOW,
    )

    answers = at_once(
        20,
        lambda _number: (
            team.accept(invitation_id=invitation.pk, sending=1, user_id=person.pk, now=NOW).pk
        ),
    )

    assert raised(answers) == []
    assert set(answers) == {Membership.objects.get(user=person).pk}
    assert AuditEntry.objects.filter(verb="team.joined").count() == 1
