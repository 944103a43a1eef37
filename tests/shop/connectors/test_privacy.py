"""Credentials never travel in the clear, whatever the platform."""

from __future__ import annotations

import pytest

from shop.connectors.api import ShopApi, ShopRefused
from shop.connectors.contract import Context
from shop.connectors.merchant_feed.download import Download, basic
from shop.connectors.privacy import goes_in_the_clear
from shop.connectors.registry import NAMES, connector
from shop.models import Connection
from shop.services import connections
from shop.services.connections import BadConnection
from tests.builders import NOW, make_shop, make_user

CONTEXT = Context(shop_code="maison", currency="EUR")
#: Connectors with an API that credentials are sent to.
ASKED = [name for name in NAMES if name != "file_drop"
         and any(one.is_secret for one in connector(name).fields)]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "is_clear"),
    [
        ("https://shop.example", False), ("sftp://files.example", False), ("", False),
        ("http://127.0.0.1:8000", False), ("http://[::1]:8000/x", False),
        ("http://localhost:8000", False),
        ("http://shop.example", True), ("HTTP://shop.example", True), ("ftp://shop.example", True),
        ("shop.example", True), ("http://10.0.0.8", True), ("http://127.0.0.1.evil.example", True),
        ("http://localhost.evil.example", True), ("http://[", True), ("http://", True),
    ],
)  # fmt: skip
def test_only_this_machine_may_be_spoken_to_over_http(address, is_clear):
    assert goes_in_the_clear(address) is is_clear


@pytest.mark.parametrize("name", ASKED)
def test_no_platform_is_asked_over_http(name):
    platform = connector(name)
    entered = {one.name: "secret" for one in platform.fields if one.is_secret} | {"user": "me"}

    poller = platform.poller("http://shop.example", entered, CONTEXT)

    with pytest.raises(ShopRefused, match="https://"):
        poller.greet()


def test_every_platform_with_credentials_is_among_them():
    assert ASKED == ["shopify", "woocommerce", "prestashop", "magento", "saleor", "merchant_feed"]


def test_nothing_is_resolved_or_sent_before_the_refusal():
    class Nobody:
        def address_of(self, url):
            raise AssertionError(url)

    with pytest.raises(ShopRefused):
        ShopApi(address="http://shop.example", fetcher=Nobody()).get("/orders")
    with pytest.raises(ShopRefused):
        Download(address="http://shop.example/feed", headers=basic("me", "secret"),
                 fetcher=Nobody()).into(None)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["prestashop", "merchant_feed", "file_drop"])
@pytest.mark.parametrize("address", ["http://shop.example", "shop.example"])
def test_the_form_says_what_to_do_and_keeps_nothing(name, address):
    platform = connector(name)
    entered = {one.name: "secret" for one in platform.fields if one.is_secret or one.is_required}

    with pytest.raises(BadConnection, match="Begin the address with https://") as refusal:
        connect(name, address, entered)

    assert refusal.value.field == "address"
    assert not Connection.objects.exists()


@pytest.mark.django_db
def test_a_feed_without_a_password_may_be_anywhere():
    row = connect("merchant_feed", "http://shop.example/feed.xml", {})
    assert row.address == "http://shop.example/feed.xml"


@pytest.mark.django_db
def test_a_kept_secret_does_not_follow_to_an_address_in_the_clear():
    row = connect("merchant_feed", "https://shop.example/feed.xml", {"user": "me", "password": "x"})

    with pytest.raises(BadConnection):
        change(row, "http://shop.example/feed.xml", {"user": "me", "password": "x"})
    changed = change(row, "http://shop.example/feed.xml", {"user": "me"})

    assert changed.entered == {}


def connect(name, address, entered):
    return connections.connect(
        shop_id=make_shop().pk, code="maison-2", connector_name=name, name="Maison",
        address=address, entered=entered, actor=None, now=NOW,
    )  # fmt: skip


def change(row, address, entered):
    return connections.change(
        connection_id=row.pk, name=row.name, address=address, entered=entered,
        timezone="Europe/Paris", silent_hours=24, actor=make_user(), now=NOW,
    )  # fmt: skip
