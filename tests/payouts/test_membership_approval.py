"""Who decides who acts for an affiliate does not approve what it is paid."""

import pytest

from affiliates.models import MemberRole, Membership
from affiliates.services import team
from core import audit
from payouts.models import Approval
from payouts.services import batches
from tests.builders import make_affiliate, make_user
from tests.payouts.paydays import PAYDAY, approve, finance, make_due, submitted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("act", ["added", "changed", "removed"])
def test_who_gave_or_took_a_membership_may_not_approve(act):
    ada, chooser = make_due(), finance()
    audit.record(actor=chooser, verb=f"affiliate.membership_{act}", subject=ada, at=PAYDAY)
    batch = submitted()

    with pytest.raises(batches.FourEyesRefused, match=f"who acts for {ada.name}"):
        approve(batch, chooser)

    assert not Approval.objects.exists()
    assert approve(batch, finance()).status == "approved"


@pytest.mark.parametrize("act", ["invited", "invited_again", "joined", "role_changed", "removed"])
def test_who_chose_the_team_may_not_approve_what_it_is_paid(act):
    ada, chooser = make_due(), finance()
    audit.record(actor=chooser, verb=f"team.{act}", subject=ada, at=PAYDAY)

    with pytest.raises(batches.FourEyesRefused, match=f"who acts for {ada.name}"):
        approve(submitted(), chooser)


def test_an_owner_who_leaves_in_time_may_not_approve_either():
    ada, owner = make_due(), finance()
    for person in (owner, make_user()):
        Membership.objects.create(affiliate=ada, user=person, role=MemberRole.OWNER)
    team.leave(affiliate_id=ada.pk, actor_id=owner.pk, now=PAYDAY)
    batch = submitted()

    with pytest.raises(batches.FourEyesRefused, match=f"who acts for {ada.name}"):
        approve(batch, owner)

    assert approve(batch, finance()).status == "approved"


def test_what_they_did_to_an_affiliate_that_is_not_paid_does_not_matter():
    make_due()
    chooser = finance()
    audit.record(
        actor=chooser, verb="affiliate.membership_added", subject=make_affiliate(), at=PAYDAY
    )
    assert approve(submitted(), chooser).status == "approved"
