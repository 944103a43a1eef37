"""The pages of one's own account: where one is signed in, passkeys, codes."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from portal.devices import device_of
from tests.builders import make_user
from tests.portal.partner_world import text_of
from tests.portal.proving import proved

pytestmark = pytest.mark.django_db

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
EDGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Mobile Safari/537.36"
)
#: What allauth calls a passkey and a code generator.
OTHER_WORDS = re.compile(
    r"your security key|add security key|security keys|authenticator|two-factor", re.IGNORECASE
)


@pytest.fixture(autouse=True)
def english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def person(client):
    """Ada, who signs in by code: she has no password to prove herself with."""
    user = make_user(email="ada@example.com", name="Ada Blanchet")
    user.set_unusable_password()
    user.save()
    proved(client, user, "code")
    return user


def words_of(response):
    """What a person reads of a page: no scripts, no tags."""
    return re.sub(r"<script.*?</script>|<[^>]*>", " ", text_of(response), flags=re.DOTALL)


def signed_in_elsewhere(user, user_agent=IPHONE):
    """Another browser of ``user``, and its line in the list of sessions."""
    browser = Client(headers={"user-agent": user_agent, "accept-language": "en"})
    browser.force_login(user)
    browser.get("/account/email/")
    return browser, UserSession.objects.get(session_key=browser.session.session_key)


def is_signed_in(browser):
    return browser.get("/account/email/").status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (IPHONE, "Safari on iPhone"),
        (FIREFOX, "Firefox on Windows"),
        (EDGE, "Edge on Mac"),
        (ANDROID, "Chrome on Android"),
        ("curl/8.5.0", "Unknown device"),
        ("Something (X11; Linux x86_64)", "Linux"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_named_in_everyday_words(user_agent, words):
    assert str(device_of(user_agent)) == words


def test_the_list_names_devices_and_marks_this_one(client, person):
    signed_in_elsewhere(person, FIREFOX)
    page = text_of(client.get("/account/sessions/"))

    assert "Firefox on Windows" in page
    assert page.count("This device") == 1
    assert "Mozilla/5.0" not in page
    assert "Sign out everywhere else" in page


def test_one_device_alone_offers_nothing_to_end(client, person):
    page = text_of(client.get("/account/sessions/"))
    assert "signed in on this device only" in page
    assert "everywhere else" not in page


def test_one_other_device_is_signed_out(client, person):
    phone, session = signed_in_elsewhere(person)
    laptop, _session = signed_in_elsewhere(person, FIREFOX)

    response = client.post(reverse("portal:session-end", args=[session.pk]), follow=True)

    assert "Signed out: Safari on iPhone." in text_of(response)
    assert not is_signed_in(phone)
    assert is_signed_in(laptop)
    assert is_signed_in(client)


def test_all_others_are_signed_out_at_once(client, person):
    phone, _session = signed_in_elsewhere(person)
    laptop, _session = signed_in_elsewhere(person, FIREFOX)

    client.post("/account/sessions/")

    assert not is_signed_in(phone)
    assert not is_signed_in(laptop)
    assert is_signed_in(client)


def test_this_device_leaves_by_its_own_door(client, person):
    client.get("/account/email/")
    here = UserSession.objects.get(session_key=client.session.session_key)

    response = client.post(reverse("portal:session-end", args=[here.pk]))

    assert response["Location"] == "/account/logout/"
    assert is_signed_in(client)


def test_nobody_ends_the_sessions_of_others(client, person):
    victim, session = signed_in_elsewhere(make_user(email="mallory@example.com"))
    address = reverse("portal:session-end", args=[session.pk])

    assert client.post(address).status_code == 404
    assert client.get(address).status_code == 405
    assert Client().post(address)["Location"].startswith("/account/login/")
    assert is_signed_in(victim)


SECOND_FACTOR_PAGES = (
    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn",
)  # fmt: skip


@pytest.mark.parametrize("name", SECOND_FACTOR_PAGES)
def test_second_factors_have_one_name_each(client, person, name):
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert not OTHER_WORDS.search(words_of(response)), name


def test_a_first_passkey_is_suggested_a_name(client, person):
    assert 'value="Passkey"' in text_of(client.get(reverse("mfa_add_webauthn")))


def test_signing_in_with_a_second_factor_speaks_of_codes_and_passkeys(client):
    user = make_user(email="sam@example.com")
    user.set_password("linen and wool, 1889")
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    TOTP.activate(user, generate_totp_secret())

    response = client.post(
        "/account/login/", {"login": user.email, "password": "linen and wool, 1889"}, follow=True
    )

    page = words_of(response)
    assert "Use a passkey" in page
    assert "Code of your generator" in page
    assert not OTHER_WORDS.search(page)


def test_a_code_generator_is_turned_off_after_a_question(client):
    user = make_user(email="sam@example.com")
    user.set_password("linen and wool, 1889")
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client.force_login(user)
    TOTP.activate(user, generate_totp_secret())
    client.post("/account/reauthenticate/", {"password": "linen and wool, 1889"})

    page = client.get(reverse("mfa_deactivate_totp"))
    response = client.post(reverse("mfa_deactivate_totp"), follow=True)

    assert "Turn the code generator off?" in text_of(page)
    assert "Your code generator is off." in text_of(response)
    assert not Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
