"""No endpoint, and nobody who tries one, holds up the workers: HK17 and HK19."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from affiliates.domain import sending
from affiliates.models import Endpoint, EventDelivery
from affiliates.services import endpoints, event_sending, events
from affiliates.services.endpoints import AskedTooOften
from tests.affiliates.hook_world import Clock, Scripted, make_endpoint, told, turn
from tests.builders import NOW

RULES = Path(__file__).parents[2] / "docs" / "rules" / "webhooks.md"
_ROW = re.compile(
    r"\| (\d+) \| (\d+) answers? in (\d+) s \| (\d+) \| (not at all|\d+ (?:s|min|h)) \|"
)
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours"}


class Slow:
    """A sender whose answers take their time, and by the clock of the test."""

    def __init__(self, clock, seconds, *statuses):
        self.clock, self.seconds, self.hooks = clock, seconds, Scripted(*(statuses or (200,)))

    def send(self, *said, **more):
        self.clock.forward(seconds=self.seconds)
        return self.hooks.send(*said, **more)


@pytest.fixture
def clock():
    return Clock()


def waiting(count):
    endpoint = make_endpoint()
    for number in range(count):
        told(endpoint, number)
    return endpoint


def rest_of(endpoint, clock):
    endpoint.refresh_from_db()
    return (endpoint.rests_until or clock.now) - clock.now


def test_slow_turns_are_counted_as_the_rules_say():
    rows = _ROW.findall(RULES.read_text())
    assert len(rows) == 5
    for before, answers, seconds, after, rest in rows:
        is_slow = sending.is_slow(int(answers), timedelta(seconds=int(seconds)))
        found = sending.slow_turns_after(int(before), is_slow=is_slow)
        assert found == int(after)
        assert is_slow == (rest != "not at all")
        if is_slow:
            number, unit = rest.split()
            assert sending.rest_after(found) == timedelta(**{_UNITS[unit]: int(number)})


@pytest.mark.parametrize(("seconds", "sent"), [(9.9, 2), (6, 2), (5.1, 2), (3, 4), (0, 50)])
@pytest.mark.django_db
def test_a_turn_ends_within_20_seconds_altogether(clock, seconds, sent):
    endpoint = waiting(60)
    assert turn(endpoint, Slow(clock, seconds), clock) == sent
    assert clock.now - NOW <= timedelta(seconds=20)


@pytest.mark.django_db
def test_one_that_answers_200_slowly_rests_longer_each_time_and_recovers(clock):
    endpoint, rests = waiting(60), []
    for _number in range(4):
        turn(endpoint, Slow(clock, 9.9), clock)
        assert turn(endpoint, Scripted(200), clock) == 0, "it rests"
        rests.append(rest_of(endpoint, clock).total_seconds())
        clock.now = endpoint.rests_until
    assert rests == [30, 60, 120, 240]

    assert turn(endpoint, Scripted(200), clock) == 50
    assert (rest_of(endpoint, clock), endpoint.slow_turns) == (timedelta(0), 3)


@pytest.mark.django_db
def test_failing_at_times_does_not_shorten_the_rest_of_a_slow_one(clock):
    endpoint = waiting(10)
    Endpoint.objects.update(slow_turns=4)
    turn(endpoint, Slow(clock, 9.9, 200, 500), clock)
    assert rest_of(endpoint, clock) == timedelta(minutes=8)
    assert endpoint.failures == 1


@pytest.mark.django_db
def test_asking_ends_the_rest_of_a_failing_one_and_cuts_that_of_a_slow_one_short(clock):
    actor = {"actor_id": make_endpoint().created_by_id}
    endpoint, delivery = waiting(1), EventDelivery.objects.get()
    url = {"name": "N", "url": endpoint.url, "method": "POST", "types": ["link.broken"]}

    def pause_and_resume():
        endpoints.pause(endpoint_id=endpoint.pk, now=NOW, **actor)
        endpoints.resume(endpoint_id=endpoint.pk, now=NOW, **actor)

    acts = [
        lambda: event_sending.resend(delivery_id=delivery.pk, now=NOW),
        lambda: event_sending.resend_failed(endpoint_id=endpoint.pk, since=NOW, now=NOW),
        lambda: endpoints.change(endpoint_id=endpoint.pk, now=NOW, **url, **actor),
        pause_and_resume,
    ]
    for act in acts:
        for slow_turns, hours, minutes in ((0, 4, 0), (1, 4, 1), (1, 0, 0)):
            until = NOW + timedelta(hours=hours)
            Endpoint.objects.update(slow_turns=slow_turns, rests_until=until)
            act()
            assert rest_of(endpoint, clock) == timedelta(minutes=minutes)


@pytest.mark.django_db
def test_tries_and_repetitions_are_counted_together_for_each_endpoint_and_minute(settings):
    settings.WEBHOOK_ASKS_PER_MINUTE = 3
    endpoint, other = waiting(1), make_endpoint()
    delivery = EventDelivery.objects.get()

    def asks(now):
        return (
            lambda: events.ping(endpoint_id=endpoint.pk, now=now),
            lambda: event_sending.resend(delivery_id=delivery.pk, now=now),
            lambda: event_sending.resend_failed(endpoint_id=endpoint.pk, since=NOW, now=now),
        )

    for act in asks(NOW):
        act()
    for act in asks(NOW + timedelta(seconds=59)):
        with pytest.raises(AskedTooOften, match="^3 tries and repetitions a minute"):
            act()
    assert EventDelivery.objects.filter(event__type="ping").count() == 1
    events.ping(endpoint_id=other.pk, now=NOW)
    for act in asks(NOW + timedelta(seconds=60)):
        act()
