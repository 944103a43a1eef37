"""Asking a Magento shop page by page: MG21 to MG24."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from shop.connectors.api import ShopHasNot, ShopRefused, ShopUnreachable
from shop.connectors.contract import Context
from shop.connectors.magento import CONNECTOR, poller
from tests.doubles.shops.magento import TOKEN, FakeMagento
from tests.shop.connectors.magento.bodies import CONTEXT, memo, order, product

SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def shop(settings):
    settings.SHOP_API_NETWORKS = ["127.0.0.0/8"]
    with FakeMagento() as running:
        yield running


def asking(shop, token=TOKEN, options=None):
    context = Context(shop_code="maison", currency="EUR", options=options or {})
    made = CONNECTOR.poller(shop.address, {"access_token": token}, context)
    made.rest.api.sleep = lambda _seconds: None
    return made


def walk(asked, **period):
    cursor, records = "", []
    while True:
        page = asked(**period, cursor=cursor)
        records += page.records
        cursor = page.cursor
        if not cursor:
            return records


def orders(shop):
    return walk(asking(shop).orders, since=SINCE, until=UNTIL)


def ids(records):
    return [record.subject for record in records]


def changed(number, at="2026-03-02 10:05:00"):
    return order(entity_id=number, updated_at=at)


def test_without_a_token_there_is_no_poller():
    assert CONNECTOR.poller("https://maison.example", {}, CONTEXT) is None
    assert CONNECTOR.poller("", {"access_token": "t"}, CONTEXT) is None


def test_greeting_shows_that_orders_memos_and_products_may_be_read(shop):
    assert asking(shop).greet() == "maison.example"
    paths = {asked.path for asked in shop.asked}
    assert {"/rest/V1/orders", "/rest/V1/creditmemos", "/rest/V1/products"} <= paths


def test_a_wrong_token_is_refused_at_once(shop):
    with pytest.raises(ShopRefused, match="credentials"):
        asking(shop, "wrong").greet()
    assert len(shop.asked) == 1


def test_the_token_never_goes_in_the_clear(shop):
    made = CONNECTOR.poller("http://maison.example", {"access_token": TOKEN}, CONTEXT)

    with pytest.raises(ShopRefused, match="https"):
        made.orders(since=SINCE, until=UNTIL)


def test_a_store_view_is_asked_by_its_code(shop):
    asking(shop, options={"store": "fr"}).greet()
    asking(shop, options={"store": "../x"}).greet()

    assert {asked.path.split("/V1/")[0] for asked in shop.asked} == {"/rest/fr", "/rest"}


def test_every_page_of_one_second_and_of_many_is_read_once(shop, monkeypatch):
    monkeypatch.setattr(poller, "PER_PAGE", 2)
    shop.rows["orders"] = [changed(number) for number in (5, 3, 11, 2)]
    shop.rows["orders"] += [changed(1, "2026-03-09 00:00:00"),
                            changed(4, "2026-03-01 00:00:00"),
                            changed(6, "2026-02-28 23:59:59"),
                            changed(7, "2026-04-01 00:00:00")]  # fmt: skip

    assert ids(orders(shop)) == ["4", "2", "3", "5", "11", "1"]


def test_nothing_slides_past_when_orders_change_during_the_walk(shop, monkeypatch):
    monkeypatch.setattr(poller, "PER_PAGE", 2)
    shop.rows["orders"] = [changed(number, f"2026-03-0{number} 00:00:00") for number in range(1, 7)]

    def touch(path):
        if path == "orders":
            shop.rows["orders"][0]["updated_at"] = "2026-03-20 00:00:00"
            shop.on_list = lambda _path: None

    shop.on_list = touch

    assert ids(orders(shop)) == ["1", "2", "3", "4", "5", "6", "1"]


def test_an_order_comes_with_all_its_memos(shop):
    shop.rows["orders"] = [order()]
    shop.rows["creditmemos"] = [memo(70, (21, 1)), memo(71, (22, 1)), memo(72, order_id=8)]

    record = asking(shop).order("9")

    assert [one["entity_id"] for one in json.loads(record.body)["memos"]] == [70, 71]
    assert record.version == "2026-03-02 10:05:00/70:2,71:2"
    (state,) = CONNECTOR.facts(record.topic, record.body, CONTEXT).orders
    assert [one.external_id for one in state.returns] == ["70", "71"]


def test_a_memo_that_did_not_change_its_order_is_found(shop):
    shop.rows["orders"] = [order(updated_at="2026-02-02 10:05:00")]
    shop.rows["creditmemos"] = [memo(70, (21, 1)), memo(71, (22, 1)), memo(72, order_id=8)]

    assert ids(orders(shop)) == ["9"]


def test_a_page_that_breaks_off_is_asked_for_again(shop):
    shop.rows["orders"] = [order()]
    shop.break_off("/rest/V1/orders")
    shop.fail("/rest/V1/creditmemos", 429, retry_after="1")

    assert ids(orders(shop)) == ["9"]


def test_an_order_that_is_not_there_and_an_answer_that_is_no_list(shop):
    with pytest.raises(ShopHasNot):
        asking(shop).order("404")
    with pytest.raises(ShopHasNot):
        asking(shop).order("../products")
    shop.rows["orders"] = [{"increment_id": "1", "updated_at": "2026-03-02 10:05:00"}]
    with pytest.raises(ShopUnreachable, match="id"):
        orders(shop)


def goods(shop):
    shop.rows["products"] = [
        product(80, "COAT", "configurable",
                extension_attributes={"configurable_product_links": [81, "82"]}),
        product(81, "COAT-M", visibility=1), product(82, "COAT-L", visibility=1), product(),
    ]  # fmt: skip
    shop.rows["inventory/source-items"] = [
        {"sku": "COAT-M", "source_code": "paris", "quantity": 2, "status": 1},
        {"sku": "COAT-M", "source_code": "nantes", "quantity": 3, "status": 1},
        {"sku": "COAT-L", "source_code": "paris", "quantity": 4, "status": 0},
    ]
    shop.rows["categories/list"] = [{"id": 3, "name": "Women"}, {"id": 5, "name": "Scarves"}]
    shop.options["color"] = [{"label": " ", "value": ""}, {"label": "Blue", "value": "49"}]


def test_products_come_with_variants_stock_and_names(shop):
    goods(shop)

    records = walk(asking(shop).products)

    assert ids(records) == ["80", "81", "82", "90"]
    facts = CONNECTOR.facts(records[0].topic, records[0].body, CONTEXT)
    assert [(one.sku, one.model, one.color) for one in facts.products] == [
        ("COAT-M", "80", "Blue"), ("COAT-L", "80", "Blue")]  # fmt: skip
    assert [(one.sku, one.pieces) for one in facts.stocks] == [("COAT-M", 5), ("COAT-L", 0)]
    facts = CONNECTOR.facts(records[3].topic, records[3].body, CONTEXT)
    (scarf,) = facts.products
    assert (facts.stocks, scarf.category, scarf.brand) == ((), "Scarves", "")
    assert len([asked for asked in shop.asked if "attributes" in asked.path]) == 3


def test_only_products_that_changed_are_asked_for_and_pages_go_by_id(shop, monkeypatch):
    monkeypatch.setattr(poller, "PER_PAGE", 2)
    goods(shop)
    shop.rows["products"][3]["updated_at"] = "2026-03-05 08:00:00"

    changed_since = datetime(2026, 3, 2, tzinfo=UTC)
    assert ids(walk(asking(shop).products, since=changed_since)) == ["90"]
    assert ids(walk(asking(shop).products)) == ["80", "81", "82", "90"]
    assert ids(walk(asking(shop).products, since=SINCE)) == ["80", "81", "82", "90"]


def test_a_shop_without_sources_tells_no_stock(shop):
    goods(shop)
    shop.counts_sources = False

    record = walk(asking(shop).products)[0]

    assert CONNECTOR.facts(record.topic, record.body, CONTEXT).stocks == ()


def test_webhooks_are_set_up_by_hand(shop):
    assert asking(shop).subscriptions() == ()
    with pytest.raises(ShopRefused, match="steps"):
        asking(shop).subscribe("https://apport.example/webhooks/maison/", "")
