"""A first password asks for a fresh proof (docs/rules/staff.md, ST14)."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from core.models import User
from tests.builders import PASSWORD, make_user
from tests.portal.proving import proved

pytestmark = pytest.mark.django_db
SET = "/account/password/set/"
NEW = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture(autouse=True)
def in_the_world(settings):
    settings.ON_THIS_MACHINE = False


@pytest.fixture
def nora():
    user = make_user(email="nora@example.com")
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def has_password(user):
    return User.objects.get(pk=user.pk).has_usable_password()


def test_who_just_signed_in_by_a_mailed_code_sets_one(client, nora):
    proved(client, nora, "code", email=nora.email)
    assert client.get(SET).status_code == 200
    assert client.post(SET, NEW).status_code == 302
    assert has_password(nora)


def test_an_old_session_sets_none(client, nora):
    proved(client, nora, "code", ago=3_600, email=nora.email)
    for answer in (client.get(SET), client.post(SET, NEW)):
        assert answer.status_code == 403
        assert "code" in answer.content.decode()
    assert not has_password(nora)


def test_who_has_a_second_factor_is_asked_for_it_and_what_was_typed_is_not_kept(client, nora):
    Authenticator.objects.create(user=nora, type="totp", data={})
    proved(client, nora, "code", email=nora.email)

    assert client.get(SET)["Location"].startswith("/account/2fa/reauthenticate/")
    assert client.post(SET, NEW)["Location"] == SET
    assert PASSWORD not in str(dict(client.session))
    assert not has_password(nora)

    proved(client, nora, "mfa", type="totp", reauthenticated=True)
    assert client.post(SET, NEW).status_code == 302
    assert has_password(nora)


def test_who_has_a_password_is_led_to_change_it_and_a_visitor_to_sign_in(client):
    assert client.get(SET)["Location"].startswith("/account/login/")
    client.force_login(make_user())
    assert client.get(SET)["Location"] == "/account/password/change/"
