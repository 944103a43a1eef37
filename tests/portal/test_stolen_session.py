"""What a session alone cannot do: give its thief a way to prove that they are its person."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import reverse

from affiliates.models import Invitation
from tests.builders import PASSWORD, make_affiliate, make_user
from tests.portal.proving import proved

pytestmark = pytest.mark.django_db
EMAILS = "/account/email/"
THIEF = "mallory@example.com"
AN_HOUR = 3_600
SECOND_FACTORS = ["mfa_activate_totp", "mfa_add_webauthn"]


@pytest.fixture(autouse=True)
def in_the_world(settings, client):
    cache.clear()  # Codes are mailed to one address once in a while.
    settings.ON_THIS_MACHINE = False
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


def someone(*, password=None):
    user = make_user(email="nora@example.com")
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def add(client):
    return client.post(EMAILS, {"action_add": "", "email": THIEF})


def has_another_address(client):
    return EmailAddress.objects.filter(email=THIEF).exists() or THIEF in str(dict(client.session))


@pytest.mark.parametrize("name", SECOND_FACTORS)
def test_who_signs_in_by_mailed_codes_adds_no_second_factor_by_an_old_session(client, name):
    proved(client, someone(), "code", ago=AN_HOUR)
    for answer in (client.get(reverse(name)), client.post(reverse(name), {"code": "123456"})):
        assert answer.status_code == 403
        assert "sign in again" in answer.content.decode()
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("name", SECOND_FACTORS)
def test_after_a_fresh_code_they_do(client, name):
    proved(client, someone(), "code")
    assert client.get(reverse(name)).status_code == 200


def test_nor_do_they_add_another_address(client):
    proved(client, someone(), "code", ago=AN_HOUR)
    assert add(client).status_code == 403
    assert not has_another_address(client)


def test_after_a_fresh_code_they_are_mailed_at_the_other_address(client):
    proved(client, someone(), "code")
    assert add(client).status_code == 302
    assert has_another_address(client)


def test_who_has_a_password_gives_it_before_an_address_is_added(client):
    client.force_login(someone(password=PASSWORD))

    asked = add(client)["Location"]
    assert asked.startswith("/account/reauthenticate/")
    assert not EmailAddress.objects.filter(email=THIEF).exists()

    client.post(asked, {"password": PASSWORD})
    assert has_another_address(client)


def test_who_has_a_password_gives_it_before_another_address_counts(client):
    nora = someone(password=PASSWORD)
    other = EmailAddress.objects.create(user=nora, email=THIEF, verified=True)
    client.force_login(nora)
    for act in ("action_primary", "action_remove"):
        answer = client.post(EMAILS, {act: "", "email": THIEF})
        assert answer["Location"].startswith("/account/reauthenticate/")
    other.refresh_from_db()
    nora.refresh_from_db()
    assert (other.primary, nora.email) == (False, "nora@example.com")


def test_on_this_machine_nobody_without_a_password_is_asked(client, settings):
    settings.ON_THIS_MACHINE = True
    proved(client, someone(), "code", ago=AN_HOUR)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    assert add(client).status_code == 302


@pytest.fixture
def team(client):
    """An owner with a password, and somebody else of the team."""
    nora, other = someone(password=PASSWORD), make_user(email=THIEF)
    affiliate = make_affiliate(user=nora)
    client.force_login(nora)
    return affiliate.memberships.create(user=other, role="reader")


def test_nobody_is_invited_by_a_session_alone(client, team):
    asked = client.post("/portal/team/invite/", {"email": "eve@example.com", "role": "owner"})
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert not Invitation.objects.exists()
    assert "eve@example.com" not in str(dict(client.session))

    client.post(asked["Location"], {"password": PASSWORD})
    assert Invitation.objects.get().email == "eve@example.com"


def test_nobody_gets_another_role_by_a_session_alone(client, team):
    address = f"/portal/team/people/{team.pk}/role/"
    asked = client.post(address, {"role": "owner"})
    assert asked["Location"].startswith("/account/reauthenticate/")
    team.refresh_from_db()
    assert team.role == "reader"

    client.post(asked["Location"], {"password": PASSWORD})
    team.refresh_from_db()
    assert team.role == "owner"
