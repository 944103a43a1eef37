"""Events on their way: at least once, tried for three days, and stopped when nobody listens."""

import json
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from jsonschema import Draft202012Validator

from affiliates.domain.event_types import API_VERSION, schema_of
from affiliates.models import (
    Endpoint,
    EventDeliveryStatus,
)
from affiliates.services import endpoints, event_sending, events
from affiliates.services.event_sending import CannotResend
from affiliates.services.events import Fact, tell
from core.models import Delivery
from shop.connectors import generic
from shop.connectors.contract import BadSignature
from tests.affiliates.hook_world import (
    Clock,
    Scripted,
    make_endpoint,
    make_own_endpoint,
    moved_to,
    told,
    turn,
)
from tests.builders import NOW
from tests.people import make_ada, make_sam

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def endpoint():
    return make_endpoint(make_ada())


def fresh(row):
    row.refresh_from_db()
    return row


def test_a_delivery_is_one_signed_request_that_says_what_happened(endpoint, clock):
    delivery, hooks = told(endpoint), Scripted(200)

    assert turn(endpoint, hooks, clock) == 1

    ((method, url, headers, body),) = hooks.sent
    event = delivery.event
    assert (method, url) == ("POST", "https://hooks.example/apport")
    said = json.loads(body)
    assert said == {
        "id": str(event.public_id), "type": "link.broken", "created_at": "2026-06-15T10:00:00Z",
        "api_version": API_VERSION,
        "data": {"link": "link1", "url": "https://shop.example/", "at": "2026-06-15T10:00:00Z"},
    }  # fmt: skip
    Draft202012Validator(schema_of("link.broken")).validate(said)
    assert event.public_id.version == 7
    assert headers["Apport-Event-Id"] == said["id"]
    generic.check_signature(
        headers["Apport-Signature"], body, secrets=[endpoint.secret], now=clock.now
    )
    fresh(delivery)
    assert (delivery.status, delivery.attempts, delivery.http_status) == ("taken", 1, 200)
    assert delivery.duration_ms == 7
    assert turn(endpoint, hooks, clock) == 0


def test_forged_changed_and_old_requests_are_told_apart(endpoint, clock):
    hooks = Scripted(200)
    told(endpoint)
    turn(endpoint, hooks, clock)
    _method, _url, headers, body = hooks.sent[0]
    signed = headers["Apport-Signature"]

    for text, secret, now in (
        (body + b" ", endpoint.secret, clock.now),
        (body, "whsec_other", clock.now),
        (body, endpoint.secret, clock.now + timedelta(minutes=6)),
        (body, endpoint.secret, clock.now - timedelta(minutes=6)),
    ):
        with pytest.raises(BadSignature):
            generic.check_signature(signed, text, secrets=[secret], now=now)


def test_each_attempt_is_signed_anew_and_says_the_same(endpoint, clock):
    hooks = Scripted(500, 200)
    told(endpoint)
    turn(endpoint, hooks, clock)
    clock.forward(minutes=10)
    turn(endpoint, hooks, clock)

    first, second = hooks.sent
    assert first[3] == second[3]
    assert first[2]["Apport-Signature"] != second[2]["Apport-Signature"]


def test_a_postback_is_its_address_filled_unsigned_and_without_a_body(clock):
    endpoint = make_endpoint(
        kind="postback", method="GET", url="https://t.example/p?l={link}&id={event_id}&e={event}"
    )
    delivery, hooks = told(endpoint), Scripted(200)
    turn(endpoint, hooks, clock)

    ((method, url, headers, body),) = hooks.sent
    event_id = delivery.event.public_id
    assert (method, body) == ("GET", b"")
    assert url == f"https://t.example/p?l=link1&id={event_id}&e=link.broken"
    assert "Apport-Signature" not in headers


# --- failures --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [0, 301, 400, 404, 429, 500, 503])
def test_what_fails_is_tried_again_later_and_the_endpoint_rests(endpoint, clock, status):
    delivery, hooks = told(endpoint), Scripted(status, 200)
    told(endpoint, 2)

    assert turn(endpoint, hooks, clock) == 1

    fresh(delivery)
    assert (delivery.status, delivery.attempts, delivery.http_status) == ("waiting", 1, status)
    assert timedelta(seconds=24) <= delivery.next_attempt_at - NOW <= timedelta(seconds=36)
    assert fresh(endpoint).failures == 1
    assert turn(endpoint, hooks, clock) == 0, "the second waits while the endpoint rests"

    clock.forward(seconds=40)
    assert turn(endpoint, hooks, clock) == 2
    assert fresh(endpoint).failures == 0
    assert endpoint.failing_since is None


