"""What a hostile or broken sender, and somebody who reads the database, cannot do."""

import hashlib
import hmac
import json
import tracemalloc
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from shop.connectors import generic
from shop.models import InboundEvent, InboundStatus, Order, Product, WebhookSecret
from shop.services import inbound
from tests.builders import make_shop, make_user
from tests.shop.test_webhook import SECRET, SENT, order_body, post, process

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_time_of_sending():
    with time_machine.travel(SENT, tick=False):
        yield


@pytest.fixture(autouse=True)
def shop():
    shop = make_shop()
    for secret in (SECRET, "the next secret for tests, 32 bytes"):
        WebhookSecret.objects.create(shop=shop, secret=secret, created_at=SENT - timedelta(days=9))
    return shop


def header(*signatures):
    return ",".join([f"t={int(SENT.timestamp())}", *(f"v1={one}" for one in signatures)])


def signed(body):
    return generic.signature(SECRET, timestamp=int(SENT.timestamp()), body=body).partition("v1=")[2]


def test_a_body_is_hashed_once_for_each_secret_however_many_signatures_came(monkeypatch):
    made, new = [], hmac.new
    monkeypatch.setattr(hmac, "new", lambda *given: made.append(given) or new(*given))
    several = header(*["0" * 64] * 4)

    with pytest.raises(generic.BadSignature):
        generic.check_signature(several, b"{}", secrets=[SECRET, "another"], now=SENT)

    assert len(made) == 2


def test_four_signatures_are_read_and_a_fifth_is_refused(client):
    body = b"{}"
    wrong, right = "0" * 64, signed(body)

    answer = post(client, body, signature=header(wrong, wrong, wrong, wrong, right))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_header")
    assert not InboundEvent.objects.exists()

    assert post(client, body, signature=header(wrong, wrong, wrong, right)).status_code == 200


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (order_body(lines=[{}] * 130_000), "At lines: must keep to maxItems "),
        (order_body(lines=[{"a": 1, "kind": 1, "sku": 1}] * 2_000), "At lines.0: "),
        ({"schema": "apport.product.v1", "items": [{}] * 130_000}, "At items: "),
        ({"schema": "apport.product.v1", "items": [{"sku": 1}] * 1_000}, "At items.0: "),
    ],
    ids=["lines", "fields of lines", "products", "fields of products"],
)
def test_reading_ends_at_the_first_fault(body, sentence):
    raw = json.dumps(body).encode()
    generic.read(json.dumps(order_body()).encode())
    tracemalloc.start()

    with pytest.raises(generic.UnreadableBody, match=sentence):
        generic.read(raw)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * 1024 * 1024


@pytest.mark.parametrize(
    "wrong",
    [
        {"claire@example.com": "x"},
        {"currency": "claire@example.com"},
        {"customer": {"email_digest": "claire@example.com"}},
        {"customer": {"claire@example.com": True}},
        {"placed_at": "claire@example.com"},
        {"updated_at": "2026-06-01T10:00:00", "number": "claire@example.com"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_was_sent_is_never_quoted(client, wrong):
    post(client, order_body(**wrong))
    process()

    event = InboundEvent.objects.get()
    assert event.status == InboundStatus.FAILED
    assert "At " in event.error
    assert "claire" not in event.error


def test_products_are_read_one_by_one_and_under_items(client):
    one = {"sku": "A", "name": "A", "list_price_minor": 100, "vat_bps": 2_000, "currency": "EUR"}
    other = {**one, "sku": "B"}
    post(client, {"schema": "apport.product.v1", **one}, event_id="one")
    post(client, {"schema": "apport.product.v1", "items": [other]}, event_id="items")
    post(client, {"schema": "apport.product.v1", "items": [other], **one}, event_id="both")
    process()

    assert set(Product.objects.values_list("sku", flat=True)) == {"A", "B"}
    assert InboundEvent.objects.get(event_id="both").status == InboundStatus.FAILED


def test_a_body_that_kills_its_worker_is_given_up_after_five_attempts(client, monkeypatch):
    post(client, order_body())
    post(client, b"{oops", event_id="harmless")

    def killed(*_given, **_named):
        raise SystemExit

    with monkeypatch.context() as deadly:
        deadly.setattr(json, "dumps", killed)
        for attempt in range(1, 6):
            with pytest.raises(SystemExit):
                process()
            event = InboundEvent.objects.get(event_id="evt-1")
            assert (event.status, event.attempts) == (InboundStatus.NEW, attempt)
        process()

    event.refresh_from_db()
    assert (event.status, event.attempts) == (InboundStatus.FAILED, 5)
    assert event.error == "Given up: 5 attempts to read it ended without a result."
    inbound.replay(event_id=event.pk, actor=make_user(), now=SENT)
    assert process() == 1
    assert Order.objects.count() == 1


def test_the_bytes_are_kept_encrypted_and_are_known_after_they_are_gone(client):
    raw = json.dumps(order_body()).encode()
    post(client, raw)
    event = InboundEvent.objects.get()

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM shop_inboundevent")
        [[stored]] = cursor.fetchall()
    assert b"WEB-100042" not in bytes(stored)
    assert (bytes(event.body), event.sha256) == (raw, hashlib.sha256(raw).hexdigest())

    process()
    inbound.purge(now=SENT + timedelta(days=31))
    assert post(client, raw).json() == {"status": "duplicate"}


@pytest.mark.parametrize("first", [b"{oops", b'{"schema": "apport.return.v1"}'])
def test_one_event_id_with_a_body_of_another_topic_is_refused(client, first):
    post(client, first)

    answer = post(client, order_body())

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")
    assert InboundEvent.objects.count() == 1


def test_the_same_bytes_under_another_event_id_are_one_delivery_while_a_signature_can_hold(client):
    assert post(client, order_body()).json() == {"status": "accepted"}
    assert post(client, order_body(), event_id="evt-2").json() == {"status": "duplicate"}
    assert post(client, order_body(), event_id="evt-3").json() == {"status": "duplicate"}
    assert InboundEvent.objects.get().event_id == "evt-1"

    InboundEvent.objects.update(received_at=SENT - timedelta(minutes=10))
    assert post(client, order_body(), event_id="evt-2").json() == {"status": "accepted"}


def test_the_same_bytes_for_two_shops_are_two_deliveries(client):
    make_shop(code="other").webhook_secrets.create(secret=SECRET, created_at=SENT)

    assert post(client, order_body()).json() == {"status": "accepted"}
    assert post(client, order_body(), shop="other").json() == {"status": "accepted"}
