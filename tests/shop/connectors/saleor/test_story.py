"""An order of Saleor, from the shop to our rows: told by a webhook, read by the API, returned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shop.models import (
    InboundEvent,
    Order,
    OrderLine,
    Product,
    ReturnLine,
    SyncKind,
    SyncRun,
)
from shop.services import connections, health, inbound, syncing
from shop.services.receiving import receive, trusted_secrets
from tests.builders import make_shop
from tests.doubles.shops.saleor import TOKEN, FakeSaleor
from tests.shop.connectors.saleor.bodies import (
    COATS,
    ORDER_ID,
    came_back,
    money,
    old_order,
    order,
    paid_by,
    product,
    sent,
    variant,
)
from tests.shop.connectors.saleor.test_signature import delivery, jwk, jws

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def shop(settings):
    settings.SHOP_API_NETWORKS = ["127.0.0.0/8"]
    with FakeSaleor() as running:
        running.orders, running.jwks = [order()], {"keys": [jwk()]}
        yield running


def connected(shop):
    return connections.connect(
        shop_id=make_shop().pk, code="maison-saleor", connector_name="saleor", name="Saleor",
        address=shop.address, entered={"app_token": TOKEN, "channel": "fr"}, actor=None, now=NOW,
    )  # fmt: skip


def asked(connection):
    syncing.run(connection_id=connection.pk, kind=SyncKind.COMPARISON, now=NOW)
    process()


def process():
    while inbound.process_pending(now=NOW):
        pass


def units():
    found = ReturnLine.objects.filter(shop_return__withdrawn_at__isnull=True).order_by("pk")
    return [(one.shop_return.external_id, one.quantity, one.net_minor) for one in found]


def test_goods_that_come_back_one_by_one_and_money_for_them(shop):
    connection = connected(shop)
    asked(connection)
    shop.orders = [order(**paid_by(money(108)), updatedAt="2026-03-21T09:00:00+00:00")]
    asked(connection)
    assert [(one[1], one[2]) for one in units()] == [(0, 9_000)]

    for count in (1, 2):
        back = [came_back((COATS, count))]
        shop.orders = [order(fulfillments=back, **paid_by(money(108)),
                             updatedAt=f"2026-03-2{count + 1}T10:00:00+00:00")]  # fmt: skip
        asked(connection)

    assert units() == [(f"{COATS}:1", 1, 9_000), (f"{COATS}:2", 1, 9_000)]
    assert list(Order.objects.values_list("external_id", "codes")) == [(ORDER_ID, ["SPRING10"])]
    lines = OrderLine.objects.order_by("pk").values_list("net_minor", flat=True)
    assert list(lines) == [18_000, 4_000, 500]
    assert not InboundEvent.objects.exclude(status="done").exists()


def test_a_signed_webhook_of_the_older_shape_is_completed_by_the_api(shop):
    connection = connected(shop)
    shop.orders = [order(lines=order()["lines"][:1])]
    body = sent([old_order(lines=[{**old_order()["lines"][0], "product_sku": "COAT-BLUE-M"}])])
    told = delivery(body, **{"saleor-event": "order_created"})

    trusted = trusted_secrets(connection, told)
    taken = [receive(connection=connection, delivery=told, now=NOW, secrets=trusted)[1]
             for _ in "12"]  # fmt: skip
    assert taken == [True, False]
    process()

    row = Order.objects.get()
    assert (row.external_id, row.awaits_payment) == (ORDER_ID, False)
    assert not InboundEvent.objects.exclude(status="done").exists()


def test_stock_and_costs_that_move_no_products_time_are_seen_within_a_day(shop):
    connection = connected(shop)
    shop.products = [product()]

    def walked(hours):
        syncing.run(connection_id=connection.pk, kind=SyncKind.CATALOGUE,
                    now=NOW + timedelta(hours=hours))  # fmt: skip
        return Product.objects.values_list("stock", flat=True).get()

    assert walked(0) == 3
    shop.products = [product(variants=[variant(stocks=[{"quantity": 9, "quantityAllocated": 1}])])]
    assert (walked(4), walked(8)) == (3, 3)  # Saleor does not list it as changed,
    assert walked(24) == 8  # so once a day all is asked for.
    runs = SyncRun.objects.filter(kind=SyncKind.CATALOGUE).order_by("pk")
    assert [one.since is None for one in runs] == [True, False, False, True]


def test_a_check_sets_up_the_webhook_without_any_secret(shop):
    connection = connected(shop)

    checked = health.check(connection_id=connection.pk, now=NOW)

    assert (checked.check_error, checked.dead_topics) == ("", [])
    (webhook,) = shop.webhooks
    assert webhook["targetUrl"].endswith("/webhooks/maison-saleor/")


def test_the_door_takes_what_the_shops_own_keys_sign_and_nothing_else(shop, client):
    connection = connected(shop)
    body = sent({"issuedAt": "2026-03-02T10:05:00+00:00", "order": order()})

    def post(wire):
        headers = {"Saleor-Event": "order_updated", "Saleor-Signature": wire}
        return client.post(f"/webhooks/{connection.code}/", body, headers=headers,
                           content_type="application/json")  # fmt: skip

    assert post(jws(body, name="stranger", kid="new")).status_code == 401
    assert post(jws(body)).json() == {"status": "accepted"}
    assert post(jws(body)).json() == {"status": "duplicate"}
    assert InboundEvent.objects.get().signed_with == "newest"
    process()
    assert Order.objects.get().external_id == ORDER_ID
