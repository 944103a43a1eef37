"""Asking a Saleor shop page by page: SA18 to SA21."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from shop.connectors.api import ShopHasNot, ShopRefused, ShopUnreachable
from shop.connectors.contract import Context
from shop.connectors.saleor import CONNECTOR, keys, poller
from shop.connectors.saleor.queries import SUBSCRIPTION
from tests.doubles.shops.saleor import TOKEN, FakeSaleor, denied
from tests.shop.connectors.saleor.bodies import (
    COATS,
    CONTEXT,
    ORDER_ID,
    came_back,
    order,
    product,
)
from tests.shop.connectors.saleor.test_signature import jwk

SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
HERE = "https://apport.example/webhooks/maison/"


@pytest.fixture
def shop(settings):
    settings.SHOP_API_NETWORKS = ["127.0.0.0/8"]
    with FakeSaleor() as running:
        yield running


def asking(shop, token=TOKEN, channel="", path=""):
    context = Context(shop_code="maison", currency="EUR", options={"channel": channel})
    made = CONNECTOR.poller(f"{shop.address}{path}", {"app_token": token}, context)
    made.api.sleep = lambda _seconds: None
    return made


def walk(asked, **period):
    cursor, records = "", []
    while True:
        page = asked(**period, cursor=cursor)
        records += page.records
        cursor = page.cursor
        if not cursor:
            return records


def ids(records):
    return [record.subject for record in records]


def changed(number, day=2, **changes):
    return order(id=f"T{number}", updatedAt=f"2026-03-{day:02}T10:00:00+00:00", **changes)


def test_without_a_token_there_is_no_poller():
    assert CONNECTOR.poller("https://shop.example", {}, CONTEXT) is None


@pytest.mark.parametrize("path", ["", "/", "/graphql/", "/graphql"])
def test_greeting_tells_the_shops_name_whatever_the_address_ends_in(shop, path):
    assert asking(shop, path=path).greet() == "Maison"


def test_a_wrong_token_is_refused(shop):
    with pytest.raises(ShopRefused, match="permissions"):
        asking(shop, "wrong").greet()


def test_the_token_never_goes_in_the_clear():
    made = CONNECTOR.poller("http://shop.example", {"app_token": TOKEN}, CONTEXT)

    with pytest.raises(ShopRefused, match="https"):
        made.greet()


def test_every_page_is_read_once_in_the_order_of_change(shop, monkeypatch):
    monkeypatch.setattr(poller, "PER_PAGE", 2)
    shop.orders = [changed(1, 9), changed(2), changed(3), changed(4), changed(5, 1)]
    shop.orders += [changed(6, 30), {**changed(7), "updatedAt": "2026-02-28T23:59:59+00:00"}]

    records = walk(asking(shop).orders, since=SINCE, until=UNTIL)

    assert ids(records) == ["T5", "T2", "T3", "T4", "T1", "T6"]


def test_nothing_slides_past_when_orders_change_during_the_walk(shop, monkeypatch):
    monkeypatch.setattr(poller, "PER_PAGE", 2)
    shop.orders = [changed(number, number) for number in range(1, 6)]

    def touch():
        shop.orders[0]["updatedAt"] = "2026-03-20T10:00:00+00:00"
        shop.on_page = lambda: None

    shop.on_page = touch

    assert ids(walk(asking(shop).orders, since=SINCE, until=UNTIL)) == [
        "T1", "T2", "T3", "T4", "T5", "T1"]  # fmt: skip


def test_only_one_channel_is_asked_for(shop):
    shop.orders = [changed(1), changed(2, channel={"slug": "uk"})]

    records = walk(asking(shop, channel="fr").orders, since=SINCE, until=UNTIL)

    assert ids(records) == ["T1"]


def test_an_order_is_read_with_all_that_came_back(shop):
    shop.orders = [order(fulfillments=[came_back((COATS, 1))])]

    record = asking(shop).order(ORDER_ID)

    assert record.version == "2026-03-02T11:05:00+01:00"
    (state,) = CONNECTOR.facts(record.topic, record.body, CONTEXT).orders
    assert [one.external_id for one in state.returns] == [f"{COATS}:1"]
    with pytest.raises(ShopHasNot):
        asking(shop).order("T404")


def test_a_page_that_breaks_off_or_a_limit_is_asked_for_again(shop):
    shop.orders = [changed(1)]
    shop.break_off("/graphql/")
    shop.fail("/graphql/", 429, retry_after="1")

    assert ids(walk(asking(shop).orders, since=SINCE, until=UNTIL)) == ["T1"]


def test_errors_of_the_api_are_told_apart(shop):
    shop.errors = [{"message": "Cannot query field"}]
    with pytest.raises(ShopUnreachable, match="Cannot query field"):
        asking(shop).greet()
    shop.errors = [denied()]
    with pytest.raises(ShopRefused):
        asking(shop).greet()
    shop.errors = ["strange"]
    with pytest.raises(ShopUnreachable):
        asking(shop).greet()


def test_an_answer_in_another_form_is_none_to_be_used(shop):
    shop.orders = [{**changed(1), "id": ["x"]}]

    with pytest.raises(ShopUnreachable, match="unknown form"):
        asking(shop).orders(since=SINCE, until=UNTIL)


def test_products_are_read_all_or_since_a_change(shop, monkeypatch):
    monkeypatch.setattr(poller, "PER_PAGE", 1)
    shop.products = [product(), product(id="UDI=", updatedAt="2026-03-09T08:00:00+00:00")]

    assert len(walk(asking(shop).products)) == 2
    (record,) = walk(asking(shop).products, since=datetime(2026, 3, 5, tzinfo=UTC))
    assert (record.topic, record.subject) == ("poll.product", "UDI=")
    (cost,) = CONNECTOR.facts(record.topic, record.body, CONTEXT).unit_costs
    assert cost.unit_cost_minor == 4_150


def test_one_webhook_sends_all_events_with_our_query(shop):
    asked = asking(shop)
    assert asked.subscriptions() == []

    asked.subscribe(HERE, "")
    shop.webhooks[0]["isActive"] = False
    assert {one.is_alive for one in asked.subscriptions()} == {False}
    asked.subscribe(HERE, "")

    assert len(shop.webhooks) == 1
    assert {one.topic for one in asked.subscriptions()} >= {"order_updated", "product_deleted"}
    assert {(one.address, one.is_alive) for one in asked.subscriptions()} == {(HERE, True)}
    assert shop.webhooks[0]["query"] == SUBSCRIPTION
    sent = json.loads(shop.asked[-3].body)["variables"]["input"]
    assert "secretKey" not in sent


def test_a_webhook_that_is_not_taken_is_refused(shop):
    shop.refuses_webhooks = True

    with pytest.raises(ShopRefused, match="parse"):
        asking(shop).subscribe(HERE, "")


def test_greeting_reads_the_keys_anew_and_does_without(shop):
    shop.jwks = {"keys": [jwk()]}
    asking(shop).greet()
    assert keys.published(shop.address, lambda _kept: True) == json.dumps(shop.jwks)
    shop.jwks = b"<html>"
    assert asking(shop).greet() == "Maison"
    assert [one.path for one in shop.asked].count(keys.PATH) == 2


def test_every_fragment_of_a_query_is_used_and_told_once():
    for name in ("ApportOrder", "ApportMoney", "ApportAddress", "ApportProduct", "ApportValues"):
        assert SUBSCRIPTION.count(f"fragment {name} on") == 1
        assert f"...{name} " in SUBSCRIPTION
    assert SUBSCRIPTION.count("{") == SUBSCRIPTION.count("}")
