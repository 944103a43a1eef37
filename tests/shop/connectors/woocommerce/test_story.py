"""A WooCommerce shop from its first ping to a refund that was deleted, through our own doors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from shop.connectors.woocommerce.signature import signature
from shop.models import InboundEvent, InboundStatus, Order, OrderLine, Product, Return, SyncKind
from shop.services import connections, inbound, secrets, syncing
from tests.builders import make_shop
from tests.doubles.shops.woocommerce import KEY, SECRET, FakeWooCommerce
from tests.shop.connectors.woocommerce.bodies import (
    order,
    product,
    refund,
    refunded,
    scarf,
    sent,
)

NOW = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)
COAT_BACK = refund(amount="108.00", line_items=[refunded(11, "-90.00", "-18.00", quantity=-1)])

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_march():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop(settings):
    settings.SHOP_API_NETWORKS = ["127.0.0.0/8"]
    with FakeWooCommerce() as running:
        yield running


@pytest.fixture
def connection(shop):
    return connections.connect(
        shop_id=make_shop().pk, code="woo", connector_name="woocommerce", name="Web shop",
        address=shop.address, entered={"consumer_key": KEY, "consumer_secret": SECRET},
        actor=None, now=NOW,
    )  # fmt: skip


@pytest.fixture
def deliver(client, connection):
    key = secrets.issue(
        shop_id=connection.shop_id, connection_id=connection.pk, actor=None, now=NOW
    ).secret

    def post(found, topic="order.updated", *, secret=key, delivery_id="d" * 32):
        body = sent(found)
        answer = client.post(
            "/webhooks/woo/",
            data=body,
            content_type="application/json",
            headers={
                "X-WC-Webhook-Topic": topic,
                "X-WC-Webhook-Delivery-ID": delivery_id,
                "X-WC-Webhook-Signature": signature(secret, body),
            },
        )
        while inbound.process_pending(now=NOW):
            pass
        return answer

    return post


def back():
    rows = Return.objects.filter(withdrawn_at__isnull=True).order_by("external_id")
    return {
        row.external_id: [(one.line_external_id, one.quantity, one.net_minor)
                          for one in row.lines.order_by("pk")]
        for row in rows
    }  # fmt: skip


def test_the_ping_is_answered_with_exactly_200_and_kept_nowhere(client, connection):
    kind = "application/x-www-form-urlencoded"
    answer = client.post("/webhooks/woo/", data=b"webhook_id=12", content_type=kind)

    assert answer.status_code == 200
    assert not InboundEvent.objects.exists()


def test_a_strangers_delivery_is_refused_and_kept_nowhere(deliver):
    assert deliver(order(), secret="another").status_code == 401
    assert not InboundEvent.objects.exists()
    assert not Order.objects.exists()


def test_an_order_is_stored_with_its_lines_once(deliver):
    assert deliver(order(), "order.created").status_code == 200
    deliver(order(), "order.updated", delivery_id="e" * 32)

    (line, *_others) = OrderLine.objects.order_by("external_id")
    assert Order.objects.get().number == "W-500"
    assert (OrderLine.objects.count(), line.net_minor) == (3, 18_000)


def test_two_orders_of_one_second_come_under_one_delivery_id(deliver):
    deliver(order())
    deliver(order(id=501, number="W-501"))

    assert Order.objects.count() == 2


def test_a_refund_is_asked_for_and_taken_back_and_given_again_when_it_is_deleted(
    deliver, shop, connection
):
    shop.add(order(), COAT_BACK)
    deliver(shop.orders[500])

    assert back() == {"700": [("11", 1, 9_000)]}

    shop.add(order(date_modified_gmt="2026-03-21T08:00:00"))
    syncing.run(connection_id=connection.pk, kind=SyncKind.ORDERS, now=NOW)
    inbound.process_pending(now=NOW)

    assert back() == {}
    assert Return.objects.get(external_id="700").withdrawn_at is not None


@pytest.mark.parametrize("topics", [("order.updated", "order.deleted"), ("order.updated",) * 2])
def test_a_refunded_order_gives_everything_back_once(deliver, shop, topics):
    closing = refund(701, "162.00", date_created_gmt="2026-03-22T08:00:00")
    shop.add(order(status="refunded"), COAT_BACK, closing)
    for count, topic in enumerate(topics):
        found = {"id": 500} if topic == "order.deleted" else shop.orders[500]
        deliver(found, topic, delivery_id=str(count))

    given = [one for lines in back().values() for one in lines]
    assert sum(net for _line, _count, net in given) == 22_500
    assert sorted((line, count) for line, count, _net in given) == [
        ("11", 1), ("11", 1), ("12", 1), ("13", 1)]  # fmt: skip


def test_a_line_that_was_taken_out_of_an_order_is_returned(deliver):
    deliver(order())
    deliver(order(line_items=[scarf()], total="54.00", total_tax="9.00",
                  date_modified_gmt="2026-03-03T10:00:00"))  # fmt: skip

    assert list(back().values()) == [[("11", 2, 18_000)]]


def test_what_no_webhook_told_is_found_by_asking(shop, connection):
    """WooCommerce never sends again what failed."""
    shop.add(order(), COAT_BACK)

    run = syncing.run(connection_id=connection.pk, kind=SyncKind.ORDERS, now=NOW)
    inbound.process_pending(now=NOW)

    assert (run.seen, run.error) == (1, "")
    assert Order.objects.count() == 1
    assert back() == {"700": [("11", 1, 9_000)]}


def test_an_unreadable_order_fails_with_its_place_and_the_others_go_on(deliver, shop):
    deliver(order(total="a lot"))
    deliver(order(id=501, number="W-501"))

    failed = InboundEvent.objects.get(status=InboundStatus.FAILED)
    assert "At total: " in failed.error
    assert Order.objects.get().external_id == "501"


def test_products_come_with_stock_and_price(shop, connection):
    shop.products[90] = product()

    syncing.run(connection_id=connection.pk, kind=SyncKind.CATALOGUE, now=NOW)

    found = Product.objects.get()
    assert (found.sku, found.list_price_minor, found.stock) == ("SCARF", 4_800, 7)
    assert found.stock_at - NOW < timedelta(minutes=1)
