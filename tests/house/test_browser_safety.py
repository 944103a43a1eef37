"""What every answer tells a browser, and what cookies it is trusted with."""

import pytest
from django.conf import settings as current

from config import browser_safety
from tests.house.test_environment import SECRETS, SERVERS, load_settings

LOCAL = {"on_this_machine": True, "is_proxied": False}
PUBLIC = {"on_this_machine": False, "is_proxied": True}
COOKIES = ("SESSION", "CSRF", "LANGUAGE")


@pytest.mark.parametrize("cookie", COOKIES)
def test_cookies_are_for_this_host_alone_and_for_no_script(cookie):
    said = browser_safety.settings(**PUBLIC)

    assert said[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
    assert said[f"{cookie}_COOKIE_SECURE"]
    assert said[f"{cookie}_COOKIE_HTTPONLY"]
    # What a browser asks of the prefix: no domain, and the whole host.
    assert getattr(current, f"{cookie}_COOKIE_DOMAIN") is None
    assert getattr(current, f"{cookie}_COOKIE_PATH") == "/"


@pytest.mark.parametrize("cookie", COOKIES)
def test_over_plain_http_on_this_machine_there_is_no_prefix(cookie):
    said = browser_safety.settings(**LOCAL)

    assert not said[f"{cookie}_COOKIE_NAME"].startswith("__")
    assert not said[f"{cookie}_COOKIE_SECURE"]


def test_https_is_asked_for_and_remembered():
    said = browser_safety.settings(**PUBLIC)

    assert said["SECURE_SSL_REDIRECT"]
    assert said["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert said["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_the_header_of_a_proxy_is_not_believed_without_one():
    said = browser_safety.settings(on_this_machine=False, is_proxied=False)

    assert said["SECURE_PROXY_SSL_HEADER"] is None


@pytest.mark.slow
def test_a_real_server_has_them():
    done = load_settings("settings.SESSION_COOKIE_NAME", **SERVERS, **SECRETS)

    assert done.stdout.strip() == "__Host-sessionid"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/account/login/", "/api/v1/links", "/nowhere/", "/admin/"])
def test_every_answer_has_its_headers(client, address):
    answer = client.get(address)

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in answer["Permissions-Policy"]


@pytest.mark.django_db
def test_other_sites_may_load_the_script_of_the_looks(client):
    assert "Cross-Origin-Resource-Policy" not in client.get("/looks/looks.js").headers


@pytest.mark.django_db
def test_the_content_policy_lets_nothing_run_that_we_did_not_send(client):
    said = client.get("/account/login/")["Content-Security-Policy"]
    policy = dict(part.strip().partition(" ")[::2] for part in said.split(";"))

    assert "unsafe" not in said
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["base-uri"] == "'none'"
