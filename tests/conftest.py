import gc
import os
import shutil
import socket
from functools import partial

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from config import roles
from tests.postgresql.base import acting_as

# Playwright's sync interface keeps an event loop running in the thread that uses the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# A busy machine is slow, not wrong.
hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
MONTHS_OF_TESTS = ("2025-01-01", "2026-12-31")
#: What a person's Chromium says. A headless one calls itself a robot, and robots do not click.
PERSON = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Safari/537.36"
)
LOOPBACK = {"localhost", "127.0.0.1", "::1", ""}


class OutsideNetwork(AssertionError):
    """A test reached for a machine other than this one."""


def pytest_collection_modifyitems(items):
    """Without a browser its tests are skipped by name (bin/test makes that fatal in CI)."""
    if CHROMIUM:
        return
    missing = pytest.mark.skip(reason="no Chromium on this machine: apt install chromium")
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(missing)


def pytest_collection_finish():
    """Thousands of tests and all modules stay: no collection has to walk over them."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter):
    """Say, above the last line, what bin/test found or left out before pytest began."""
    for title, variable in (
        ("checks that failed", "APPORT_CHECKS_FAILED"),
        ("not run", "APPORT_NOT_RUN"),
    ):
        if os.environ.get(variable):
            terminalreporter.section(title)
            terminalreporter.write_line(os.environ[variable])


@pytest.fixture(autouse=True)
def _english():
    """Services word their refusals as they are written; pages still follow the browser."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _no_outside_network(monkeypatch):
    connect = socket.socket.connect
    look_up = socket.getaddrinfo

    def connect_here(self, address):
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise OutsideNetwork(address)
        return connect(self, address)

    def look_up_here(host, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else host
        if (name or "") not in LOOPBACK:
            raise OutsideNetwork(name)
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Make the months that the tests' clicks fall in, however far away the real clock is."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT tracking_make_months(%s, %s)", MONTHS_OF_TESTS)


@pytest.fixture
def as_owner(db):
    """``with as_owner() as cursor:`` runs SQL as the role that owns the tables."""
    return partial(acting_as, connection, roles.OWNER)


@pytest.fixture
def as_superuser(db):
    """``with as_superuser() as cursor:`` runs SQL as the database's superuser."""
    return partial(acting_as, connection, None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "viewport": {"width": 1280, "height": 900},
        "user_agent": PERSON,
    }


@pytest.fixture
def console(page):
    """Collect what the page complains about; the test fails at its end if that is anything."""
    complaints = []
    page.on("console", lambda line: line.type == "error" and complaints.append(line.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield complaints
    assert complaints == []


@pytest.fixture
def browse(client):
    """``browse(user)`` returns the browser of a person who reads English."""

    def browse(user):
        client.force_login(user)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return browse