def test_a_delivery_is_given_up_after_three_days(endpoint, clock):
    delivery, hooks = told(endpoint), Scripted(500)
    Endpoint.objects.update(failures=0)
    while fresh(delivery).status == EventDeliveryStatus.WAITING:
        clock.now = delivery.next_attempt_at
        # The endpoint takes other events in between: it is this one that it refuses.
        Endpoint.objects.update(failures=0, failing_since=None, rests_until=None)
        assert turn(endpoint, hooks, clock) == 1
        assert clock.now - NOW < timedelta(days=3.5)

    assert delivery.status == EventDeliveryStatus.FAILED
    assert 13 <= delivery.attempts <= 18
    assert fresh(endpoint).is_active


def test_owners_are_warned_at_5_10_and_15_failures_and_told_when_it_is_switched_off(clock):
    ada = make_ada()
    endpoint, hooks = make_endpoint(ada), Scripted(500)
    for number in range(1, 31):
        told(endpoint, number)
    mails = {}
    for number in range(1, 21):
        clock.now = max(clock.now, fresh(endpoint).rests_until or clock.now)
        assert turn(endpoint, hooks, clock) == 1
        mails[number] = Delivery.objects.filter(
            recipient="ada@example.com", kind="endpoint_failing"
        ).count()

    assert [number for number in mails if mails[number] > mails.get(number - 1, 0)] == [
        5, 10, 15, 20,
    ]  # fmt: skip
    fresh(endpoint)
    assert (endpoint.status, endpoint.disabled_because) == ("disabled", "failures")
    assert set(endpoint.deliveries.values_list("status", "error")) == {("failed", "disabled")}
    last = Delivery.objects.order_by("pk").last()
    assert f"/portal/webhooks/{endpoint.public_id}/" in last.body
    assert turn(endpoint, hooks, clock) == 0


def test_three_days_of_failures_are_enough(endpoint, clock):
    told(endpoint)
    Endpoint.objects.update(failures=3, failing_since=NOW - timedelta(days=3))
    turn(endpoint, Scripted(500), clock)
    assert fresh(endpoint).disabled_because == "failures"


def test_gone_switches_off_at_once_with_one_letter(endpoint, clock):
    delivery = told(endpoint)
    turn(endpoint, Scripted(410), clock)

    assert fresh(delivery).status == "failed"
    assert (fresh(endpoint).status, endpoint.disabled_because) == ("disabled", "gone")
    assert Delivery.objects.get(recipient="ada@example.com", kind="endpoint_failing")


def test_the_programmes_own_endpoint_warns_the_managers(clock):
    sam = make_sam()
    endpoint = make_own_endpoint()
    tell([Fact(type="batch.sent", key="1", at=NOW)], now=NOW)
    turn(endpoint, Scripted(410), clock)
    letter = Delivery.objects.get(recipient=sam.email, kind="own_endpoint_failing")
    assert f"/manage/webhooks/{endpoint.public_id}/" in letter.body


def test_what_happens_while_it_is_off_is_kept_and_can_be_sent_when_it_is_on_again(endpoint, clock):
    told(endpoint)
    turn(endpoint, Scripted(410), clock)
    missed = told(endpoint, 2)
    assert (missed.status, missed.error) == ("failed", "disabled")

    with pytest.raises(CannotResend):
        event_sending.resend_failed(endpoint_id=endpoint.pk, since=NOW, now=NOW)
    endpoints.resume(endpoint_id=endpoint.pk, actor_id=endpoint.created_by_id, now=NOW)
    assert event_sending.resend_failed(endpoint_id=endpoint.pk, since=NOW, now=NOW) == 2
    assert event_sending.resend_failed(endpoint_id=endpoint.pk, since=NOW, now=NOW) == 0
    assert turn(endpoint, Scripted(200), clock) == 2


def test_only_what_failed_since_the_moment_is_sent_again(endpoint, clock):
    told(endpoint)
    turn(endpoint, Scripted(410), clock)
    endpoints.resume(endpoint_id=endpoint.pk, actor_id=endpoint.created_by_id, now=NOW)
    later = NOW + timedelta(seconds=1)
    assert event_sending.resend_failed(endpoint_id=endpoint.pk, since=later, now=later) == 0


# --- dying in between, resending, trying -------------------------------------------------


class Died(BaseException):
    """The worker is gone."""


