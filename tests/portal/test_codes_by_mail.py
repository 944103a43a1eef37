"""An address and a sign-in are confirmed by a code of a mail, typed where it was asked for."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.urls import reverse

from core.models import User
from tests.builders import PASSWORD, make_user
from tests.mails import code_in

pytestmark = pytest.mark.django_db

NEW = "new@example.com"


@pytest.fixture(autouse=True)
def english(client, settings):
    settings.ACCOUNT_RATE_LIMITS = False  # One address in every test.
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


def sign_up(client):
    client.post(reverse("account_signup"), {"email": NEW, "password1": PASSWORD})
    return code_in(mail.outbox[-1].body)


def verify(client, code):
    return client.post(reverse("account_email_verification_sent"), {"code": code})


def ask_for_code(client, user):
    client.post(reverse("account_request_login_code"), {"email": user.email})
    return code_in(mail.outbox[-1].body)


@pytest.fixture
def ada():
    user = make_user(email="ada@example.com")
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


def test_the_code_of_the_mail_opens_the_account_and_signs_in(client):
    code = sign_up(client)
    page = client.get(reverse("account_email_verification_sent")).content.decode()
    assert "Look in your mailbox" in page
    assert "confirm-email" not in mail.outbox[-1].body  # No link that a mail program could follow.

    answer = verify(client, code)

    assert answer["Location"] == "/start/"
    assert client.session["_auth_user_id"] == str(User.objects.get(email=NEW).pk)
    assert EmailAddress.objects.get(email=NEW).verified


def test_a_wrong_code_says_so_and_three_end_it(client):
    code = sign_up(client)
    for _turn in range(2):
        assert b"Incorrect code" in verify(client, "AAAA-AAAA").content
    verify(client, "AAAA-AAAA")

    verify(client, code)

    assert "_auth_user_id" not in client.session


def test_the_code_is_no_use_in_another_browser(client):
    code = sign_up(client)
    other = type(client)()

    verify(other, code)

    assert "_auth_user_id" not in other.session


def test_another_code_is_sent_on_request(client):
    first = sign_up(client)

    client.post(reverse("account_email_verification_sent"), {"action": "resend"})

    assert len([one for one in mail.outbox if NEW in one.to]) == 2
    assert verify(client, code_in(mail.outbox[-1].body))["Location"] == "/start/"
    assert first


def test_signing_up_with_an_address_that_is_known_tells_a_stranger_nothing(client, ada):
    answer = client.post(reverse("account_signup"), {"email": ada.email, "password1": PASSWORD})

    assert answer["Location"] == reverse("account_email_verification_sent")
    assert "already exists" in mail.outbox[-1].body
    page = client.get(answer["Location"]).content.decode()
    assert "Look in your mailbox" in page


def test_a_code_signs_in_without_a_password(client, ada):
    code = ask_for_code(client, ada)
    assert (
        "Look in your mailbox" in client.get(reverse("account_confirm_login_code")).content.decode()
    )

    client.post(reverse("account_confirm_login_code"), {"code": code})

    assert client.session["_auth_user_id"] == str(ada.pk)


def test_nobody_learns_by_asking_for_a_code_who_has_an_account(client, ada):
    known = client.post(reverse("account_request_login_code"), {"email": ada.email})
    stranger = type(client)(headers={"accept-language": "en"})
    unknown = stranger.post(reverse("account_request_login_code"), {"email": "x@example.com"})

    assert known["Location"] == unknown["Location"]


def test_whoever_has_a_second_factor_is_asked_for_it_after_the_code(client):
    sam = make_user(email="sam@example.com", roles=["manager"])
    EmailAddress.objects.get_or_create(
        user=sam, email=sam.email, defaults={"verified": True, "primary": True}
    )
    TOTP.activate(sam, generate_totp_secret())
    code = ask_for_code(client, sam)

    answer = client.post(reverse("account_confirm_login_code"), {"code": code})

    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert "_auth_user_id" not in client.session


def test_a_password_typed_by_a_stranger_does_not_open_the_account_of_the_addresss_owner(client):
    stranger = type(client)(headers={"accept-language": "en"})
    stranger.post(reverse("account_signup"), {"email": NEW, "password1": PASSWORD})
    owner = User.objects.get(email=NEW)

    code = ask_for_code(client, owner)
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert client.session["_auth_user_id"] == str(owner.pk)

    stranger.post(reverse("account_login"), {"login": NEW, "password": PASSWORD})
    assert "_auth_user_id" not in stranger.session
    owner.refresh_from_db()
    assert not owner.has_usable_password()


def test_whoever_confirms_their_own_sign_up_keeps_their_password(client):
    verify(client, sign_up(client))

    assert User.objects.get(email=NEW).check_password(PASSWORD)


def test_a_code_leaves_the_password_of_somebody_known(client, ada):
    ada.set_password(PASSWORD)
    ada.save()
    code = ask_for_code(client, ada)

    client.post(reverse("account_confirm_login_code"), {"code": code})

    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)
