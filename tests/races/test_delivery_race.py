"""Deliveries against each other on real PostgreSQL: exactly one effect."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client

from shop.connectors import generic
from shop.models import InboundEvent, Order, OrderLine, Return, ReturnLine, WebhookSecret
from shop.services import inbound, orders, returns
from tests.builders import NOW, make_shop
from tests.shop.test_orders import a_return, an_order, cancelled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

SECRET = "a secret for tests only, 32 bytes"
ORDER = {
    "schema": "apport.order.v1",
    "id": "A",
    "placed_at": "2026-06-01T12:00:00Z",
    "updated_at": "2026-06-01T12:00:00Z",
    "currency": "EUR",
    "lines": [{"id": "1", "sku": "S", "quantity": 2, "net_minor": 5_000}],
}


def at_once(jobs):
    """Run the jobs in threads that start together; return what they return."""
    barrier = Barrier(len(jobs))

    def run(job):
        barrier.wait()
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def deliver(event_id, **changes):
    body = json.dumps({**ORDER, **changes}).encode()
    signature = generic.signature(SECRET, timestamp=int(NOW.timestamp()), body=body)
    return Client().post(
        "/webhooks/atelier/",
        data=body,
        content_type="application/json",
        headers={"Apport-Signature": signature, "Apport-Event-Id": event_id},
    )


@pytest.fixture
def shop(time_machine):
    time_machine.move_to(NOW, tick=False)
    shop = make_shop()
    WebhookSecret.objects.create(shop=shop, secret=SECRET, created_at=NOW)
    return shop


def test_twenty_parallel_copies_of_one_delivery_are_one_event_and_one_order(shop):
    answers = at_once([lambda: deliver("evt")] * 20)

    assert [answer.status_code for answer in answers] == [200] * 20
    said = [answer.json()["status"] for answer in answers]
    assert sorted(said) == ["accepted"] + ["duplicate"] * 19

    processed = at_once([lambda: inbound.process_pending(now=NOW)] * 4)

    assert sum(processed) == 1
    assert (Order.objects.count(), OrderLine.objects.count()) == (1, 1)


def test_twenty_parallel_copies_under_twenty_event_ids_are_one_event(shop):
    answers = at_once([lambda number=number: deliver(f"evt-{number}") for number in range(20)])

    said = [answer.json()["status"] for answer in answers]
    assert sorted(said) == ["accepted"] + ["duplicate"] * 19
    assert InboundEvent.objects.count() == 1


def test_twenty_parallel_events_of_one_order_are_one_order(shop):
    at_once(
        [lambda number=number: deliver(f"evt-{number}", store=f"S{number}") for number in range(20)]
    )

    processed = at_once([lambda: inbound.process_pending(now=NOW)] * 8)

    assert sum(processed) == 20
    assert set(InboundEvent.objects.values_list("status", flat=True)) == {"done"}
    assert (Order.objects.count(), OrderLine.objects.count()) == (1, 1)


def test_an_order_its_returns_and_its_cancellation_at_once_lose_nothing(shop):
    facts = [an_order(), cancelled(an_order())] * 3
    facts += [replace(a_return(lines=(("2", 1),)), external_id=f"R{number}") for number in range(5)]

    def record(fact):
        if fact in facts[:6]:
            return orders.record(shop_id=shop.pk, orders=[fact], now=NOW)
        return returns.record(shop_id=shop.pk, returns=[fact], now=NOW)

    reports = at_once([lambda fact=fact: record(fact) for fact in facts])

    assert [report.conflicts for report in reports] == [{}] * len(facts)
    order = Order.objects.get()
    assert order.cancelled_at is not None
    assert not Return.objects.filter(order__isnull=True).exists()
    for line in order.lines.all():
        assert line.returned.aggregate(Sum("quantity"))["quantity__sum"] == line.quantity
    told = ReturnLine.objects.filter(shop_return__external_id__startswith="R")
    assert told.aggregate(Sum("quantity"))["quantity__sum"] == 5
