"""Deliveries that wait together: stored in one transaction, each as if it had come alone."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.models import CostSource, InboundEvent, InboundStatus, Order, OrderLine, Return, Shop
from shop.services import inbound, orders
from tests.shop.test_webhook import (  # noqa: F401
    SECRET,
    SENT,
    WebhookSecret,
    _at_the_time_of_sending,
    make_shop,
    order_body,
    post,
    process,
    recorded,
    shop,
)

pytestmark = pytest.mark.django_db


def tell(client, *bodies, shop="atelier"):  # noqa: F811
    """Let the shop tell; return the events."""
    for body in bodies:
        number = InboundEvent.objects.count()
        assert post(client, body, event_id=f"evt-{number}", shop=shop).status_code == 200
    return list(InboundEvent.objects.order_by("pk"))


def an_order(number, **overrides):
    return order_body(id=f"order-{number}", number=f"#{number}", **overrides)


def statuses():
    return list(InboundEvent.objects.order_by("pk").values_list("status", "attempts"))


def test_orders_that_wait_are_stored_in_one_go(client, shop):  # noqa: ARG001, F811
    tell(client, *(an_order(number) for number in range(20)))
    with CaptureQueriesContext(connection) as asked:
        assert process() == 20

    assert len(asked) < 40
    assert Order.objects.count() == 20
    assert statuses() == [(InboundStatus.DONE, 1)] * 20
    assert process() == 0


def test_states_of_one_order_are_taken_in_the_order_in_which_they_came(client, shop):  # noqa: ARG001, F811
    at = "2026-06-01T10:0{}:00Z".format
    tell(
        client,
        an_order(1, updated_at=at(1)),
        an_order(1, updated_at=at(2), delivered_at=at(2)),
        an_order(1, updated_at=at(3), cancelled_at=at(3)),
    )

    assert process() == 3

    order = Order.objects.get()
    assert (order.delivered_at is not None, order.cancelled_at is not None) == (True, True)
    assert Return.objects.filter(order=order).count() == 1


def test_what_is_refused_among_them_is_refused_alone(client, shop):  # noqa: ARG001, F811
    tell(client, an_order(1), an_order(2, currency="CHF"), an_order(3), {"schema": "what?"})

    assert process() == 4

    assert statuses() == [
        (InboundStatus.DONE, 1), (InboundStatus.FAILED, 1), (InboundStatus.DONE, 1),
        (InboundStatus.FAILED, 1),
    ]  # fmt: skip
    assert set(Order.objects.values_list("external_id", flat=True)) == {"order-1", "order-3"}
    refused = InboundEvent.objects.filter(status=InboundStatus.FAILED).first()
    assert "order-2" in refused.error


def test_what_does_harm_among_them_waits_alone(client, shop, monkeypatch):  # noqa: ARG001, F811
    tell(client, *(an_order(number) for number in range(3)))
    record = orders.record_states

    def harmed(*, states, **rest):
        states = list(states)
        if any(state.order.external_id == "order-1" for state in states):
            raise RuntimeError("a bug")
        return record(states=states, **rest)

    monkeypatch.setattr(orders, "record_states", harmed)

    assert process() == 2
    assert statuses() == [
        (InboundStatus.DONE, 1), (InboundStatus.NEW, 1), (InboundStatus.DONE, 1),
    ]  # fmt: skip

    monkeypatch.undo()
    assert process() == 1
    assert statuses()[1] == (InboundStatus.DONE, 2)


def test_after_a_worker_died_of_one_of_them_each_is_read_alone(client, shop, monkeypatch):  # noqa: ARG001, F811
    class Killed(BaseException):
        """What no handler catches."""

    def die(**_rest):
        raise Killed

    tell(client, *(an_order(number) for number in range(3)))
    monkeypatch.setattr(inbound, "apply", die)
    with pytest.raises(Killed):
        process()
    assert statuses() == [(InboundStatus.NEW, 1)] * 3
    monkeypatch.undo()
    monkeypatch.setattr(inbound, "_store_together", die)

    assert process() == 3

    assert statuses() == [(InboundStatus.DONE, 2)] * 3


def test_costs_that_come_with_orders_are_there_before_them(client, shop):  # noqa: ARG001, F811
    lines = [{"id": "1", "sku": "FOULARD", "title": "F", "quantity": 1, "net_minor": 3_000}]
    product = {**json.loads(recorded("product")[0]), "unit_cost_minor": 1_200}
    tell(client, an_order(1, lines=lines), product, an_order(2, lines=lines))

    assert process() == 3

    costs = OrderLine.objects.values_list("cost_source", "unit_cost_minor")
    assert list(costs) == [(CostSource.CATALOGUE, 1_200)] * 2


def test_two_shops_keep_their_orders_apart(client, shop):  # noqa: ARG001, F811
    other = make_shop(code="maison", currency="CHF")
    WebhookSecret.objects.create(shop=other, secret=SECRET, created_at=SENT)
    tell(client, an_order(1), an_order(2))
    tell(client, an_order(1, currency="CHF"), an_order(2, currency="CHF"), shop="maison")

    assert process() == 4

    told = Order.objects.order_by("shop__code", "external_id")
    assert list(told.values_list("shop__code", "external_id", "currency")) == [
        ("atelier", "order-1", "EUR"), ("atelier", "order-2", "EUR"),
        ("maison", "order-1", "CHF"), ("maison", "order-2", "CHF"),
    ]  # fmt: skip


def test_what_failed_before_and_is_replayed_forgets_why(client, shop):  # noqa: ARG001, F811
    Shop.objects.update(currency="CHF")
    tell(client, an_order(1), an_order(2))
    assert process() == 2
    Shop.objects.update(currency="EUR")
    InboundEvent.objects.update(status=InboundStatus.NEW, attempts=0)

    assert process() == 2

    rows = InboundEvent.objects.values_list("status", "error", "reasons")
    assert list(rows) == [(InboundStatus.DONE, "", [])] * 2
    assert json.loads(bytes(InboundEvent.objects.first().body))["id"] == "order-1"
