"""Events against each other on real PostgreSQL: one fact is one event, one delivery one request."""

import threading
import time

import pytest

from affiliates.models import Endpoint, Event, EventDelivery
from affiliates.services import endpoints, event_sending
from affiliates.services.endpoints import EndpointRefused
from affiliates.services.events import Fact, tell
from tests.affiliates.hook_world import ADDRESS, Clock, Scripted, make_endpoint, told, turn
from tests.builders import NOW, make_affiliate, make_user
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_facts_that_many_tell_at_once_are_told_once():
    endpoint = make_endpoint()
    facts = [
        Fact(type="link.broken", key=str(n), at=NOW, affiliate_id=endpoint.affiliate_id)
        for n in range(20)
    ]

    answers = at_once(8, lambda _number: tell(facts, now=NOW))

    assert raised(answers) == []
    assert sorted(answers) == [0] * 7 + [20]
    assert (Event.objects.count(), EventDelivery.objects.count()) == (20, 20)


def test_many_workers_send_each_delivery_once_and_one_at_a_time():
    endpoint = make_endpoint()
    for number in range(12):
        told(endpoint, number)
    hooks, clock, lock = Scripted(200), Clock(), threading.Lock()
    under_way, most = [0], [0]

    class Watched:
        def send(self, *said, **more):
            with lock:
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
            time.sleep(0.01)
            with lock:
                under_way[0] -= 1
                return hooks.send(*said, **more)

    answers = []
    for _round in range(30):
        answers += at_once(4, lambda _number: turn(endpoint, Watched(), clock))
        if not EventDelivery.objects.filter(status="waiting").exists():
            break

    assert raised(answers) == []
    assert sum(answers) == 12
    ids = [headers["Apport-Event-Id"] for _method, _url, headers, _body in hooks.sent]
    assert len(set(ids)) == len(ids) == 12
    assert most == [1]


def test_of_ten_that_are_made_at_once_five_are():
    affiliate, actor = make_affiliate(), make_user()

    answers = at_once(
        10,
        lambda number: endpoints.make(
            affiliate_id=affiliate.pk, kind="webhook", name=f"N{number}", url=ADDRESS,
            method="POST", types=["sale.tracked"], actor_id=actor.pk, now=NOW,
        ),
    )  # fmt: skip

    assert [type(one) for one in raised(answers)] == [EndpointRefused] * 5
    assert Endpoint.objects.count() == 5


def test_switching_off_and_telling_at_once_lose_nothing():
    endpoint = make_endpoint()
    first = told(endpoint, 0)
    gone = Scripted(410).send("POST", "", headers={})

    def act(number):
        if number == 0:
            return event_sending.settle(delivery_id=first.pk, answer=gone, now=NOW)
        fact = Fact(
            type="link.broken", key=f"late-{number}", at=NOW, affiliate_id=endpoint.affiliate_id
        )
        return tell([fact], now=NOW)

    assert raised(at_once(6, act)) == []
    assert event_sending.due_endpoints(now=NOW) == []

    endpoints.resume(endpoint_id=endpoint.pk, actor_id=endpoint.created_by_id, now=NOW)
    event_sending.resend_failed(endpoint_id=endpoint.pk, since=NOW, now=NOW)
    assert turn(endpoint, Scripted(200), Clock()) == 6
