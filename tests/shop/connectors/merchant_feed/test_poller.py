"""A feed at an address, asked page by page: broken, moved, closed and too large."""

import json

import pytest

from shop.connectors.api import ShopHasNot, ShopRefused, ShopUnreachable
from shop.connectors.contract import BadHeader, BadSignature, Context, Delivery, UnreadableBody
from shop.connectors.merchant_feed import CONNECTOR
from shop.connectors.packed import UnreadableFile
from shop.connectors.registry import connector
from tests.builders import NOW
from tests.doubles.shops.merchant_feed import FakeFeed
from tests.shop.connectors.merchant_feed.feeds import DRESS, rss

CONTEXT = Context(shop_code="atelier", currency="EUR")


def asked(address, context=CONTEXT, **credentials):
    found = CONNECTOR.poller(address, credentials, context)
    found.download.sleep = lambda _seconds: None
    return found


def numbered(count):
    return [{**DRESS, "id": f"S{number}"} for number in range(count)]


def walk(poller):
    pages, cursor = [], ""
    while True:
        page = poller.products(cursor=cursor)
        pages.append(page)
        if not (cursor := page.cursor):
            return pages


def test_every_item_is_told_once_and_the_feed_is_fetched_once():
    with FakeFeed(rss(*numbered(1_200))) as feed:
        pages = walk(asked(f"{feed.address}/feed.xml"))

    skus = [
        product.sku
        for page in pages
        for record in page.records
        for product in CONNECTOR.facts(record.topic, record.body, CONTEXT).products
    ]
    assert skus == [f"S{number}" for number in range(1_200)]
    assert [page.cursor for page in pages] == ["500", "1000", ""]
    assert len(feed.asked) == 1


def test_another_process_goes_on_where_the_walk_was():
    with FakeFeed(rss(*numbered(600))) as feed:
        page = asked(f"{feed.address}/feed.xml").products(cursor="500")

    (record,) = page.records
    assert json.loads(record.body)["items"][0]["id"] == "S500"
    assert (record.subject, page.cursor) == ("items to 600", "")


def test_the_same_items_are_the_same_version():
    with FakeFeed(rss(DRESS)) as feed:
        first = asked(f"{feed.address}/feed.xml").products().records
        again = asked(f"{feed.address}/feed.xml").products().records
        feed.body = rss({**DRESS, "price": "1 EUR"})
        other = asked(f"{feed.address}/feed.xml").products().records

    assert first == again
    assert first[0].version != other[0].version


def test_an_item_that_cannot_be_read_stands_alone_with_its_reason():
    with FakeFeed(rss(DRESS, {**DRESS, "id": "S2", "price": "soon"})) as feed:
        good, bad = asked(f"{feed.address}/feed.xml").products().records

    assert [one.sku for one in CONNECTOR.facts(good.topic, good.body, CONTEXT).products] == [
        "RB1-38"
    ]
    assert bad.subject == "item S2"
    with pytest.raises(UnreadableBody, match="At price"):
        CONNECTOR.facts(bad.topic, bad.body, CONTEXT)


def test_a_feed_of_which_nothing_can_be_read_says_so_once():
    dollars = [{**one, "price": "1 USD"} for one in numbered(60)]
    with FakeFeed(rss(*dollars)) as feed, pytest.raises(ShopRefused, match=r"60 of 60.*S0: At pri"):
        asked(f"{feed.address}/feed.xml").products()


def test_a_feed_that_breaks_off_or_is_busy_is_asked_for_again():
    with FakeFeed(rss(*numbered(10))) as feed:
        feed.break_off("/feed.xml")
        feed.fail("/feed.xml", 503)
        (record,) = asked(f"{feed.address}/feed.xml").products().records

    assert len(json.loads(record.body)["items"]) == 10
    assert len(feed.asked) == 3


def test_a_feed_that_never_comes_whole_is_unreachable():
    with FakeFeed(rss(DRESS)) as feed:
        feed.break_off("/feed.xml", times=4)
        with pytest.raises(ShopUnreachable):
            asked(f"{feed.address}/feed.xml").products()


def test_a_name_and_a_password_open_it_and_others_do_not():
    with FakeFeed(rss(DRESS), user="apport", password="word") as feed:
        address = f"{feed.address}/feed.xml"
        assert asked(address, user="apport", password="word").greet() == "Robe d'été"
        with pytest.raises(ShopRefused, match="401"):
            asked(address, user="apport", password="other").greet()
        with pytest.raises(ShopRefused, match="401"):
            asked(address).greet()


@pytest.mark.parametrize(("path", "status"), [("/moved", "302"), ("/nothing", "404")])
def test_it_is_led_nowhere_else(path, status):
    with FakeFeed(rss(DRESS)) as feed, pytest.raises(ShopRefused, match=status):
        asked(f"{feed.address}{path}").products()


def test_an_address_inside_is_not_asked(settings):
    settings.SHOP_API_NETWORKS = []
    with FakeFeed(rss(DRESS)) as feed, pytest.raises(ShopRefused, match="not public"):
        asked(f"{feed.address}/feed.xml").products()
    assert not feed.asked


def test_a_feed_larger_than_can_be_read_is_refused(settings):
    settings.SHOP_FILE_MOST_BYTES = 1_000
    with FakeFeed(rss(*numbered(100))) as feed:
        with pytest.raises(UnreadableFile, match=r"larger than can be read: 0\.001 MB"):
            asked(f"{feed.address}/feed.xml").products()
        assert len(feed.asked) == 1


def test_a_page_that_is_no_feed_is_no_feed():
    with FakeFeed(b"<!doctype html><p>Sign in") as feed, pytest.raises(UnreadableFile):
        asked(f"{feed.address}/feed.xml").products()


def test_the_rate_of_vat_is_the_connections():
    reduced = Context(shop_code="atelier", currency="EUR", options={"vat_percent": "5.5"})
    with FakeFeed(rss(DRESS)) as feed:
        (record,) = asked(f"{feed.address}/feed.xml", reduced).products().records

    (found,) = CONNECTOR.facts(record.topic, record.body, reduced).products
    assert found.vat_bps == 550


def test_it_tells_of_products_alone_and_sends_nothing():
    poller = asked("https://shop.example/feed.xml")
    assert poller.orders(since=NOW, until=NOW).records == ()
    assert poller.subscriptions() == ()
    poller.subscribe("https://apport.example/", "secret")
    with pytest.raises(ShopHasNot):
        poller.order("1")
    with pytest.raises(BadSignature):
        CONNECTOR.check(Delivery({}, b""), secrets=["s"], now=NOW)
    with pytest.raises(BadHeader):
        CONNECTOR.arrival(Delivery({}, b""))
    assert CONNECTOR.facts("poll.order", b"{}", CONTEXT).ignored
    assert CONNECTOR.poller("", {}, CONTEXT) is None
    assert connector("merchant_feed") is CONNECTOR


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"items": 1}', b'{"items": [1]}', b'{"items":[{}]}']
)
def test_a_body_that_is_none_of_ours_is_refused(body):
    with pytest.raises(UnreadableBody):
        CONNECTOR.facts("poll.products", body, CONTEXT)
