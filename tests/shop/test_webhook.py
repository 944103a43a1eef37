"""The signed webhook: who may speak, what is kept, what becomes of it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation
from jsonschema import Draft202012Validator

from core.errors import InvalidTransition
from core.hashing import email_digest, email_key, keyed_hash
from core.models import AuditEntry
from portal.refusals import why_failed
from shop.connectors import generic
from shop.models import (
    BandAssignment,
    CostSource,
    InboundEvent,
    InboundStatus,
    Order,
    OrderLine,
    Product,
    Return,
    WebhookSecret,
)
from shop.services import inbound, secrets
from tests.builders import make_shop, make_user

SECRET = "a secret for tests only, 32 bytes"
SENT = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
TOO_LATE = (SENT + timedelta(days=1, seconds=1)).isoformat()
PAYLOADS = Path(__file__).parents[1] / "payloads"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_time_of_sending():
    with time_machine.travel(SENT, tick=False):
        yield


@pytest.fixture
def shop():
    shop = make_shop()
    WebhookSecret.objects.create(shop=shop, secret=SECRET, created_at=SENT - timedelta(days=9))
    return shop


def recorded(name):
    signature = (PAYLOADS / f"{name}.signature").read_text().strip()
    return (PAYLOADS / f"{name}.json").read_bytes(), signature


def post(client, body, *, signature=None, event_id="evt-1", shop="atelier"):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    if signature is None:
        signature = generic.signature(SECRET, timestamp=int(SENT.timestamp()), body=body)
    return client.post(
        f"/webhooks/{shop}/",
        data=body,
        content_type="application/json",
        headers={"Apport-Signature": signature, "Apport-Event-Id": event_id},
    )


def process(now=SENT):
    return inbound.process_pending(now=now)


def order_body(**overrides):
    return {**json.loads(recorded("order")[0]), **overrides}


def test_a_recorded_order_is_kept_answered_and_made_into_rows(client, shop):
    body, signature = recorded("order")

    answer = post(client, body, signature=signature)

    assert (answer.status_code, answer.json()) == (200, {"status": "accepted"})
    event = InboundEvent.objects.get()
    assert (bytes(event.body), event.topic, event.status) == (body, "apport.order.v1", "new")
    assert not Order.objects.exists()

    assert process() == 1

    event.refresh_from_db()
    assert (event.status, event.attempts, event.error) == (InboundStatus.DONE, 1, "")
    order = Order.objects.get()
    assert order.number == "WEB-100042"
    assert order.placed_at == datetime(2026, 6, 1, 9, 58, 3, tzinfo=UTC)
    assert order.customer_ref == keyed_hash("customer", "atelier:8812")
    assert order.email_key == email_key(email_digest("Claire@example.com "))
    assert (order.codes, order.click_tokens) == (["ADA10"], ["Zm9vYmFyYmF6cXV4MTIzNA"])
    assert order.is_new_customer is True
    assert list(order.lines.order_by("pk").values_list("kind", "net_minor", "cost_source")) == [
        ("product", 7_492, CostSource.PAYLOAD),
        ("product", 4_983, CostSource.MISSING),
        ("shipping", 413, CostSource.MISSING),
    ]


@pytest.mark.parametrize("name", ["order", "order_cancelled", "return", "products", "product"])
def test_every_recorded_delivery_still_verifies_and_reads(name, shop):
    body, signature = recorded(name)

    generic.check_signature(signature, body, secrets=[SECRET], now=SENT)

    assert generic.read(body)["schema"] == generic.topic_and_subject(body)[0]


def test_the_whole_story_in_any_order(client, shop):
    for name in ("return", "order_cancelled", "products", "order"):
        body, signature = recorded(name)
        post(client, body, signature=signature, event_id=name)

    assert process(SENT + timedelta(days=9)) == 4

    assert set(InboundEvent.objects.values_list("status", flat=True)) == {InboundStatus.DONE}
    order = Order.objects.get()
    assert order.cancelled_at is not None
    assert set(Return.objects.values_list("external_id", flat=True)) == {"RMA-77", "cancel:100042"}
    belt = OrderLine.objects.get(sku="CEINT-CUIR")
    assert (belt.unit_cost_minor, belt.product) == (980, Product.objects.get(sku="CEINT-CUIR"))
    assert list(belt.returned.order_by("pk").values_list("quantity", flat=True)) == [1, 1]
    assert BandAssignment.objects.count() == 2


def test_the_same_delivery_twice_is_a_duplicate(client, shop):
    first, second = post(client, order_body()), post(client, order_body())

    assert first.json() == {"status": "accepted"}
    assert (second.status_code, second.json()) == (200, {"status": "duplicate"})
    assert InboundEvent.objects.count() == 1
    assert process() == 1
    assert process() == 0


def test_one_event_id_with_another_body_is_refused(client, shop):
    post(client, order_body())

    answer = post(client, order_body(id="100043"))

    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_conflict"
    assert InboundEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("signature", "status"),
    [
        ("", 400),
        ("nonsense", 400),
        ("t=1780308000", 400),
        ("v1=00", 400),
        ("t=soon,v1=00", 400),
        ("t=²,v1=00", 400),
        ("t=99999999999999999999,v1=00", 400),
        ("t=1780308000,v1=" + "0" * 64, 401),
        ("t=1780307000,v1=" + "0" * 64, 401),
    ],
)
def test_a_bad_signature_stores_nothing(client, shop, signature, status):
    answer = post(client, order_body(), signature=signature)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_stale_delivery_is_refused_although_its_signature_is_right(client, shop, seconds):
    body = json.dumps(order_body()).encode()
    timestamp = int(SENT.timestamp()) + seconds
    signature = generic.signature(SECRET, timestamp=timestamp, body=body)

    answer = post(client, body, signature=signature)

    assert answer.status_code == 401
    assert "too old" in answer.json()["detail"]
    assert not InboundEvent.objects.exists()


def test_the_signature_is_of_exactly_these_bytes(client, shop):
    body, signature = recorded("order")

    assert post(client, body + b" ", signature=signature).status_code == 401


@pytest.mark.parametrize("event_id", ["", "x" * 101], ids=["none", "too long"])
def test_an_event_id_is_needed(client, shop, event_id):
    answer = post(client, order_body(), event_id=event_id)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_header")


def test_secrets_rotate_without_a_gap(client, shop):
    staff = make_user()
    new = secrets.issue(shop_id=shop.pk, actor=staff, now=SENT)
    body = json.dumps(order_body()).encode()
    both = [
        generic.signature(secret, timestamp=int(SENT.timestamp()), body=body)
        for secret in (SECRET, new.secret)
    ]
    assert [post(client, body, signature=one).status_code for one in both] == [200, 200]
    with pytest.raises(secrets.TooManySecrets):
        secrets.issue(shop_id=shop.pk, actor=staff, now=SENT)

    secrets.retire(secret_id=WebhookSecret.objects.earliest("pk").pk, actor=staff, now=SENT)

    assert [post(client, body, signature=one).status_code for one in both] == [401, 200]
    several = f"{both[0]},{both[1].partition(',')[2]}"
    assert post(client, body, signature=several).status_code == 200
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {
        "webhook_secret.issued",
        "webhook_secret.retired",
    }


def test_a_shop_without_secrets_accepts_nothing(client):
    make_shop()

    assert post(client, order_body()).status_code == 401


def test_an_unknown_shop_is_not_found(client, shop):
    assert post(client, order_body(), shop="elsewhere").status_code == 404


def test_only_post_is_answered(client, shop):
    assert client.get("/webhooks/atelier/").status_code == 405


def test_a_body_of_two_megabytes_and_300_lines_is_taken(client, shop):
    lines = [
        {"id": str(number), "sku": f"S{number}", "title": "é" * 500, "quantity": 1,
         "net_minor": 100 + number}
        for number in range(300)
    ]  # fmt: skip
    body = json.dumps(order_body(lines=lines), ensure_ascii=False).encode()
    body += b" " * (2 * 1024 * 1024 - len(body))

    assert post(client, body).status_code == 200
    assert process() == 1
    assert OrderLine.objects.count() == 300
    assert len(OrderLine.objects.latest("pk").title) == 200


def test_a_body_above_five_megabytes_is_refused_unread(client, shop):
    answer = post(client, b" " * (5 * 1024 * 1024 + 1), signature="t=1,v1=0")

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{not json", "not JSON"),
        (b'"text"', "field schema must be one of"),
        pytest.param(b"[" * 100_000, "not JSON", id="too deep"),
        (b'{"schema": "apport.order.v9"}', "field schema must be one of"),
        (order_body(lines=[]), "At lines"),
        (order_body(currency="euro"), "At currency"),
        (order_body(currency="USD"), "sells in EUR"),
        (order_body(placed_at="2026-06-01T10:00:00"), "no offset from UTC"),
        (order_body(placed_at="yesterday"), "not an ISO 8601 time"),
        (order_body(placed_at=TOO_LATE), "placed_at is more than a day ahead of the receipt"),
        (order_body(updated_at=TOO_LATE), "updated_at is more than a day ahead"),
        (order_body(cancelled_at=TOO_LATE), "cancelled_at is more than a day ahead"),
        (order_body(email="claire@example.com"), "must keep to additionalProperties"),
        (order_body(number="a\0b"), "NUL character"),
        (b'{"schema": "apport.order.v1", "id": "\\ud800"}', "not JSON"),
        (order_body(lines=[{"id": "1", "quantity": 1, "net_minor": 10.0}]), "lines.0.net_minor"),
        (order_body(lines=[{"id": "1", "quantity": 10**30, "net_minor": 1}]), "lines.0.quantity"),
        (order_body(lines=[{"id": "1", "quantity": 1, "net_minor": -1}]), "net below zero"),
    ],
)
def test_a_signed_body_that_is_wrong_is_kept_and_fails_with_a_sentence(
    client, shop, body, sentence
):
    assert post(client, body).status_code == 200

    process()

    event = InboundEvent.objects.get()
    assert event.status == InboundStatus.FAILED
    assert sentence in event.error
    assert not Order.objects.exists()


def test_a_return_of_the_day_after_tomorrow_is_refused(client, shop):
    body = {**json.loads(recorded("return")[0]), "returned_at": TOO_LATE}
    post(client, body)

    process()

    assert "returned_at is more than a day ahead" in InboundEvent.objects.get().error
    assert not Return.objects.exists()


def test_clocks_may_differ_by_a_day(client, shop):
    post(client, order_body(placed_at=(SENT + timedelta(days=1)).isoformat()))
    process()

    assert InboundEvent.objects.get().error == ""
    assert Order.objects.exists()


def test_why_a_delivery_failed_is_kept_in_parts_that_can_be_translated(client, shop):
    post(client, order_body(currency="USD"))
    process()

    event = InboundEvent.objects.get()
    assert event.error == "100042: The shop sells in EUR, this order is in USD."
    assert event.reasons == [
        {
            "about": "100042",
            "template": "The shop sells in %(shop)s, this order is in %(order)s.",
            "facts": {"shop": "EUR", "order": "USD"},
        }
    ]
    with translation.override("en"):
        assert why_failed(event) == event.error


def test_a_failed_event_is_replayed_after_its_cause_is_gone(client, shop):
    shop.currency = "USD"
    shop.save()
    post(client, order_body())
    process()
    event = InboundEvent.objects.get()
    assert event.error == "100042: The shop sells in USD, this order is in EUR."
    shop.currency = "EUR"
    shop.save()

    inbound.replay(event_id=event.pk, actor=make_user(), now=SENT)
    process()

    event.refresh_from_db()
    assert (event.status, event.error) == (InboundStatus.DONE, "")
    assert Order.objects.count() == 1
    assert AuditEntry.objects.get().verb == "inbound.replayed"
    with pytest.raises(InvalidTransition):
        inbound.replay(event_id=event.pk, actor=make_user(), now=SENT)


def test_an_order_with_other_lines_fails_and_the_first_stands(client, shop):
    post(client, order_body())
    post(client, order_body(lines=[{"id": "1", "quantity": 9, "net_minor": 1}]), event_id="evt-2")
    process()

    event = InboundEvent.objects.get(event_id="evt-2")
    assert event.status == InboundStatus.FAILED
    assert "already received with other lines" in event.error
    assert OrderLine.objects.count() == 3


def test_a_fault_of_ours_holds_up_nobody_and_is_given_up_after_five_rounds(client, shop, settings):
    # The hash of a customer needs a key: without one, that order is our fault, not the shop's.
    post(client, order_body(id="100050"), event_id="bad")
    post(client, order_body(customer=None), event_id="good")
    del settings.HASH_KEY

    rounds = [process() for _ in range(6)]

    assert rounds[0] == 1
    good, bad = InboundEvent.objects.order_by("-event_id")
    assert (good.status, bad.status, bad.attempts) == ("done", "failed", 5)


@pytest.mark.parametrize("old", InboundStatus)
@pytest.mark.parametrize("new", InboundStatus)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    event = InboundEvent(status=old)

    if new in InboundEvent.ARROWS[old]:
        event.move_to(new, at=SENT)
        assert (event.status, event.status_changed_at) == (new, SENT)
    else:
        with pytest.raises(InvalidTransition):
            event.move_to(new, at=SENT)


@pytest.mark.parametrize("name", generic.SCHEMAS)
def test_the_schemas_are_published_and_valid(client, name):
    answer = client.get(reverse("shop:schema", args=[name]))

    assert answer["Content-Type"] == "application/schema+json"
    Draft202012Validator.check_schema(answer.json())


def test_an_unknown_schema_is_not_found(client):
    assert client.get("/webhooks/schemas/apport.secret.v1.json").status_code == 404
    assert client.get("/webhooks/schemas/..%2f..%2fsettings.json").status_code == 404
