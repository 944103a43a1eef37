"""The team of an affiliate, the link of an invitation, and the switch between accounts."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from affiliates.models import Invitation, Membership
from affiliates.services.team_mails import token_of
from core import audit
from core.models import AuditEntry
from tests.builders import NOW, PASSWORD, make_affiliate, make_user

TEAM = "/portal/team/"


def confirmed(**fields):
    user = make_user(**fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def invite(ada, email="new@example.com", role="manager"):
    answer = ada.post(f"{TEAM}invite/", {"email": email, "role": role})
    assert answer.status_code == 302, answer.content
    return Invitation.objects.get(email=email)


def browser_of(user):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    if user is not None:
        client.force_login(user)
    return client


def test_the_page_shows_people_roles_and_second_factors(ada, world):
    colleague = make_user(name="Carl Clerk", email="carl@example.com")
    world.ada.memberships.create(user=colleague, role="accountant")
    Authenticator.objects.create(user=colleague, type="totp", data={})

    page = ada.get(TEAM).content.decode()

    assert "Carl Clerk" in page
    assert "Accountant" in page
    assert "The only owner stays" in page
    assert len(re.findall(r"badge--success[^>]*>.*?On", page, re.DOTALL)) >= 1


@pytest.mark.parametrize("people", [1, 20])
def test_a_long_team_takes_as_many_queries(ada, world, people, django_assert_max_num_queries):
    for _ in range(people):
        world.ada.memberships.create(user=make_user(), role="reader")
    with django_assert_max_num_queries(14):
        ada.get(TEAM)


def test_an_invitation_is_followed_from_the_mail_to_the_portal(ada, world):
    path = f"/team/join/{token_of(invite(ada))}/"
    visitor = browser_of(None)
    page = visitor.get(path)
    assert page.status_code == 200
    assert f"/account/signup/?next={path}" in page.content.decode().replace("%3A", ":")
    assert visitor.post(path).status_code == 200

    joining = browser_of(confirmed(email="new@example.com"))
    assert b"Join" in joining.get(path).content
    assert joining.post(path)["Location"] == "/portal/"

    assert "Le Carnet d&#x27;Ada" in joining.get(TEAM).content.decode()
    assert joining.get(path).status_code == 410
    assert Membership.objects.get(user__email="new@example.com").role == "manager"


def test_a_stranger_with_the_link_does_not_join(ada, world):
    path = f"/team/join/{token_of(invite(ada))}/"
    stranger = browser_of(confirmed(email="mallory2@example.com"))
    assert b"This invitation is for another address" in stranger.get(path).content
    stranger.post(path)
    assert world.ada.memberships.count() == 1


@pytest.mark.parametrize("token", ["x", "WyJhIiwxXQ:1abc:def"])
def test_a_link_that_is_not_ours_is_not_found(client, world, token):
    assert client.get(f"/team/join/{token}/").status_code == 404


def test_wrong_input_stays_in_the_form(ada, world):
    answer = ada.post(f"{TEAM}invite/", {"email": "nobody", "role": "reader"})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_owners_act_on_their_own_team_only(ada, world, sign_in):
    invitation = invite(ada)
    row = world.ada.memberships.create(user=make_user(), role="reader")
    mallory = browser_of(world.people["mallory"])
    for path in (
        f"{TEAM}invitations/{invitation.public_id}/again/",
        f"{TEAM}invitations/{invitation.public_id}/revoke/",
        f"{TEAM}people/{row.pk}/role/",
        f"{TEAM}people/{row.pk}/remove/",
    ):
        assert mallory.post(path, {"role": "owner"}).status_code == 404, path
    row.refresh_from_db()
    assert row.role == "reader"


def test_roles_change_people_go_and_invitations_are_taken_back(ada, world):
    person = make_user()
    row = world.ada.memberships.create(user=person, role="reader")
    other = browser_of(person)
    assert other.get("/portal/payee/").status_code == 403

    ada.post(f"{TEAM}people/{row.pk}/role/", {"role": "accountant"})
    assert other.get("/portal/payee/").status_code == 200

    ada.post(f"{TEAM}people/{row.pk}/remove/")
    assert other.get("/portal/").status_code == 403

    invitation = invite(ada)
    ada.post(f"{TEAM}invitations/{invitation.public_id}/again/")
    ada.post(f"{TEAM}invitations/{invitation.public_id}/revoke/")
    invitation.refresh_from_db()
    assert invitation.revoked_at is not None
    assert invitation.sendings == 2


def test_the_last_owner_is_told_why_they_stay(ada, world):
    page = ada.post(f"{TEAM}leave/", follow=True).content.decode()
    assert "Nobody else leads this team." in page
    assert world.ada.memberships.count() == 1


def test_an_employee_has_no_team_page(sign_in, world):
    person = make_user()
    make_affiliate(kind="employee", store="Lille", staff_number="17", user=person)
    browser = sign_in(person)
    assert browser.get(TEAM).status_code == 404
    assert TEAM not in browser.get("/portal/").content.decode()


def test_who_is_in_several_teams_chooses(ada, world):
    """E8."""
    person = world.people["ada"]
    second = make_affiliate(name="Second Site")
    person.memberships.create(affiliate=second, role="reader")
    assert "Second Site" in ada.get(TEAM).content.decode()

    ada.post(f"/team/switch/{world.ada.public_id}/")
    page = ada.get(TEAM).content.decode()
    assert "Who acts for Le Carnet d&#x27;Ada" in page
    assert f"/team/switch/{second.public_id}/" in page
    assert ada.get("/portal/payee/").status_code == 200

    ada.post(f"/team/switch/{second.public_id}/")
    assert ada.get("/portal/payee/").status_code == 403
    assert ada.post(f"/team/switch/{world.mallory.public_id}/").status_code == 404
    assert ada.get(f"/team/switch/{second.public_id}/").status_code == 405

    person.memberships.filter(affiliate=second).delete()
    assert "Who acts for Le Carnet d&#x27;Ada" in ada.get(TEAM).content.decode()


def test_the_log_shows_the_address_of_an_invitation_while_that_is_kept(ada, world):
    invite(ada, email="asked@example.com")
    assert "asked@example.com" in ada.get("/account/security-log/").content.decode()
    Invitation.objects.all().delete()
    page = ada.get("/account/security-log/").content.decode()
    assert "Invited to the team" in page
    assert "asked@example.com" not in page


def test_the_security_log_is_ones_own(ada, world, sign_in):
    invite(ada)
    page = ada.get("/account/security-log/").content.decode()
    assert "Invited to the team" in page
    assert "new@example.com" in page
    assert (
        "new@example.com"
        not in sign_in(world.people["mallory"]).get("/account/security-log/").content.decode()
    )


def test_sign_ins_are_kept_with_the_device_and_without_the_address(client, db):
    confirmed(email="sign@example.com")
    client.post(
        "/account/login/",
        {"login": "sign@example.com", "password": PASSWORD},
        headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"},
        REMOTE_ADDR="203.0.113.9",
    )
    entry = AuditEntry.objects.get(verb="user.signed_in")
    assert entry.data == {"browser": "Firefox", "system": "Linux"}
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "Firefox on Linux" in client.get("/account/security-log/").content.decode()


def test_payment_details_are_in_the_log_of_who_may_see_them(ada, world, sign_in):
    audit.record(actor=world.people["ada"], verb="payee.saved", subject=world.ada.payee, at=NOW)
    reader, clerk = make_user(), make_user()
    world.ada.memberships.create(user=reader, role="reader")
    world.ada.memberships.create(user=clerk, role="accountant")
    seen = [
        "Payment details changed" in browser_of(one).get("/account/security-log/").content.decode()
        for one in (world.people["ada"], clerk, reader)
    ]
    assert seen == [True, True, False]
