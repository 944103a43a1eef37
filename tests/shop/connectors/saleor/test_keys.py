"""The keys that a shop publishes: fetched, kept, changed and taken back (SA2)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import override_settings

from shop.connectors.contract import BadHeader, BadSignature, Delivery
from shop.connectors.saleor import CONNECTOR, keys
from tests.builders import NOW
from tests.doubles.shops.saleor import FakeSaleor
from tests.shop.connectors.saleor.test_signature import (
    PANGRAM,
    PANGRAM_SIGNED,
    delivery,
    jwk,
    jwks,
    jws,
)

AFTER_PATIENCE = NOW + keys.PATIENCE + timedelta(seconds=1)


@pytest.fixture
def shop(settings, time_machine):
    time_machine.move_to(NOW, tick=False)
    settings.SHOP_API_NETWORKS = ["127.0.0.0/8"]
    cache.clear()
    with FakeSaleor() as running:
        running.jwks = {"keys": [jwk()]}
        yield running


def check(shop, given, *pasted):
    secrets = CONNECTOR.trusted(given, address=shop.address, secrets=pasted)
    CONNECTOR.check(given, secrets=secrets, now=NOW)


def refused(shop, given, *pasted):
    with pytest.raises(BadSignature):
        check(shop, given, *pasted)


def signed(name, **said):
    return delivery(wire=jws(name=name, **said))


def test_the_keys_are_asked_for_once_and_nothing_need_be_pasted(shop):
    for _ in range(3):
        check(shop, delivery())
    assert [one.path for one in shop.asked] == ["/.well-known/jwks.json"]
    assert "authorization" not in shop.asked[0].headers


@pytest.mark.parametrize("kid", ["newer", "new"])
def test_a_new_key_is_asked_for_when_it_first_signs_also_under_the_old_ones_id(
    shop, time_machine, kid
):
    check(shop, delivery())
    shop.jwks = {"keys": [jwk("newer", kid=kid)]}
    refused(shop, signed("newer", kid=kid))  # Asked a moment ago.

    time_machine.move_to(AFTER_PATIENCE, tick=False)
    check(shop, signed("newer", kid=kid))

    refused(shop, delivery())  # The old key is taken back,
    refused(shop, delivery(), jwks())  # pasted or not.
    assert len(shop.asked) == 2


def test_forged_signatures_ask_the_shop_no_more_than_once_in_a_while(shop, time_machine):
    check(shop, delivery())
    time_machine.move_to(AFTER_PATIENCE, tick=False)
    for number in range(20):
        refused(shop, signed("stranger", kid=f"kid-{number}"))
        refused(shop, signed("stranger", kid="new"))
    assert len(shop.asked) == 2
    check(shop, delivery())


def test_old_keys_are_asked_for_anew_and_stand_in_for_a_week_while_the_shop_is_silent(
    shop, time_machine
):
    check(shop, delivery())
    time_machine.move_to(NOW + keys.FRESH + timedelta(seconds=1), tick=False)
    check(shop, delivery())
    assert len(shop.asked) == 2

    shop.fail("/.well-known", 503, times=99)
    time_machine.move_to(NOW + keys.FRESH + keys.KEPT, tick=False)
    check(shop, delivery())
    time_machine.move_to(NOW + keys.FRESH + keys.KEPT + timedelta(minutes=10), tick=False)
    refused(shop, delivery())
    check(shop, delivery(), jwks())  # What was pasted stands in.


@pytest.mark.parametrize(
    "said", [b"<html>", b"", {"keys": []}, {"keys": "x"}, {"keys": [jwk()], "x": "y" * 70_000}]
)
def test_what_is_no_key_set_is_none_and_pasted_keys_stand_in(shop, said):
    shop.jwks = said
    refused(shop, delivery())
    check(shop, delivery(), jwks())
    refused(shop, signed("stranger", kid="new"), jwks())
    assert len(shop.asked) == 1


def test_a_machine_that_may_not_be_asked_is_not(shop, settings):
    settings.SHOP_API_NETWORKS = []
    refused(shop, delivery())
    check(shop, delivery(), jwks())
    assert shop.asked == []


def test_keys_are_never_taken_from_an_address_in_the_clear(shop):
    given = delivery()
    for address in ("http://shop.example", "", "shop.example"):
        assert CONNECTOR.trusted(given, address=address, secrets=["a"]) == ["a"]


def test_a_shared_secret_asks_nobody(shop):
    check(shop, Delivery({"saleor-signature": PANGRAM_SIGNED}, PANGRAM), "key")
    assert shop.asked == []


def test_keys_of_one_shop_sign_nothing_of_another(shop):
    check(shop, delivery())
    with FakeSaleor() as other:
        other.jwks = {"keys": [jwk("other", kid="new")]}
        refused(other, delivery())


def test_the_address_is_the_same_with_and_without_graphql(shop):
    check(shop, delivery())
    for path in ("/", "/graphql/", "/graphql"):
        found = CONNECTOR.trusted(delivery(), address=shop.address + path, secrets=())
        assert json.loads(found[0]) == shop.jwks
    assert len(shop.asked) == 1


def test_without_a_signature_the_header_is_bad_and_nobody_is_asked(shop):
    with pytest.raises(BadHeader):
        check(shop, Delivery({"saleor-event": "order_updated"}, b"{}"))
    with pytest.raises(BadHeader):
        check(shop, delivery(wire="%%..%%"), jwks())


def test_without_a_cache_pasted_keys_are_all_there_is(shop):
    nowhere = {"BACKEND": "django.core.cache.backends.redis.RedisCache",
               "LOCATION": "redis://127.0.0.1:1"}  # fmt: skip
    with override_settings(CACHES={"default": nowhere}):
        refused(shop, delivery())
        check(shop, delivery(), jwks())
    assert shop.asked == []
