"""Deliveries that were given up: when the same bytes come again, they are read after all."""

import json
from datetime import timedelta

import pytest
import time_machine

from core.errors import InvalidTransition
from shop.connectors import generic
from shop.connectors.contract import Record, dumped
from shop.domain.states import Facts
from shop.models import (
    Difference,
    InboundEvent,
    InboundStatus,
    Order,
    Shop,
    SyncKind,
    WebhookSecret,
)
from shop.services import connections, dead_letters, inbound, receiving, syncing
from tests.builders import make_product, make_shop, make_user
from tests.people import make_sam
from tests.portal_staff.connection_world import make_connection, make_failed
from tests.shop.test_syncing import NOW, Platform, ask, order
from tests.shop.test_webhook import SECRET, order_body

DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection():
    make_sam()
    return make_connection()


@pytest.fixture
def platform(monkeypatch, connection):  # noqa: ARG001  # Made with its real platform.
    platform = Platform()
    monkeypatch.setattr(syncing, "poller_of", lambda _connection: platform)
    monkeypatch.setattr(connections, "connector", lambda _name: platform)
    return platform


def give_up(last_failure=NOW):
    """Let the nights pass in which a failed delivery is announced and then dropped."""
    dead_letters.warn(now=last_failure + 23 * DAY)
    assert dead_letters.drop(now=last_failure + 31 * DAY) == 1
    event = InboundEvent.objects.get(status=InboundStatus.IGNORED)
    assert event.is_given_up
    return event


def test_an_order_that_is_asked_for_again_is_read(platform, connection):
    Shop.objects.update(currency="USD")
    platform.tell([order("A", 1000)])
    ask(connection)
    event = give_up()
    Shop.objects.update(currency="EUR")

    ask(connection, now=NOW + 40 * DAY)

    event.refresh_from_db()
    assert (event.status, event.error, event.reasons) == (InboundStatus.DONE, "", [])
    assert (event.received_at, event.warned_at, event.attempts) == (NOW + 40 * DAY, None, 1)
    assert event.body
    assert Order.objects.get().external_id == "A"
    assert Difference.objects.latest("pk").repaired_at == NOW + 40 * DAY


def test_an_order_whose_change_is_told_again_is_read(platform, connection, monkeypatch):
    """A platform that tells that an order changed, and has to be asked how."""
    record = Record("poll.order", "A", "1", dumped(order("A", 1000)))
    Shop.objects.update(currency="USD")
    receiving.keep_asked(connection=connection, record=record, now=NOW)
    inbound.process_pending(now=NOW)
    give_up()
    Shop.objects.update(currency="EUR")

    class Api:
        def order(self, _order_id):
            return record

    read = platform.facts
    monkeypatch.setattr(inbound, "poller_of", lambda _connection: Api())
    monkeypatch.setattr(
        platform,
        "facts",
        lambda topic, *rest: (
            Facts(wanted_orders=("A",)) if topic == "order.updated" else read(topic, *rest)
        ),
    )
    make_failed(connection, event_id="told", status=InboundStatus.NEW)

    for _ in range(2):
        inbound.process_pending(now=NOW + 40 * DAY)

    assert set(InboundEvent.objects.values_list("status", flat=True)) == {InboundStatus.DONE}
    assert Order.objects.get().external_id == "A"


def test_a_page_that_says_again_what_it_said_before_the_last_time_is_kept(platform, connection):
    make_product(sku="COAT", shop=connection.shop, cost_minor=None)
    for hours, cost in enumerate((-1, -2, -1)):
        platform.tell([{"sku": "COAT", "cost": cost}])
        ask(connection, SyncKind.CATALOGUE, NOW + timedelta(hours=hours))

    first, second = InboundEvent.objects.order_by("pk")
    assert (first.status, json.loads(bytes(first.body))["cost"]) == (InboundStatus.FAILED, -1)
    assert "another answer" not in first.error
    assert second.is_given_up


def test_a_webhook_that_is_sent_again_under_its_id_is_accepted_and_read(client):
    make_sam()
    shop = make_shop()
    WebhookSecret.objects.create(shop=shop, secret=SECRET, created_at=NOW)
    Shop.objects.update(currency="USD")
    assert send(client, NOW) == "accepted"
    inbound.process_pending(now=NOW)
    assert send(client, NOW + DAY) == "duplicate"  # It failed, and its body is there.
    event = give_up()
    Shop.objects.update(currency="EUR")

    assert [send(client, NOW + 40 * DAY) for _ in range(2)] == ["accepted", "duplicate"]
    inbound.process_pending(now=NOW + 40 * DAY)

    event.refresh_from_db()
    assert (event.status, event.received_at) == (InboundStatus.DONE, NOW + 40 * DAY)
    assert Order.objects.count() == 1
    assert send(client, NOW + 41 * DAY) == "duplicate"


def send(client, at):
    body = json.dumps(order_body()).encode()
    signed = generic.signature(SECRET, timestamp=int(at.timestamp()), body=body)
    with time_machine.travel(at, tick=False):
        answer = client.post(
            "/webhooks/atelier/",
            data=body,
            content_type="application/json",
            headers={"Apport-Signature": signed, "Apport-Event-Id": "evt-1"},
        )
    return answer.json()["status"]


def test_a_person_cannot_replay_what_was_given_up(connection):
    make_failed(connection, status_changed_at=NOW)
    event = give_up()

    with pytest.raises(InvalidTransition, match="sent again"):
        inbound.replay(event_id=event.pk, actor=make_user(), now=NOW)


def test_what_was_worked_on_does_not_come_again(connection):
    event = make_failed(connection, status=InboundStatus.DONE, body=b"")

    with pytest.raises(InvalidTransition):
        event.come_again(b"{}", at=NOW)
