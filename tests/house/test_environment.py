import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
SERVERS = {"DATABASE_URL": "postgresql://app@db/apport", "REDIS_URL": "redis://cache:6379/0"}
SECRETS = {"SECRET_KEY": "s", "FIELD_KEYS": "k1, k2", "HASH_KEY": "h"}


def load_settings(expression, **variables):
    """Evaluate ``expression`` over settings loaded with nothing but ``variables`` set."""
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings; print(({expression}))"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("missing", [*SECRETS, *SERVERS])
def test_settings_refuse_to_load_without_each_secret_and_server(missing):
    given = {name: value for name, value in {**SERVERS, **SECRETS}.items() if name != missing}

    done = load_settings("1", **given)

    assert done.returncode != 0
    assert f"ImproperlyConfigured: Set the environment variable {missing} (" in done.stderr


def test_a_real_server_gets_secure_cookies_and_no_demonstration():
    done = load_settings(
        "settings.EMBEDDED, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,"
        " settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS > 0, settings.DEBUG",
        **SERVERS,
        **SECRETS,
    )
    assert done.stdout.strip() == "(False, True, True, True, True, False)"


SAFETY = (
    "settings.ON_THIS_MACHINE, settings.HAS_OUTBOX, settings.SESSION_COOKIE_SECURE,"
    " settings.CSRF_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT,"
    " settings.SECURE_HSTS_SECONDS > 0, settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN,"
    " settings.STAFF_NEED_SECOND_FACTOR"
)
EMBEDDED = {"APPORT_EMBEDDED": "1", **SERVERS, **SECRETS}
SAFE = "(False, False, True, True, True, True, True, False, True)"
ON_THIS_MACHINE = "(True, True, False, False, False, False, False, True, True)"


@pytest.mark.parametrize(
    "address", ["http://localhost:8000", "http://127.0.0.1:8123", "http://[::1]:8000"]
)
def test_an_embedded_server_on_its_own_machine_speaks_plain_http(address):
    assert load_settings(SAFETY, **EMBEDDED, PUBLIC_URL=address).stdout.strip() == ON_THIS_MACHINE


@pytest.mark.parametrize("address", ["https://apport.example", "http://localhost.example:8000"])
def test_an_embedded_server_with_a_public_address_is_a_real_server(address):
    assert load_settings(SAFETY, **EMBEDDED, PUBLIC_URL=address).stdout.strip() == SAFE


def test_where_a_mail_server_is_named_there_is_no_outbox():
    done = load_settings("settings.HAS_OUTBOX", **EMBEDDED, EMAIL_URL="smtp://relay")
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("address", ["https://apport.example", "http://10.0.0.7:8000"])
def test_the_demonstration_does_not_start_behind_a_public_address(address, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "config.run"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "APPORT_DATA_DIR": str(tmp_path), "PUBLIC_URL": address},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert f"PUBLIC_URL={address} is not this machine" in done.stderr
    assert not (tmp_path / "pg").exists()


def test_the_first_field_key_is_the_one_that_encrypts():
    done = load_settings("settings.FIELD_KEYS", **SERVERS, **SECRETS)
    assert done.stdout.strip() == "('k1', 'k2')"


def test_the_role_that_loses_privileges_is_the_applications_own():
    owner = {"DATABASE_OWNER_URL": "postgresql://owner@db/apport"}
    done = load_settings(
        "settings.APP_DB_ROLE, settings.DATABASES['owner']['USER']", **SERVERS, **SECRETS, **owner
    )
    assert done.stdout.strip() == "('app', 'owner')"


def test_forwarded_headers_are_believed_only_behind_a_proxy():
    expression = "settings.SECURE_PROXY_SSL_HEADER"
    assert load_settings(expression, **SERVERS, **SECRETS).stdout.strip() == "None"
    behind = load_settings(expression, **SERVERS, **SECRETS, TRUSTED_PROXY_COUNT="1")
    assert "HTTP_X_FORWARDED_PROTO" in behind.stdout


def test_a_database_address_is_taken_apart():
    read = env.database("postgresql://us%40er:p%2Fw@db.example:6432/name?sslmode=require")
    assert read == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "name",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_database_address_may_name_a_socket_directory():
    read = env.database("postgresql://app@/name?host=/var/run/postgresql")
    assert (read["HOST"], read["OPTIONS"]) == ("/var/run/postgresql", {})


def test_only_postgresql_is_accepted():
    with pytest.raises(ImproperlyConfigured, match="must be PostgreSQL"):
        env.database("mysql://app@db/apport")


def test_celery_spells_sockets_its_own_way():
    assert env.broker("unix:///run/v.sock") == "redis+socket:///run/v.sock"
    assert env.broker("redis://cache:6379/0") == "redis://cache:6379/0"


@pytest.mark.parametrize(
    ("url", "port", "starttls", "tls"),
    [
        ("smtp://relay", 25, False, False),
        ("smtp+tls://me:secret@relay", 587, True, False),
        ("smtps://me:secret@relay:4650", 4650, False, True),
    ],
)
def test_a_mail_address_is_taken_apart(url, port, starttls, tls):
    read = env.mail(url)
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"]) == ("relay", port)
    assert (read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == (starttls, tls)


def test_a_mail_address_of_another_kind_is_refused():
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        env.mail("https://relay")


def test_a_number_that_is_none_is_named(monkeypatch):
    monkeypatch.setenv("DATABASE_POOL_SIZE", "many")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_POOL_SIZE must be a whole number"):
        env.number("DATABASE_POOL_SIZE", 8)


def test_languages_of_shops_are_read_by_the_shop_s_code(monkeypatch):
    monkeypatch.setenv("SHOP_LANGUAGES", "a:fr=/, a:EN-gb=/en-gb/,b-2:en=/shop/en/")
    assert env.languages("SHOP_LANGUAGES") == {
        "a": (("fr", "/"), ("en-gb", "/en-gb/")),
        "b-2": (("en", "/shop/en/"),),
    }
    monkeypatch.setenv("SHOP_LANGUAGES", "")
    assert env.languages("SHOP_LANGUAGES") == {}


@pytest.mark.parametrize(
    "entry",
    [
        "a:en=https://en.example/", "a:en=//en.example/", "a:en=en/", "a:en=/en", "a:en=/\\evil/",
        "a:en=", "en=/en/", "a:=/en/", "a:english=/en/", "a:en=/e n/", "a:en=/é/",
    ],
)  # fmt: skip
def test_a_language_on_another_host_or_nowhere_is_refused_at_start(monkeypatch, entry):
    monkeypatch.setenv("SHOP_LANGUAGES", f"a:fr=/fr/,{entry}")
    with pytest.raises(ImproperlyConfigured, match=r"is no shop, language and beginning"):
        env.languages("SHOP_LANGUAGES")
