"""The client of shops' APIs: patience, refusals, and nobody else's machines."""

from __future__ import annotations

import pytest

from shop.connectors.api import ShopApi, ShopHasNot, ShopRefused, ShopUnreachable
from tests.doubles.shops.server import FakeShop, Reply


class Echo(FakeShop):
    def answer(self, asked):
        if asked.path == "/far":
            return Reply(status=302, headers={"Location": "http://127.0.0.1:1/"})
        if asked.path == "/nothing":
            return Reply({}, 404)
        if asked.path == "/text":
            return Reply(b"<html>")
        return Reply({"path": asked.path, "query": asked.query, "amount": "1.10"})


@pytest.fixture
def shop(settings):
    settings.SHOP_API_NETWORKS = ["127.0.0.0/8"]
    with Echo() as running:
        yield running


@pytest.fixture
def waits():
    return []


@pytest.fixture
def api(shop, waits):
    return ShopApi(address=f"{shop.address}/rest", headers={"X-Key": "k"}, sleep=waits.append)


def test_a_question_reaches_the_shop_with_its_path_query_and_headers(api, shop):
    said = api.get("/orders", {"page": "2"}).json()

    assert said["path"] == "/rest/orders"
    assert said["query"] == {"page": "2"}
    assert shop.asked[0].headers["x-key"] == "k"


def test_a_limit_is_waited_for_as_long_as_the_shop_says(api, shop, waits):
    shop.fail("/rest/orders", 429, times=2, retry_after="7")

    assert api.get("/orders").json()["path"] == "/rest/orders"
    assert waits == [7.0, 7.0]


def test_faults_are_waited_for_twice_as_long_each_time_up_to_a_minute(api, shop, waits):
    shop.fail("/rest/orders", 503, times=2)
    shop.fail("/rest/orders", 429, retry_after="3600")

    api.get("/orders")

    assert waits == [1.0, 2.0, 60.0]


def test_an_answer_that_breaks_off_is_asked_for_again(api, shop):
    shop.break_off("/rest/orders", times=2)

    assert api.get("/orders").json()["amount"] == "1.10"


def test_a_shop_that_never_answers_is_given_up(api, shop):
    shop.fail("/rest/orders", 500, times=6)

    with pytest.raises(ShopUnreachable, match="6 attempts"):
        api.get("/orders")


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_are_not_tried_again(api, shop, status):
    shop.fail("/rest/orders", status)

    with pytest.raises(ShopRefused, match="credentials"):
        api.get("/orders")
    assert len(shop.asked) == 1


def test_what_the_shop_does_not_know_and_what_is_no_json_are_told_apart(shop):
    api = ShopApi(address=shop.address)

    with pytest.raises(ShopHasNot):
        api.get("/nothing")
    with pytest.raises(ShopUnreachable, match="JSON"):
        api.get("/text").json()


def test_what_cannot_stand_in_a_header_is_refused_without_a_word_of_it(shop):
    with pytest.raises(ShopRefused) as refused:
        ShopApi(address=shop.address, headers={"Authorization": "Bearer a\nb"}).get("/orders")
    assert "Bearer" not in str(refused.value)


@pytest.mark.parametrize("said", ["nan", "inf", "-5", "soon"])
def test_an_odd_wait_is_no_wait(api, shop, waits, said):
    shop.fail("/rest/orders", 429, retry_after=said)

    api.get("/orders")

    assert waits == [1.0]


def test_nobody_is_led_elsewhere(shop):
    with pytest.raises(ShopUnreachable, match="302"):
        ShopApi(address=shop.address).get("/far")


def test_a_private_machine_is_asked_only_where_the_settings_allow_it(shop, settings):
    settings.SHOP_API_NETWORKS = []

    with pytest.raises(ShopRefused, match="not public"):
        ShopApi(address=shop.address).get("/orders")
    assert shop.asked == []
