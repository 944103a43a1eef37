"""Invitations to the team of the programme (docs/rules/staff.md, ST3 to ST5)."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from core import staff, staff_invitations, staff_proposals
from core.invitations import OtherAddress
from core.models import AuditEntry, Delivery, StaffInvitation, StaffProposal
from core.staff_invitations import InvitationOver, SecondFactorMissing
from core.staff_mails import read_token, token_of
from core.staff_team import NobodyToConfirm, NotOfStaff, StaffRefused
from tests.builders import NOW, make_user
from tests.core.staff_world import (
    WHY,
    accept,
    confirm,
    confirmed,
    finance,
    invite,
    manager,
    roles_of,
)

pytestmark = pytest.mark.django_db
WEEK, MONTH = timedelta(days=7), timedelta(days=30)


@pytest.fixture
def sam():
    return manager(name="Sam", email="sam@example.com")


def again(invitation, actor, *, now=NOW):
    return staff_invitations.send_again(invitation_id=invitation.pk, actor_id=actor.pk, now=now)


def revoke(invitation, actor, *, now=NOW):
    return staff_invitations.revoke(invitation_id=invitation.pk, actor_id=actor.pk, now=now)


def test_a_manager_invites_a_manager_alone_and_a_repeat_sends_nothing(sam):
    for _twice in range(2):
        invitation = invite(sam)

    mail = Delivery.objects.get(recipient="new@example.com")
    assert (invitation.roles, invitation.sendings) == (["manager"], 1)
    assert token_of(invitation) in mail.body
    assert read_token(token_of(invitation)) == (invitation.public_id.hex, 1)
    entry = AuditEntry.objects.get(verb="staff.invited")
    assert (entry.actor, entry.data) == (sam, {"roles": ["manager"]})
    assert "new@example.com" not in str([one.data for one in AuditEntry.objects.all()])


def test_a_link_that_we_did_not_write_is_none_of_ours():
    assert read_token("made-up") is None


@pytest.mark.parametrize(
    ("email", "roles", "sentence"),
    [
        ("nora", ["manager"], "nora is no e-mail address"),
        ("new@example.com", [], "Choose a role"),
        ("new@example.com", ["owner"], "Choose a role"),
        ("new@example.com", ["manager", "boss"], "Choose a role"),
        ("SAM@example.com", ["manager"], "is in the team already"),
    ],
)
def test_what_makes_no_invitation_is_refused(sam, email, roles, sentence):
    with pytest.raises(StaffRefused, match=sentence):
        invite(sam, email=email, roles=roles)
    assert not StaffInvitation.objects.exists()
    assert not Delivery.objects.exists()


def test_only_people_of_the_team_who_can_sign_in_invite(sam):
    sam.is_active = False
    sam.save()
    for person in (make_user(), sam):
        with pytest.raises(NotOfStaff):
            invite(person)


def test_finance_is_invited_by_two_people_and_nothing_leaves_before(sam):
    fin = finance()
    invitation = invite(sam, roles=["finance", "manager"], reason=WHY)

    assert invitation.sent_at is None
    assert not Delivery.objects.filter(recipient="new@example.com").exists()
    assert WHY in Delivery.objects.get(recipient=fin.email).body
    with pytest.raises(InvitationOver):
        again(invitation, sam)
    with pytest.raises(InvitationOver):
        accept(invitation, confirmed(email="new@example.com"), sending=0)

    later = NOW + timedelta(days=2)
    confirm(invitation.proposal, fin, now=later)
    invitation.refresh_from_db()
    assert (invitation.sent_at, invitation.expires_at) == (later, later + WEEK)
    assert token_of(invitation) in Delivery.objects.get(recipient="new@example.com").body


def test_what_takes_two_needs_a_reason_and_a_second_person(sam):
    with pytest.raises(StaffRefused, match="reason"):
        invite(sam, roles=["finance"])
    with pytest.raises(NobodyToConfirm, match="bin/manage staff"):
        invite(sam, roles=["finance"], reason=WHY)
    assert not StaffInvitation.objects.exists()


def test_finance_gives_no_role_of_a_manager_alone(sam):
    invitation = invite(finance(), reason=WHY)
    assert (invitation.sent_at, invitation.proposal.role) == (None, "manager")


def test_whoever_has_the_address_and_a_second_factor_joins_once(sam):
    invitation, nora = invite(sam), confirmed(email="New@example.com", name="Nora")

    with pytest.raises(SecondFactorMissing):
        accept(invitation, nora, has_second_factor=False)
    assert roles_of(nora) == set()
    for _twice in range(2):
        accept(invitation, nora)

    assert roles_of(nora) == {"manager"}
    added = AuditEntry.objects.get(verb="staff.added")
    assert (added.actor, added.subject_id) == (sam, str(nora.pk))
    assert AuditEntry.objects.get(verb="staff.joined").actor == nora
    told = Delivery.objects.filter(kind="staff_changed").values_list("recipient", flat=True)
    assert set(told) == {sam.email, nora.email}
    with pytest.raises(InvitationOver):
        accept(invitation, confirmed())


def test_somebody_with_another_address_does_not_join(sam):
    invitation, mallory = invite(sam), confirmed(email="mallory@example.com")
    EmailAddress.objects.create(user=mallory, email="new@example.com", verified=False)

    with pytest.raises(OtherAddress):
        accept(invitation, mallory)
    assert roles_of(mallory) == set()


def test_a_new_account_speaks_the_language_of_its_invitation(sam):
    invitation = staff_invitations.invite(
        email="new@example.com", roles=["manager"], language="fr", reason="", actor_id=sam.pk,
        now=NOW,
    )  # fmt: skip
    new = confirmed(email="new@example.com", date_joined=NOW + timedelta(hours=1))
    assert accept(invitation, new).language == "fr"


def test_somebody_who_is_known_keeps_their_language(sam):
    known = confirmed(email="new@example.com", date_joined=NOW - WEEK)
    invitation = staff_invitations.invite(
        email="new@example.com", roles=["manager"], language="fr", reason="", actor_id=sam.pk,
        now=NOW,
    )  # fmt: skip
    assert accept(invitation, known).language == "en"


def test_an_invitation_ends_after_seven_days_and_a_newer_mail_ends_the_older(sam):
    invitation, nora = invite(sam), confirmed(email="new@example.com")
    with pytest.raises(InvitationOver):
        accept(invitation, nora, now=NOW + WEEK)

    later = NOW + WEEK + timedelta(hours=1)
    invitation = again(invitation, sam, now=later)
    with pytest.raises(InvitationOver):
        accept(invitation, nora, sending=1, now=later)
    accept(invitation, nora, now=later)
    assert roles_of(nora) == {"manager"}


def test_it_is_sent_five_times_at_most(sam):
    invitation = invite(sam)
    for day in range(1, 5):
        again(invitation, sam, now=NOW + timedelta(days=day))
    with pytest.raises(StaffRefused, match="sent 5 times"):
        again(invitation, sam, now=NOW + timedelta(days=6))


def test_what_was_taken_back_counts_among_the_mails_of_a_day(sam, settings):
    settings.TEAM_INVITATIONS_TO_ONE_PER_DAY, settings.TEAM_INVITATIONS_PER_DAY = 2, 3
    for _twice in range(2):
        revoke(invite(sam), sam)
    with pytest.raises(StaffRefused, match="within a day"):
        invite(sam)
    invite(sam, email="other@example.com")
    with pytest.raises(StaffRefused, match="3 invitations"):
        invite(sam, email="third@example.com")
    invite(sam, now=NOW + timedelta(days=1, hours=1))


def test_an_invitation_of_who_left_or_is_no_manager_any_more_is_over(sam):
    other = finance()
    invitation, nora = invite(sam), confirmed(email="new@example.com")
    staff.remove(email=sam.email, role="manager", actor=other, now=NOW)

    with pytest.raises(InvitationOver):
        accept(invitation, nora)
    staff.add(email=sam.email, role="finance", name="", actor=None, now=NOW)
    with pytest.raises(InvitationOver):
        accept(invitation, nora)
    with pytest.raises(StaffRefused, match="Only a manager"):
        again(invitation, other)


def test_another_invitation_of_the_same_address_takes_the_first_back_first(sam):
    finance()
    first = invite(sam)
    with pytest.raises(StaffRefused, match="invited already"):
        invite(sam, roles=["finance"], reason=WHY)
    revoke(first, sam)
    with pytest.raises(InvitationOver):
        revoke(first, sam)
    assert invite(sam, roles=["finance"], reason=WHY).pk != first.pk


def test_a_month_after_it_was_over_it_is_deleted(sam):
    revoke(invite(sam), sam)
    open_one = invite(sam, email="other@example.com", now=NOW + timedelta(days=29))

    assert staff_invitations.purge(now=NOW + timedelta(days=29)) == 0
    assert [staff_invitations.purge(now=NOW + MONTH) for _twice in range(2)] == [1, 0]
    assert list(StaffInvitation.objects.all()) == [open_one]


def test_one_that_took_two_loses_its_address_and_its_proposal_stays(sam):
    """Declined, accepted, and expired: nobody can be found by them, or accept them, any more."""
    fin, later = finance(), NOW + WEEK + MONTH
    asked = [
        invite(sam, email=f"{name}@example.com", roles=["finance"], reason=WHY)
        for name in ("no", "yes", "late", "later")
    ]
    declined, accepted, *expired = asked
    staff_proposals.decline(
        proposal_id=declined.proposal.pk, reason="Not now.", actor_id=fin.pk, now=NOW
    )
    for one in (accepted, *expired):
        confirm(one.proposal, fin)
        one.refresh_from_db()
    accept(accepted, confirmed(email="yes@example.com"))

    assert [staff_invitations.purge(now=later) for _twice in range(2)] == [4, 0]

    assert set(StaffInvitation.objects.values_list("email", flat=True)) == {""}
    assert StaffProposal.objects.filter(reason=WHY).count() == 4
    assert not StaffInvitation.objects.pending().exists()
    assert not staff_invitations.held().exists()
    accepted.refresh_from_db()
    assert (accepted.accepted_at, accepted.revoked_at) == (NOW, None)
    with pytest.raises(InvitationOver):
        again(expired[0], sam, now=later)
    with pytest.raises(ProtectedError):
        declined.delete()


def test_the_database_keeps_one_that_lives_for_each_address(sam):
    fields = {
        "roles": ["manager"], "language": "en", "invited_by": sam, "invited_at": NOW,
        "expires_at": NOW + WEEK,
    }  # fmt: skip
    StaffInvitation.objects.create(email="new@example.com", **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffInvitation.objects.create(email="NEW@example.com", **fields)
    for roles in ([], ["owner"]):
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffInvitation.objects.create(email="b@example.com", **{**fields, "roles": roles})
