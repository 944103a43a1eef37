"""Where somebody is signed in is written down when it changes, and else once a minute."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.seen_sessions import NOTED_EVERY
from tests.builders import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    client.force_login(make_user())
    client.get("/start/")
    return client


def writes_of(client, **request):
    with CaptureQueriesContext(connection) as queries:
        client.get("/start/", **request)
    said = [one["sql"] for one in queries if "usersessions_usersession" in one["sql"]]
    return [sql for sql in said if not sql.startswith("SELECT")], len(said)


def test_a_visitor_has_no_session_to_write_down(client):
    assert writes_of(client) == ([], 0)


def test_within_a_minute_it_is_looked_up_and_not_written_again(signed_in):
    before = UserSession.objects.get().last_seen_at

    assert writes_of(signed_in) == ([], 1)
    assert UserSession.objects.get().last_seen_at == before


def test_after_a_minute_it_is_seen_again(signed_in):
    old = timezone.now() - NOTED_EVERY - timedelta(seconds=1)
    UserSession.objects.update(last_seen_at=old)

    signed_in.get("/start/")

    assert UserSession.objects.get().last_seen_at > old


@pytest.mark.parametrize(
    ("request_of", "field"),
    [({"HTTP_USER_AGENT": "Another"}, "user_agent"), ({"REMOTE_ADDR": "192.0.2.7"}, "ip")],
)
def test_another_place_or_browser_is_noted_at_once(signed_in, request_of, field):
    signed_in.get("/start/", **request_of)

    [said] = request_of.values()
    assert getattr(UserSession.objects.get(), field) == said
    assert writes_of(signed_in, **request_of) == ([], 1)


def test_a_browser_that_says_very_much_is_noted_once(signed_in):
    longest = {"HTTP_USER_AGENT": "x" * 1_000}
    signed_in.get("/start/", **longest)

    assert writes_of(signed_in, **longest) == ([], 1)