def test_a_worker_that_dies_after_sending_sends_once_more(endpoint, clock):
    """At least once: the other side took it, and we never came to write that down."""
    delivery, hooks = told(endpoint), Scripted(200)

    class Dying:
        def send(self, *said, **more):
            hooks.send(*said, **more)
            raise Died

    with pytest.raises(Died):
        turn(endpoint, Dying(), clock)
    assert fresh(delivery).status == "waiting"
    assert turn(endpoint, hooks, clock) == 0, "the claim has not lapsed"

    clock.forward(seconds=61)
    assert turn(endpoint, hooks, clock) == 1
    assert fresh(delivery).status == "taken"
    ids = {headers["Apport-Event-Id"] for _method, _url, headers, _body in hooks.sent}
    assert (len(hooks.sent), len(ids)) == (2, 1)


def test_a_task_that_runs_out_of_time_leaves_a_failure_and_a_rest(endpoint, clock):
    """What keeps us until the limit of the task must not look as if it had never been tried."""
    delivery = told(endpoint)

    class Keeping:
        def send(self, *_said, **_more):
            clock.forward(seconds=45)
            raise SoftTimeLimitExceeded

    with pytest.raises(SoftTimeLimitExceeded):
        turn(endpoint, Keeping(), clock)

    fresh(delivery)
    assert (delivery.error, delivery.attempts, delivery.claimed_until) == ("slow", 1, None)
    assert delivery.next_attempt_at > clock.now
    assert fresh(endpoint).failures == 1
    assert endpoint.rests_until > clock.now


def test_one_request_at_a_time_goes_to_an_endpoint(endpoint, clock):
    first = told(endpoint)
    told(endpoint, 2)

    class Meanwhile:
        def send(self, *said, **more):
            assert turn(endpoint, Scripted(200), clock) == 0
            return Scripted(200).send(*said, **more)

    assert turn(endpoint, Meanwhile(), clock) == 2
    assert fresh(first).status == "taken"


def test_an_answer_that_comes_after_another_worker_settled_changes_nothing(endpoint, clock):
    delivery = told(endpoint)
    turn(endpoint, Scripted(200), clock)
    answer = Scripted(500).send("POST", "", headers={})
    event_sending.settle(delivery_id=delivery.pk, answer=answer, now=NOW)
    assert (fresh(delivery).status, delivery.http_status) == ("taken", 200)
    assert fresh(endpoint).failures == 0


def test_resending_is_the_same_event_again(endpoint, clock):
    delivery, hooks = told(endpoint), Scripted(200)
    turn(endpoint, hooks, clock)
    event_sending.resend(delivery_id=delivery.pk, now=clock.now)
    event_sending.resend(delivery_id=delivery.pk, now=clock.now)
    assert turn(endpoint, hooks, clock) == 1
    assert hooks.sent[0][3] == hooks.sent[1][3]


def test_a_try_is_sent_once_and_its_failure_does_not_count(endpoint, clock):
    delivery = events.ping(endpoint_id=endpoint.pk, now=NOW)
    other = make_endpoint(endpoint.affiliate)
    hooks = Scripted(500)
    turn(endpoint, hooks, clock)

    assert json.loads(hooks.sent[0][3])["type"] == "ping"
    assert (fresh(delivery).status, fresh(endpoint).failures) == ("failed", 0)
    assert not other.deliveries.exists()


def test_what_a_stranger_answers_is_cut_and_kept_as_text(endpoint, clock):
    delivery = told(endpoint)
    answer = Scripted(200).send("POST", "", headers={})
    long = b"\xff\x00<script>" + b"a" * 5_000
    event_sending.settle(
        delivery_id=delivery.pk,
        answer=type(answer)(status=200, body=long, duration_ms=1),
        now=NOW,
    )
    assert len(fresh(delivery).answer) == 2_048
    assert delivery.answer.startswith("\N{REPLACEMENT CHARACTER}" * 2 + "<script>")


def test_a_slow_endpoint_never_keeps_the_others_waiting(clock):
    """Each has its turn; one that hangs uses its own up, and then rests."""
    slow, quick = make_endpoint(), make_endpoint()
    for number in range(60):
        told(slow, number)
    told(quick, 100)
    assert event_sending.due_endpoints(now=NOW) == [slow.pk, quick.pk]

    class Slow:
        def send(self, *said, **more):
            clock.forward(seconds=9)
            return Scripted(200).send(*said, **more)

    assert turn(slow, Slow(), clock) == 2
    assert clock.now - NOW < timedelta(seconds=20), "a third could have ended too late"
    assert event_sending.due_endpoints(now=clock.now) == [quick.pk], "the slow one rests"
    assert turn(quick, Scripted(200), clock) == 1
    clock.forward(seconds=30)
    assert turn(slow, Scripted(200), clock) == 50


def test_a_moved_endpoint_is_sent_to_where_it_is_now(endpoint, clock):
    told(endpoint)
    hooks = Scripted(200)
    turn(moved_to(endpoint, "https://new.example/"), hooks, clock)
    assert hooks.sent[0][1] == "https://new.example/"
