"""Signing in: nobody is led away, nobody learns who has an account, nobody tries without end."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from tests.builders import PASSWORD, make_user
from tests.people import make_ada, person_of

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "http://testserver@evil.example/",
    "https://[::1",
]
TOKEN = re.compile(r"(csrfmiddlewaretoken\" value|nonce|X-CSRFToken\": )[=\"' ]*[\w-]+")


@pytest.fixture(autouse=True)
def _no_earlier_tries():
    cache.clear()


@pytest.fixture
def ada():
    person = person_of(make_ada())
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def sign_in(client, email, password, **more):
    return client.post("/account/login/", {"login": email, "password": password, **more})


def stays(answer):
    return "evil" not in answer.get("Location", "") and "javascript" not in answer.get(
        "Location", ""
    )


@pytest.mark.parametrize("name", ["account_login", "account_reset_password_from_key_done"])
@pytest.mark.parametrize("where", ["https://[::1", "http://["])
def test_what_is_no_address_is_nowhere_to_go_next(client, name, where):
    assert client.get(reverse(name), {"next": where}).status_code == 200


@pytest.mark.parametrize("where", ELSEWHERE)
def test_signing_in_leads_to_nobody_else(client, ada, where):
    answer = sign_in(client, ada.email, PASSWORD, next=where)

    assert answer.status_code == 302
    assert stays(answer)


@pytest.mark.parametrize("where", ELSEWHERE)
@pytest.mark.parametrize(
    "name",
    ["set_language", "portal:preferences", "portal:columns", "account_logout", "portal:link-bulk"],
)
def test_no_form_leads_to_somebody_else(client, ada, name, where):
    client.force_login(ada)

    answer = client.post(reverse(name), {"next": where, "language": "en", "theme": "dark"})

    assert answer.status_code in (302, 204)
    assert stays(answer)


@pytest.mark.parametrize("where", ELSEWHERE)
def test_no_page_that_asks_for_a_proof_leads_to_somebody_else(client, ada, where):
    client.force_login(ada)

    answer = client.post(f"{reverse('account_reauthenticate')}?next={where}",
                         {"password": PASSWORD, "next": where})  # fmt: skip

    assert stays(answer)


@pytest.mark.parametrize("where", ELSEWHERE)
def test_the_admin_leads_to_our_own_sign_in(client, where):
    answer = client.get("/admin/login/", {"next": where})

    assert answer["Location"].startswith("/account/login/?next=")


def page(answer):
    return TOKEN.sub("", answer.content.decode()) if answer.status_code == 200 else answer.url


@pytest.mark.parametrize("path", ["/account/password/reset/", "/account/login/code/"])
def test_asking_for_a_mail_says_the_same_to_everybody(client, ada, path):
    answers = [client.post(path, {"email": email}) for email in (ada.email, "nobody@example.com")]

    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].url == answers[1].url


def test_signing_up_with_a_known_address_looks_as_with_a_new_one(client, ada):
    passwords = {"password1": "a long and new password"}
    answers = []
    for email in (ada.email, "new@example.com"):
        client.logout()
        answers.append(client.post("/account/signup/", {"email": email, **passwords}))

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_a_wrong_password_and_an_unknown_address_read_the_same(client, ada):
    said = []
    for email in (ada.email, "nobody@example.com"):
        answer = sign_in(client, email, "not the password")
        said.append(answer.context["form"].errors.as_json())

    assert said[0] == said[1]


def test_somebody_who_tries_passwords_is_stopped(client, ada):
    tries = [sign_in(client, ada.email, f"guess number {n}").status_code for n in range(6)]

    right = sign_in(client, ada.email, PASSWORD)

    assert set(tries) <= {200, 429}
    assert right.status_code != 302, "The account is closed to guesses for some minutes."


def test_nobody_has_mails_sent_to_somebody_without_end(client, ada):
    answers = [
        client.post("/account/password/reset/", {"email": ada.email}).status_code
        for _number in range(12)
    ]

    assert 429 in answers or len(mail.outbox) < 12
    assert len(mail.outbox) <= 6


def test_a_person_who_left_signs_in_no_more(client):
    gone = make_user(is_active=False)
    EmailAddress.objects.create(user=gone, email=gone.email, verified=True, primary=True)

    answer = sign_in(client, gone.email, PASSWORD)

    assert "_auth_user_id" not in client.session
    assert answer.status_code in (200, 302)
