"""Deliveries of shops, rightly signed, that say anything: kept, read or refused, whole."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine

from shop.connectors import generic
from shop.models import InboundEvent, InboundStatus, Order, OrderLine, WebhookSecret
from shop.services import connections, inbound
from tests.builders import make_shop
from tests.conftest import OutsideNetwork
from tests.fuzz.entrance import parted
from tests.fuzz.entrances import EVERY
from tests.fuzz.mutation import changed

pytestmark = pytest.mark.django_db
DELIVERIES = int(os.environ.get("FUZZ_DELIVERIES", "40"))
SENT = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
SECRET = "a secret for tests only, 32 bytes"
PLATFORMS = {
    "shopify": {},
    "woocommerce": {"consumer_key": "ck_1", "consumer_secret": "cs_1"},
    "prestashop": {"key": "k"},
    "magento": {"access_token": "t"},
    "saleor": {"app_token": "t"},
}


@pytest.fixture
def shop():
    shop = make_shop()
    WebhookSecret.objects.create(shop=shop, secret=SECRET, created_at=SENT - timedelta(days=9))
    with time_machine.travel(SENT, tick=False):
        yield shop


def odd(entrance, number):
    """A topic and a body that follow from a number."""
    chance = Random(number)
    seed = chance.choice(entrance.seeds)
    return parted(changed(entrance, seed, chance))


def faults_of(caplog):
    """What the worker met and nobody foresaw. Tests reach no shop: to want to is no fault."""
    met = [record.exc_info[1] for record in caplog.records if record.exc_info]
    return [repr(one) for one in met if not isinstance(one, OutsideNetwork)]


def assert_orders_are_whole():
    assert not Order.objects.exclude(pk__in=OrderLine.objects.values("order")).exists()


def test_whatever_a_signed_webhook_says_it_is_kept_once_or_refused(client, shop, caplog):
    entrance = EVERY["signed webhook"]
    for number in range(DELIVERIES):
        _topic, body = odd(entrance, number)
        before = InboundEvent.objects.count()
        answer = client.post(
            "/webhooks/atelier/", body, content_type="application/json",
            headers={"Apport-Event-Id": f"e{number}", "Apport-Signature": generic.signature(
                SECRET, timestamp=int(SENT.timestamp()), body=body)},
        )  # fmt: skip
        assert answer.status_code in {200, 400}, body
        kept = InboundEvent.objects.count() - before
        assert kept == (answer.status_code == 200 and answer.json()["status"] == "accepted")
    with caplog.at_level(logging.ERROR):
        inbound.process_pending(now=SENT)
    assert faults_of(caplog) == []
    assert not InboundEvent.objects.filter(status=InboundStatus.NEW).exists()
    assert_orders_are_whole()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_whatever_a_platform_says_is_stored_whole_or_not_at_all(shop, caplog, platform):
    connection = connections.connect(
        shop_id=shop.pk, code="web", connector_name=platform, name="Web", actor=None, now=SENT,
        address="https://shop.invalid", entered=PLATFORMS[platform],
    )  # fmt: skip
    for number in range(DELIVERIES):
        topic, body = odd(EVERY[platform], number)
        InboundEvent.objects.create(
            shop=shop,
            connection=connection,
            connector=platform,
            topic=topic.replace("\0", "")[:60],
            event_id=str(number),
            signed_with="newest",
            received_at=SENT,
            body=body,
            sha256="0" * 64,
            status_changed_at=SENT,
        )
    with caplog.at_level(logging.ERROR):
        inbound.process_pending(now=SENT)
    assert faults_of(caplog) == []
    assert_orders_are_whole()


def test_a_promo_code_that_no_database_keeps_is_nobodys(client, shop):
    """What a customer types at the checkout comes to us as it is."""
    for typed in (b"A\\u0000B", b"\\ud800", b"A" * 4_000, b"A\\u2028B", "é".encode()):
        body = b'{"code": "' + typed + b'", "ref": ""}'
        signed = generic.signature(SECRET, timestamp=int(SENT.timestamp()), body=body)
        answer = client.post(
            "/api/v1/shops/atelier/code-checks/", body, content_type="application/json",
            headers={"Apport-Signature": signed},
        )  # fmt: skip
        assert answer.json() == {"known": False, "applies": True}, typed


@pytest.mark.parametrize("code", ["%00", "a%00b", "%ff", "é", "x" * 500])
def test_a_shop_of_an_impossible_name_is_not_found(client, db, code):
    for address in (f"/api/v1/shops/{code}/code-checks/", f"/webhooks/{code}/"):
        assert client.post(address, b"{}", "application/json").status_code == 404


@pytest.mark.parametrize("code", ["%00", "a%00b", "%ff", "x" * 500, "..%2f"])
def test_a_link_of_an_impossible_name_leads_home(client, shop, code):
    assert client.get(f"/c/{code}").status_code in {302, 404}
