"""An order of Magento, from the shop to our rows: told by a hook, read by the API, returned."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shop.models import InboundEvent, Order, OrderLine, ReturnLine, SyncKind
from shop.services import connections, inbound, secrets, syncing
from shop.services.receiving import receive
from tests.builders import make_shop
from tests.doubles.shops.magento import TOKEN, FakeMagento
from tests.shop.connectors.magento.bodies import memo, order, sent
from tests.shop.connectors.magento.test_signature import ORDERS, delivery, key, pem

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def shop(settings):
    settings.SHOP_API_NETWORKS = ["127.0.0.0/8"]
    with FakeMagento() as running:
        running.rows["orders"] = [order()]
        yield running


def connected(shop):
    return connections.connect(
        shop_id=make_shop().pk, code="maison-m2", connector_name="magento", name="Magento",
        address=shop.address, entered={"access_token": TOKEN}, actor=None, now=NOW,
    )  # fmt: skip


def process():
    while inbound.process_pending(now=NOW):
        pass


def test_orders_and_memos_that_are_asked_for_become_rows(shop):
    connection = connected(shop)

    syncing.run(connection_id=connection.pk, kind=SyncKind.COMPARISON, now=NOW)
    process()
    shop.rows["creditmemos"] = [memo(70, (21, 1))]
    syncing.run(connection_id=connection.pk, kind=SyncKind.COMPARISON, now=NOW)
    process()

    row = Order.objects.get()
    assert (row.external_id, row.codes, row.awaits_payment) == ("9", ["SPRING10"], False)
    lines = OrderLine.objects.order_by("external_id").values_list("external_id", "net_minor")
    assert list(lines) == [("21", 18_000), ("22", 4_000), ("shipping", 500)]
    returned = ReturnLine.objects.get()
    assert (returned.line.external_id, returned.quantity, returned.net_minor) == ("21", 1, 9_000)
    assert not InboundEvent.objects.exclude(status="done").exists()


def test_a_hook_says_which_order_is_read(shop):
    connection = connected(shop)
    body = sent({"order": {"entity_id": 9, "updated_at": "2026-03-02 10:05:00"}})
    secrets.issue(shop_id=connection.shop_id, connection_id=connection.pk, actor=None, now=NOW,
                  made_there=pem(key("new")))  # fmt: skip
    told = delivery(body, topic=ORDERS)

    assert [receive(connection=connection, delivery=told, now=NOW)[1] for _ in "12"] == [
        True,
        False,
    ]
    process()

    assert Order.objects.get().external_id == "9"
