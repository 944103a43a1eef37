"""Asking a WooCommerce shop page by page: WC20 to WC22."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from shop.connectors.api import ShopHasNot, ShopRefused, ShopUnreachable
from shop.connectors.contract import Subscription
from shop.connectors.woocommerce import CONNECTOR, poller
from tests.doubles.shops.woocommerce import KEY, SECRET, FakeWooCommerce
from tests.shop.connectors.woocommerce.bodies import (
    CONTEXT,
    order,
    product,
    refund,
    refunded,
    variation,
)

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
UNTIL = datetime(2026, 4, 1, tzinfo=UTC)
ORDERS = "/wp-json/wc/v3/orders"


@pytest.fixture
def shop(settings):
    settings.SHOP_API_NETWORKS = ["127.0.0.0/8"]
    with FakeWooCommerce() as running:
        yield running


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch):
    monkeypatch.setattr(poller, "PER_PAGE", 3)
    monkeypatch.setattr(poller, "_MOST_PER_PAGE", 2)


def asking(shop, key=KEY):
    credentials = {"consumer_key": key, "consumer_secret": SECRET}
    made = CONNECTOR.poller(shop.address, credentials, CONTEXT)
    made.api.sleep = lambda _seconds: None
    return made


def at(minute, **changes):
    """An order changed ``minute`` minutes into the period."""
    moment = SINCE + timedelta(minutes=minute)
    return order(date_modified_gmt=f"{moment:%Y-%m-%dT%H:%M:%S}", **changes)


def walk(asker, since=SINCE, until=UNTIL):
    records, cursor = [], ""
    for _page in range(50):
        page = asker.orders(since=since, until=until, cursor=cursor)
        records += page.records
        cursor = page.cursor
        if not cursor:
            return records
    raise AssertionError("The walk has no end.")


def subjects(records):
    return list(dict.fromkeys(record.subject for record in records))


def test_without_a_key_there_is_no_way_to_ask(shop):
    assert CONNECTOR.poller(shop.address, {}, CONTEXT) is None
    assert CONNECTOR.poller(shop.address, {"consumer_key": KEY}, CONTEXT) is None


def test_the_shop_says_its_name_to_who_may_see_its_orders(shop):
    assert asking(shop).greet() == "Maison & fils"
    with pytest.raises(ShopRefused, match="credentials"):
        asking(shop, "ck_other").greet()


def test_the_key_goes_into_a_header_and_never_into_an_address(shop):
    walk(asking(shop))

    assert all(KEY not in repr((one.path, one.query)) for one in shop.asked)
    assert all(one.headers["authorization"].startswith("Basic ") for one in shop.asked)


@pytest.mark.parametrize("address", ["http://shop.example", "http://10.1.2.3", "ftp://127.0.0.9.x"])
def test_the_key_is_never_sent_in_the_clear(address):
    credentials = {"consumer_key": KEY, "consumer_secret": SECRET}

    with pytest.raises(ShopRefused, match="https"):
        CONNECTOR.poller(address, credentials, CONTEXT).greet()


def test_all_orders_of_the_period_come_the_oldest_change_first(shop):
    for minute, number in ((50, 1), (10, 2), (30, 3), (20, 4), (40, 5), (0, 6)):
        shop.add(at(minute, id=number))
    shop.add(at(-1, id=7))
    shop.add(at(31 * 24 * 60, id=8))

    assert subjects(walk(asking(shop))) == ["6", "2", "4", "3", "5", "1"]


def test_many_orders_of_one_second_all_come(shop):
    for number in range(1, 12):
        shop.add(at(5, id=number))
    shop.add(at(6, id=20))

    assert subjects(walk(asking(shop))) == [str(n) for n in (*range(1, 12), 20)]


def test_a_shop_that_does_not_count_its_pages_is_read_to_its_end(shop):
    shop.counts_pages = False
    for number in range(1, 8):
        shop.add(at(number, id=number))

    assert subjects(walk(asking(shop))) == [str(n) for n in range(1, 8)]


def test_an_order_that_changes_during_the_walk_pushes_no_other_out(shop):
    for number in range(1, 10):
        shop.add(at(number, id=number))
    lists = []

    def change(asked):
        if asked.path == ORDERS:
            lists.append(asked)
            if len(lists) == 2:  # 1 was read already: every place after it slides by one.
                shop.orders[1]["date_modified_gmt"] = "2026-05-01T00:00:00"

    shop.before = change

    assert subjects(walk(asking(shop))) == [str(n) for n in range(1, 10)]


def test_orders_in_the_trash_come_too(shop):
    shop.add(at(1, id=1))
    shop.add(at(2, id=2, status="trash"))

    records = walk(asking(shop))
    facts = CONNECTOR.facts(records[1].topic, records[1].body, CONTEXT)

    assert subjects(records) == ["1", "2"]
    assert facts.orders[0].order.cancelled_at is not None


def test_a_page_that_dies_in_the_middle_or_is_limited_is_asked_for_again(shop):
    for number in range(1, 6):
        shop.add(at(number, id=number))
    shop.break_off(ORDERS)
    shop.fail(ORDERS, 429, times=2, retry_after="0")
    shop.fail(ORDERS, 503)

    assert subjects(walk(asking(shop))) == [str(n) for n in range(1, 6)]


def test_a_walk_goes_on_where_its_cursor_says(shop):
    for number in range(1, 6):
        shop.add(at(number, id=number))
    page = asking(shop).orders(since=SINCE, until=UNTIL)
    shop.fail(ORDERS, 500, times=6)
    with pytest.raises(ShopUnreachable):
        asking(shop).orders(since=SINCE, until=UNTIL, cursor=page.cursor)

    again = asking(shop).orders(since=SINCE, until=UNTIL, cursor=page.cursor)

    assert subjects([*page.records, *again.records])[:5] == [str(n) for n in range(1, 6)]


def test_a_record_is_complete_with_every_refund_of_every_page(shop):
    refunds = [refund(700 + n, "1.20") for n in range(5)]
    refunds[0] = refund(700, "48.00", line_items=[refunded(12, "-40.00", "-8.00", quantity=-1)])
    shop.add(order(), *refunds)

    record = asking(shop).order("500")
    (state,) = CONNECTOR.facts(record.topic, record.body, CONTEXT).orders

    assert (record.topic, record.subject) == ("poll.order", "500")
    assert [one.external_id for one in state.returns] == ["700", "701", "702", "703", "704"]
    assert state.knows_all_returns
    assert state.order.lines[0].net_minor == 18_000


def test_a_refund_that_is_deleted_makes_another_version(shop):
    shop.add(order(), refund(700, "1.20"))
    before = asking(shop).order("500")
    shop.add(order())

    assert asking(shop).order("500").version != before.version


@pytest.mark.parametrize("external_id", ["404", "../settings", "5 00", ""])
def test_an_order_that_is_not_there_is_said_not_to_be(shop, external_id):
    with pytest.raises(ShopHasNot):
        asking(shop).order(external_id)


@pytest.mark.parametrize("said", [{"a": 1}, ["x"], [{"no": "id"}], "text"])
def test_an_answer_that_is_no_list_is_no_answer(shop, said):
    shop.instead = said

    with pytest.raises(ShopUnreachable):
        walk(asking(shop))


def catalogued(shop, **asked):
    asker, records, cursor = asking(shop), [], ""
    while True:
        page = asker.products(cursor=cursor, **asked)
        records += page.records
        cursor = page.cursor
        if not cursor:
            return records


def test_products_come_with_all_their_variations_and_how_they_are_taxed(shop):
    shop.taxes = [{"id": 1, "country": "FR", "rate": "20.0000", "class": "standard",
                   "priority": 1, "order": 0}]  # fmt: skip
    shop.products[90] = product(90, name="Coat", type="variable", sku="COAT", variations=[1, 2, 3])
    shop.variations[90] = [variation(n, sku=f"COAT-{n}") for n in (1, 2, 3)]
    for number in range(101, 107):
        shop.products[number] = product(number, sku=f"S-{number}")

    records = catalogued(shop)
    facts = [CONNECTOR.facts(record.topic, record.body, CONTEXT) for record in records]
    told = [one for said in facts for one in said.products]

    assert [one.sku for one in told] == ["COAT-1", "COAT-2", "COAT-3",
                                         *(f"S-{n}" for n in range(101, 107))]  # fmt: skip
    assert {one.vat_bps for one in told} == {2_000}
    assert sum("/settings/" in one.path or "/taxes" in one.path for one in shop.asked) == 4


def test_only_products_changed_since_come_when_asked_so(shop):
    for number in range(101, 108):
        shop.products[number] = product(
            number, date_modified_gmt=f"2026-03-{number - 100:02}T00:00:00"
        )

    assert subjects(catalogued(shop, since=datetime(2026, 3, 3, tzinfo=UTC))) == [
        "103", "104", "105", "106", "107"]  # fmt: skip


def test_a_shop_without_taxes_shows_its_prices_as_they_are(shop):
    shop.settings["general/woocommerce_calc_taxes"] = "no"
    shop.products[90] = product()

    (record,) = catalogued(shop)

    assert json.loads(record.body)["taxes"] == {"are_included": True, "rates": {}}


ADDRESS = "https://programme.example/webhooks/1/"


def test_all_our_topics_are_subscribed_once_however_often(shop):
    asking(shop).subscribe(ADDRESS, "one")
    asking(shop).subscribe(ADDRESS, "two")

    assert sorted(hook["topic"] for hook in shop.webhooks.values()) == sorted(poller.TOPICS)
    assert {hook["secret"] for hook in shop.webhooks.values()} == {"two"}
    assert {hook["delivery_url"] for hook in shop.webhooks.values()} == {ADDRESS}


def test_a_webhook_that_was_disabled_is_seen_and_enabled_again(shop):
    asking(shop).subscribe(ADDRESS, "one")
    shop.webhooks[1]["status"] = "disabled"
    shop.webhooks[2]["status"] = "paused"
    seen = asking(shop).subscriptions()

    assert seen[0] == Subscription(topic="order.created", address=ADDRESS, is_alive=False)
    assert [one.is_alive for one in seen] == [False, False, True, True, True, True, True, True]

    asking(shop).subscribe(ADDRESS, "one")

    assert all(one.is_alive for one in asking(shop).subscriptions())
    assert len(shop.webhooks) == 8


def test_webhooks_of_others_are_left_alone(shop):
    shop.webhooks[1] = {"id": 1, "topic": "order.created", "delivery_url": "https://x.example/",
                        "status": "disabled"}  # fmt: skip

    asking(shop).subscribe(ADDRESS, "one")

    assert shop.webhooks[1]["status"] == "disabled"
    assert len(shop.webhooks) == 9
