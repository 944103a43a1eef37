"""Every polled platform from its API to our rows: pages, patience, a page that dies, once each."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from shop.models import InboundEvent, InboundStatus, Order, OrderLine, SyncKind
from shop.services import connections, inbound, syncing
from tests.builders import make_shop
from tests.doubles.shops import magento, prestashop, saleor, shopify, woocommerce
from tests.shop.connectors.magento import bodies as magento_bodies
from tests.shop.connectors.prestashop.test_poller import order_row, tables
from tests.shop.connectors.saleor import bodies as saleor_bodies
from tests.shop.connectors.shopify import bodies as shopify_bodies
from tests.shop.connectors.woocommerce import bodies as woocommerce_bodies

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
BEGAN = datetime(2026, 11, 2, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def moment(number):
    return BEGAN + timedelta(minutes=number)


def a_shopify(count):
    shop = shopify.FakeShopify()
    shop.put(*(shopify_bodies.order(6_000 + n, updated_at=moment(n).isoformat())
               for n in range(count)))  # fmt: skip
    return shop, {"access_token": shop.token}, "/admin/api"


def a_woocommerce(count):
    shop = woocommerce.FakeWooCommerce()
    for n in range(count):
        at = f"{moment(n):%Y-%m-%dT%H:%M:%S}"
        shop.add(woocommerce_bodies.order(id=500 + n, number=f"W-{n}", date_modified_gmt=at))
    return (shop, {"consumer_key": woocommerce.KEY, "consumer_secret": woocommerce.SECRET},
            "/wp-json/wc/v3/orders")  # fmt: skip


def a_prestashop(count):
    rows = [order_row(n + 1, f"{moment(n):%Y-%m-%d %H:%M:%S}") for n in range(count)]
    return prestashop.FakePrestaShop(tables(rows)), {"key": prestashop.KEY}, "/api/orders"


def a_magento(count):
    shop = magento.FakeMagento()
    shop.rows["orders"] = [
        magento_bodies.order(entity_id=900 + n, increment_id=f"M-{n}",
                             updated_at=f"{moment(n):%Y-%m-%d %H:%M:%S}")
        for n in range(count)
    ]  # fmt: skip
    return shop, {"access_token": magento.TOKEN}, "/rest"


def a_saleor(count):
    shop = saleor.FakeSaleor()
    shop.orders = [
        saleor_bodies.order(id=f"T3JkZXI6{n:03}", number=str(n), updatedAt=moment(n).isoformat())
        for n in range(count)
    ]
    return shop, {"app_token": saleor.TOKEN, "channel": "fr"}, "/graphql"


PLATFORMS = {
    "shopify": (a_shopify, 12),
    "woocommerce": (a_woocommerce, 120),
    "prestashop": (a_prestashop, 120),
    "magento": (a_magento, 120),
    "saleor": (a_saleor, 60),
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_order_comes_once_whatever_the_api_does_meanwhile(settings, platform):
    settings.SHOP_API_NETWORKS = ["127.0.0.0/8"]
    make, count = PLATFORMS[platform]
    made, entered, path = make(count)
    with time_machine.travel(NOW, tick=False), made as shop:
        connection = connections.connect(
            shop_id=make_shop().pk, code="web", connector_name=platform, name="Web",
            address=shop.address, entered=entered, actor=None, now=NOW,
        )  # fmt: skip
        shop.fail(path, 429, retry_after="1")
        shop.break_off(path)
        first = syncing.run(connection_id=connection.pk, kind=SyncKind.ORDERS, now=NOW)
        while inbound.process_pending(now=NOW):
            pass
        again = syncing.run(connection_id=connection.pk, kind=SyncKind.COMPARISON, now=NOW)

    assert not InboundEvent.objects.exclude(status=InboundStatus.DONE).values_list("error")
    assert (first.error, first.finished_at, first.differing) == ("", NOW, count)
    assert first.pages > 1
    assert Order.objects.count() == count
    assert OrderLine.objects.values("order", "external_id").distinct().count() == (
        OrderLine.objects.count()
    )
    assert again.seen >= count  # Pages of WooCommerce overlap by a second.
    assert again.differing == 0
    assert again.theirs_minor == again.ours_minor
