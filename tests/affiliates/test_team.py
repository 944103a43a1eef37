"""Teams of affiliates: roles, invitations, and that somebody always leads (docs/rules/teams.md)."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from affiliates.domain.abilities import GIVES, VISITOR, Ability, TeamRole, gives, who_may
from affiliates.models import Affiliate, AffiliateStatus, Invitation, MemberRole, Membership
from affiliates.services import team
from affiliates.services.team_mails import read_token, token_of
from core.invitations import MOST_SENDINGS, OtherAddress
from core.models import ApiKey, AuditEntry, Delivery
from tests.affiliates.team_rules import abilities_table
from tests.builders import NOW, make_affiliate, make_user

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def account():
    return make_affiliate(user=make_user(name="Olive Owner"), name="Le Carnet")


@pytest.fixture
def owner(account):
    return account.memberships.get().user


def verified(**fields):
    user = make_user(**fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def member(account, role, **fields):
    return Membership.objects.create(affiliate=account, user=make_user(**fields), role=role)


def make_key(user, account):
    return ApiKey.objects.create(
        prefix=f"p{user.pk}",
        secret_hash="0" * 64,
        name="Reports",
        owner=user,
        account=account.public_id,
        scopes=["read:links"],
        created_at=NOW,
        expires_at=NOW + timedelta(days=30),
    )


def invited(account, owner, *, email="new@example.com", role="manager", now=NOW):
    return team.invite(affiliate_id=account.pk, email=email, role=role, actor_id=owner.pk, now=now)


def accept(invitation, user, *, now=LATER, sending=None):
    return team.accept(
        invitation_id=invitation.pk,
        sending=sending or invitation.sendings,
        user_id=user.pk,
        now=now,
    )


def test_the_table_is_the_one_of_the_rules():
    """E1."""
    table = abilities_table()
    assert list(table) == list(Ability)
    for ability, given in table.items():
        for role in TeamRole:
            assert (ability in GIVES[role]) == (role in given), (ability, role)
        assert (ability in VISITOR) == ("visitor" in given), ability


def test_a_role_that_nobody_knows_gives_nothing():
    assert not any(gives("boss", ability) for ability in Ability)
    assert who_may(Ability.MANAGE_TEAM) == (TeamRole.OWNER,)


def test_roles_of_the_rows_are_those_of_the_table():
    assert list(MemberRole.values) == [one.value for one in TeamRole]


def test_a_row_cannot_be_an_owner_by_one_column_alone(account):
    row = member(account, "reader")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=row.pk).update(is_owner=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=row.pk).update(role="boss")


def test_an_invitation_is_mailed_and_accepted_once(account, owner):
    """E3, E6."""
    invitation = invited(account, owner)
    mail = Delivery.objects.get(recipient="new@example.com")
    assert token_of(invitation) in mail.body

    joined = accept(invitation, verified(email="New@example.com"))

    assert (joined.affiliate, joined.role, joined.is_owner) == (account, "manager", False)
    assert Delivery.objects.filter(recipient=owner.email).count() == 1
    with pytest.raises(team.InvitationOver):
        accept(invitation, verified(email="other@example.com"))
    verbs = AuditEntry.objects.values_list("verb", flat=True)
    assert [one for one in verbs if one.startswith("team.")] == ["team.invited", "team.joined"]


def test_accepting_and_inviting_again_change_nothing(account, owner):
    invitation, person = invited(account, owner), verified(email="new@example.com")
    assert invited(account, owner) == invitation

    assert accept(invitation, person) == accept(invitation, person)

    assert account.memberships.count() == 2
    assert AuditEntry.objects.filter(verb="team.joined").count() == 1


def test_only_a_confirmed_address_accepts(account, owner):
    invitation = invited(account, owner)
    person = make_user(email="new@example.com")
    EmailAddress.objects.create(user=person, email=person.email, verified=False, primary=True)
    for stranger in (person, verified(email="mallory@example.com")):
        with pytest.raises(OtherAddress):
            accept(invitation, stranger)
    assert account.memberships.count() == 1
    assert Invitation.objects.get().accepted_at is None


def test_an_invitation_ends_after_seven_days_to_the_second(account, owner):
    person, invitation = verified(email="new@example.com"), invited(account, owner)
    with pytest.raises(team.InvitationOver):
        accept(invitation, person, now=NOW + timedelta(days=7))
    assert accept(invitation, person, now=NOW + timedelta(days=7, seconds=-1))


def test_only_the_newest_link_works(account, owner):
    invitation = invited(account, owner)
    old = token_of(invitation)
    again = team.send_again(invitation_id=invitation.pk, actor_id=owner.pk, now=LATER)
    person = verified(email="new@example.com")

    assert read_token(old) == (invitation.public_id.hex, 1)
    with pytest.raises(team.InvitationOver):
        accept(again, person, sending=1)
    assert accept(again, person, sending=2)
    assert Delivery.objects.filter(recipient="new@example.com").count() >= 2


@pytest.mark.parametrize("forged", ["", "x", "WyJhIiwxXQ:1abc:def"])
def test_a_link_that_we_did_not_write_is_none(forged):
    assert read_token(forged) is None


def test_an_invitation_is_sent_five_times_at_most(account, owner):
    invitation = invited(account, owner)
    for _ in range(MOST_SENDINGS - 1):
        team.send_again(invitation_id=invitation.pk, actor_id=owner.pk, now=LATER)
    with pytest.raises(team.TeamRefused):
        team.send_again(invitation_id=invitation.pk, actor_id=owner.pk, now=LATER)


def test_what_was_taken_back_is_over(account, owner):
    invitation = invited(account, owner)
    team.revoke(invitation_id=invitation.pk, actor_id=owner.pk, now=LATER)
    for act in (team.revoke, team.send_again):
        with pytest.raises(team.InvitationOver):
            act(invitation_id=invitation.pk, actor_id=owner.pk, now=LATER)
    with pytest.raises(team.InvitationOver):
        accept(invitation, verified(email="new@example.com"))
    assert invited(account, owner, now=LATER) != invitation


def test_an_invitation_that_is_too_old_makes_room_for_another(account, owner):
    first = invited(account, owner)
    second = invited(account, owner, role="reader", now=NOW + timedelta(days=8))
    first.refresh_from_db()
    assert second != first
    assert first.revoked_at is not None


@pytest.mark.parametrize(
    ("email", "role"),
    [("nothing", "reader"), ("new@example.com", "boss"), ("", "reader")],
)
def test_what_is_no_invitation_is_refused(account, owner, email, role):
    with pytest.raises(team.TeamRefused):
        invited(account, owner, email=email, role=role)
    assert not Invitation.objects.exists()
    assert not AuditEntry.objects.exists()


def test_who_is_there_or_invited_as_something_else_is_not_invited(account, owner):
    with pytest.raises(team.TeamRefused):
        invited(account, owner, email=owner.email.upper())
    invited(account, owner)
    with pytest.raises(team.TeamRefused):
        invited(account, owner, role="reader")


def test_an_employee_has_no_team():
    """E7."""
    employee = make_affiliate(kind="employee", store="Lille", staff_number="17", user=make_user())
    with pytest.raises(team.TeamRefused):
        invited(employee, employee.memberships.get().user)


@pytest.mark.parametrize("role", ["manager", "accountant", "reader", None])
def test_only_owners_lead_a_team(account, owner, role):
    invitation = invited(account, owner)
    someone = member(account, role).user if role else make_user()
    row = account.memberships.get(user=owner)
    acts = [
        lambda: invited(account, someone, email="x@example.com"),
        lambda: team.send_again(invitation_id=invitation.pk, actor_id=someone.pk, now=LATER),
        lambda: team.revoke(invitation_id=invitation.pk, actor_id=someone.pk, now=LATER),
        lambda: team.change_role(
            membership_id=row.pk, role="reader", actor_id=someone.pk, now=LATER
        ),
        lambda: team.remove(membership_id=row.pk, actor_id=someone.pk, now=LATER),
    ]
    for act in acts:
        with pytest.raises(team.NotAnOwner):
            act()
    row.refresh_from_db()
    assert row.role == "owner"


def test_the_last_owner_stays(account, owner):
    """E4."""
    row, manager = account.memberships.get(), member(account, "manager")
    gone = member(account, "owner", is_active=False)
    acts = [
        lambda: team.leave(affiliate_id=account.pk, actor_id=owner.pk, now=LATER),
        lambda: team.remove(membership_id=row.pk, actor_id=owner.pk, now=LATER),
        lambda: team.change_role(membership_id=row.pk, role="reader", actor_id=owner.pk, now=LATER),
    ]
    for act in acts:
        with pytest.raises(team.LastOwner):
            act()

    team.change_role(membership_id=manager.pk, role="owner", actor_id=owner.pk, now=LATER)
    team.leave(affiliate_id=account.pk, actor_id=owner.pk, now=LATER)

    assert set(account.memberships.values_list("pk", flat=True)) == {manager.pk, gone.pk}


def test_a_role_is_changed_once_and_told(account, owner):
    row = member(account, "reader", email="r@example.com")
    for _ in range(2):
        team.change_role(membership_id=row.pk, role="accountant", actor_id=owner.pk, now=LATER)
    entry = AuditEntry.objects.get(verb="team.role_changed")
    assert (entry.data["before"], entry.data["after"]) == (
        {"role": "reader"},
        {"role": "accountant"},
    )
    assert Delivery.objects.filter(recipient="r@example.com").count() == 1


def test_who_is_removed_is_told_and_gone(account, owner):
    """E5, E6."""
    row = member(account, "manager", email="m@example.com")
    team.remove(membership_id=row.pk, actor_id=owner.pk, now=LATER)
    assert not Membership.objects.filter(pk=row.pk).exists()
    assert Delivery.objects.filter(recipient="m@example.com").count() == 1
    team.leave(affiliate_id=account.pk, actor_id=row.user_id, now=LATER)
    assert AuditEntry.objects.filter(verb__in=["team.removed", "team.left"]).count() == 1


def test_a_team_has_room_for_fifty(account, owner):
    """E9."""
    for number in range(team.MOST_PEOPLE - 2):
        member(account, "reader", email=f"p{number}@example.com")
    invited(account, owner)
    with pytest.raises(team.TeamRefused):
        invited(account, owner, email="one-too-many@example.com")


@pytest.mark.parametrize("act", ["removed", "left", "accountant", "owner"])
def test_keys_of_programs_end_with_the_right_to_have_them(account, owner, act):
    """E5."""
    row = member(account, "owner")
    kept, own = (make_key(one, account) for one in (owner, row.user))
    if act == "removed":
        team.remove(membership_id=row.pk, actor_id=owner.pk, now=LATER)
    elif act == "left":
        team.leave(affiliate_id=account.pk, actor_id=row.user_id, now=LATER)
    else:
        team.change_role(membership_id=row.pk, role=act, actor_id=owner.pk, now=LATER)
    for key in (kept, own):
        key.refresh_from_db()
    assert kept.revoked_at is None
    assert (own.revoked_at is None) == (act == "owner")


def taken_back(account, owner, email, now=NOW):
    invitation = invited(account, owner, email=email, now=now)
    team.revoke(invitation_id=invitation.pk, actor_id=owner.pk, now=now)


def test_taking_back_and_inviting_again_is_no_way_to_mail_one_stranger(account, owner, settings):
    """E3."""
    for number in range(settings.TEAM_INVITATIONS_TO_ONE_PER_DAY):
        taken_back(account, owner, "stranger@example.com", NOW + timedelta(minutes=number))
    with pytest.raises(team.TeamRefused, match="within a day"):
        invited(account, owner, email="Stranger@example.com", now=LATER)
    assert Delivery.objects.filter(recipient__iexact="stranger@example.com").count() == 5
    assert invited(account, owner, email="other@example.com", now=LATER)
    assert invited(account, owner, email="stranger@example.com", now=NOW + timedelta(hours=25))


@pytest.mark.parametrize("act", ["invite", "again"])
def test_nor_to_mail_many(account, owner, settings, act):
    settings.TEAM_INVITATIONS_PER_DAY = 3
    waiting = invited(account, owner)
    for number in range(2):
        taken_back(account, owner, f"s{number}@example.com")
    acts = {
        "invite": lambda: invited(account, owner, email="s2@example.com"),
        "again": lambda: team.send_again(invitation_id=waiting.pk, actor_id=owner.pk, now=LATER),
    }
    with pytest.raises(team.TeamRefused, match="within a day"):
        acts[act]()
    other = make_affiliate(user=make_user(), name="Another")
    assert invited(other, other.memberships.get().user, email="s2@example.com")


@pytest.mark.parametrize("act", ["removed", "left", "manager"])
def test_an_invitation_ends_with_the_right_of_who_sent_it(account, owner, act):
    """E3."""
    row = member(account, "owner")
    theirs = invited(account, row.user)
    kept = invited(account, owner, email="other@example.com")
    if act == "removed":
        team.remove(membership_id=row.pk, actor_id=owner.pk, now=LATER)
    elif act == "left":
        team.leave(affiliate_id=account.pk, actor_id=row.user_id, now=LATER)
    else:
        team.change_role(membership_id=row.pk, role=act, actor_id=owner.pk, now=LATER)

    with pytest.raises(team.InvitationOver):
        accept(theirs, verified(email="new@example.com"))
    theirs.refresh_from_db()
    assert theirs.revoked_at == LATER
    assert AuditEntry.objects.filter(verb="team.invitation_revoked").count() == 1
    assert accept(kept, verified(email="other@example.com"))


def test_who_cannot_sign_in_any_more_brings_nobody_in(account, owner):
    row = member(account, "owner")
    invitation = invited(account, row.user)
    row.user.is_active = False
    row.user.save()
    with pytest.raises(team.InvitationOver):
        accept(invitation, verified(email="new@example.com"))


def test_whoever_sends_it_again_answers_for_it(account, owner):
    row = member(account, "owner")
    invitation = invited(account, row.user)
    again = team.send_again(invitation_id=invitation.pk, actor_id=owner.pk, now=LATER)
    team.leave(affiliate_id=account.pk, actor_id=row.user_id, now=LATER)
    assert accept(again, verified(email="new@example.com"))


def test_nobody_joins_an_account_that_was_closed_meanwhile(account, owner):
    invitation, person = invited(account, owner), verified(email="new@example.com")
    Affiliate.objects.filter(pk=account.pk).update(status=AffiliateStatus.CLOSED)
    acts = [
        lambda: accept(invitation, person),
        lambda: invited(account, owner, email="x@example.com"),
        lambda: team.send_again(invitation_id=invitation.pk, actor_id=owner.pk, now=LATER),
    ]
    for act in acts:
        with pytest.raises(team.TeamRefused):
            act()
    assert account.memberships.count() == 1


def test_a_team_that_filled_up_meanwhile_takes_nobody(account, owner):
    """E9."""
    invitation = invited(account, owner)
    for number in range(team.MOST_PEOPLE - 1):
        member(account, "reader", email=f"p{number}@example.com")
    with pytest.raises(team.TeamRefused):
        accept(invitation, verified(email="new@example.com"))
