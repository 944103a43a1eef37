"""Pages of errors: in both languages, with the number of the request, and with what to do."""

from __future__ import annotations

import pytest
from allauth.core.internal.ratelimit import respond_429
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.plain_pages import STYLES
from tests.builders import make_user

FAILING = "tests.portal.failing_urls"
PLAIN = {
    "/fails/wrong/": (400, "We could not read what your browser sent"),
    "/fails/bug/": (500, "Something broke on our side"),
    "/fails/database/": (503, "We are not available for a moment"),
    "/fails/redis/": (503, "We are not available for a moment"),
}


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False, HTTP_ACCEPT_LANGUAGE="en")


def _is_whole(answer, status, title):
    said = answer.content.decode()
    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in said
    assert said.count("<h1") == 1
    assert answer.headers["X-Request-ID"] in said
    assert 'href="/"' in said
    return said


@pytest.mark.parametrize("address", PLAIN)
def test_what_needs_no_server_asks_none(visitor, settings, address, caplog):
    """No database: this test has none. No template either: there is no engine for them."""
    settings.ROOT_URLCONF = FAILING
    settings.TEMPLATES = []

    answer = visitor.get(address)

    said = _is_whole(answer, *PLAIN[address])
    assert 'lang="en"' in said
    assert "secret" not in said
    assert "10.0.0" not in said
    assert "doubted" not in said
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in answer.headers) == (answer.status_code == 503)


@pytest.mark.parametrize("address", PLAIN)
def test_they_are_read_in_french_too(visitor, settings, address):
    settings.ROOT_URLCONF = FAILING

    said = visitor.get(address, headers={"accept-language": "fr"}).content.decode()

    assert 'lang="fr"' in said


def test_their_stylesheets_are_there():
    assert [name for name in STYLES if finders.find(name) is None] == []


def test_a_host_that_is_not_ours_is_a_wrong_request(visitor):
    _is_whole(visitor.get("/", headers={"host": "evil.example"}), *PLAIN["/fails/wrong/"])


def test_too_much_is_refused_with_its_reason(visitor, settings):
    settings.ROOT_URLCONF, settings.UPLOAD_MOST_BYTES = FAILING, 1_000
    file = SimpleUploadedFile("large.pdf", b"%PDF-" + b"x" * 2_000)

    said = _is_whole(visitor.post("/fails/read/", {"file": file}), 413, "That is too large")

    assert "Choose a smaller file" in said


def test_a_program_gets_a_problem_and_no_page(visitor, settings):
    settings.ROOT_URLCONF = FAILING

    answer = visitor.get("/api/v1/fails/bug/")

    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "server_error"
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "title"), [("en", "There is nothing at this address")])
def test_an_address_that_is_none(client, language, title):
    answer = client.get("/nowhere/", headers={"accept-language": language})

    assert 'role="search"' not in _is_whole(answer, 404, title)


@pytest.mark.django_db
def test_who_is_signed_in_can_search_from_there(client):
    client.force_login(make_user(language="en"))

    said = client.get("/nowhere/", headers={"accept-language": "en"}).content.decode()

    assert 'action="/search/"' in said
    assert 'name="q"' in said


@pytest.mark.django_db
def test_a_form_without_its_token(db):
    browser = Client(enforce_csrf_checks=True, HTTP_ACCEPT_LANGUAGE="en")

    _is_whole(browser.post("/preferences/", {}), 403, "This form has waited too long")


@pytest.mark.django_db
def test_a_page_that_is_closed(client):
    client.force_login(make_user())

    answer = client.get("/manage/", headers={"accept-language": "en"})

    _is_whole(answer, 403, "This page is not open to you")


@pytest.mark.django_db
def test_too_many_tries(rf):
    request = rf.get("/account/login/")
    request.user, request.resolver_match = AnonymousUser(), None

    answer = respond_429(request)

    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    assert "Wait five minutes" in answer.content.decode()
