"""Connections: whose deliveries come in, what is kept of them, and how a connection is doing."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection as database

from core.models import AuditEntry, Delivery
from shop.connectors.api import ShopRefused
from shop.connectors.contract import Subscription
from shop.models import (
    CustomerRequest,
    InboundEvent,
    InboundStatus,
    Order,
    SignedWith,
    WebhookSecret,
)
from shop.services import (
    connections,
    customer_requests,
    health,
    inbound,
    people,
    secrets,
)
from shop.services.connections import BadConnection
from shop.services.health import Light, health_of
from tests.builders import NOW, make_order, make_shop, make_user
from tests.people import make_sam
from tests.portal_staff.connection_world import (
    make_connection,
    make_difference,
    make_failed,
    make_request,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def connection():
    connection = make_connection()
    for number, secret in enumerate(("older", "newest")):
        WebhookSecret.objects.create(shop=connection.shop, connection=connection, secret=secret,
                                     created_at=NOW + timedelta(minutes=number))  # fmt: skip
    return connection


def send(client, connection, body, *, secret="newest", topic="order.updated", delivery="d-1"):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
    return client.post(
        f"/webhooks/{connection.code}/", data=raw, content_type="application/json",
        headers={"X-WC-Webhook-Signature": signature, "X-WC-Webhook-Topic": topic,
                 "X-WC-Webhook-Delivery-ID": delivery, "Cookie": "a=b"},
    )  # fmt: skip


# --- the door -----------------------------------------------------------------------


def test_a_delivery_is_kept_as_it_came_with_what_signed_it(client, connection):
    answer = send(client, connection, {"id": 727}, secret="older")

    assert (answer.status_code, answer.json()) == (200, {"status": "accepted"})
    event = InboundEvent.objects.get()
    assert (event.connection, event.connector) == (connection, "woocommerce")
    assert (event.topic, event.subject) == ("order.updated", "727")
    assert event.signed_with == SignedWith.OLDER
    assert bytes(event.body) == b'{"id": 727}'
    assert event.headers["x-wc-webhook-topic"] == "order.updated"
    assert not [name for name in event.headers if "signature" in name or name == "cookie"]


def test_the_same_again_is_one_and_another_body_under_one_id_is_never_lost(client, connection):
    send(client, connection, {"id": 727})
    assert send(client, connection, {"id": 727}).json() == {"status": "duplicate"}
    assert send(client, connection, {"id": 728}).json() == {"status": "accepted"}

    assert InboundEvent.objects.count() == 2


def test_a_sign_of_life_is_answered_and_kept_nowhere(client, connection):
    answer = client.post(f"/webhooks/{connection.code}/", data=b"webhook_id=12",
                         content_type="application/x-www-form-urlencoded")  # fmt: skip

    assert (answer.status_code, answer.json()) == (200, {"status": "heard"})
    assert not InboundEvent.objects.exists()


def test_strangers_and_retired_secrets_are_refused_and_nothing_is_kept(client, connection):
    assert send(client, connection, {"id": 727}, secret="another").status_code == 401
    WebhookSecret.objects.filter(created_at=NOW).update(retired_at=NOW)
    assert send(client, connection, {"id": 727}, secret="older").status_code == 401
    assert client.post("/webhooks/nobody/", data=b"{}", content_type="x/y").status_code == 404

    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"id": 7}', b'{"id": 7, "line_items": "x"}'])
def test_what_cannot_be_read_is_kept_and_said_and_read_after_a_fix(client, connection, body):
    assert send(client, connection, body).status_code == 200
    inbound.process_pending(now=NOW)

    event = InboundEvent.objects.get()
    assert event.status == InboundStatus.FAILED
    assert event.error

    assert inbound.replay_all(connection_id=connection.pk, actor=make_user(), now=NOW) == 1
    assert InboundEvent.objects.get().status == InboundStatus.NEW
    assert AuditEntry.objects.filter(verb="inbound.replayed_all").count() == 1


def test_a_topic_that_nobody_wants_is_ignored_with_a_word(client, connection):
    send(client, connection, {"id": 5, "code": "summer"}, topic="coupon.created")
    inbound.process_pending(now=NOW)

    event = InboundEvent.objects.get()
    assert event.status == InboundStatus.IGNORED
    assert event.error


# --- making one ---------------------------------------------------------------------


def test_credentials_are_kept_encrypted_and_an_empty_secret_leaves_them():
    row = make_connection()
    with database.cursor() as cursor:
        cursor.execute("SELECT credentials FROM shop_connection WHERE id = %s", [row.pk])
        assert "cs_1" not in str(cursor.fetchone())

    changed = connections.change(
        connection_id=row.pk, name="Web", address="https://shop.invalid/", timezone="Europe/Paris",
        entered={"consumer_key": "ck_2", "consumer_secret": ""}, silent_hours=6,
        actor=make_user(), now=NOW,
    )  # fmt: skip

    assert changed.address == "https://shop.invalid"
    assert changed.entered["consumer_secret"] == "cs_1"
    assert changed.entered["consumer_key"] == "ck_2"


def test_kept_secrets_never_go_to_another_machine():
    row = make_connection()
    entered = {"consumer_key": "", "consumer_secret": ""}
    changes = {"connection_id": row.pk, "name": "Web", "timezone": "Europe/Paris", "now": NOW,
               "silent_hours": 24, "actor": make_user()}  # fmt: skip

    with pytest.raises(BadConnection):
        connections.change(address="https://elsewhere.example", entered=entered, **changes)
    connections.change(
        address="https://shop.invalid/wp", entered={**entered, "consumer_key": "ck_1"}, **changes
    )

    said = AuditEntry.objects.get(verb="connection.changed").data
    assert said["address"] == ["https://shop.invalid", "https://shop.invalid/wp"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "atelier"}, "code"),
        ({"code": "taken"}, "code"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"entered": {"consumer_key": "ck_1"}}, "consumer_secret"),
    ],
)
def test_what_is_wrong_with_a_connection_is_said_at_its_field(changes, field):
    shop = make_shop()
    make_connection("taken", shop=shop)
    fields = {
        "shop_id": shop.pk, "code": "web", "connector_name": "woocommerce", "name": "Web",
        "entered": {"consumer_key": "ck_1", "consumer_secret": "cs_1"}, "actor": None, "now": NOW,
        **changes,
    }  # fmt: skip

    with pytest.raises(BadConnection) as refused:
        connections.connect(**fields)
    assert refused.value.field == field


def test_a_secret_that_the_platform_made_is_kept_and_a_third_is_refused(connection):
    with pytest.raises(secrets.TooManySecrets):
        secrets.issue(shop_id=connection.shop_id, connection_id=connection.pk, actor=None, now=NOW)
    WebhookSecret.objects.filter(created_at=NOW).update(retired_at=NOW)

    made = secrets.issue(shop_id=connection.shop_id, connection_id=connection.pk, actor=None,
                         now=NOW + DAY, made_there=" whsec ")  # fmt: skip

    assert made.secret == "whsec"
    assert connections.secrets_of(connection) == ["whsec", "newest"]


# --- how it is doing ----------------------------------------------------------------


def heard(connection, at):
    return make_failed(connection, status=InboundStatus.DONE, error="", reasons=[], received_at=at)


def test_a_light_is_green_while_deliveries_come_and_red_after_too_long_a_silence(connection):
    assert health_of(connection, now=NOW).light == Light.GREY
    heard(connection, NOW)

    assert health_of(connection, now=NOW).light == Light.GREEN
    late = health_of(connection, now=NOW + timedelta(hours=25))
    assert late.light == Light.RED
    assert "24 hours" in late.why[0]


def test_failures_and_waiting_deliveries_are_yellow(connection):
    heard(connection, NOW)
    make_failed(connection, event_id="f")
    make_failed(connection, event_id="w", status=InboundStatus.NEW)

    found = health_of(connection, now=NOW + timedelta(hours=1))

    assert (found.light, found.failed, found.waiting) == (Light.YELLOW, 1, 1)
    assert len(found.why) == 2


def changed_when_asked(connection, at):
    """An order changed, as the platform said when it was asked."""
    event = make_failed(connection, status=InboundStatus.DONE, event_id=f"asked {at}",
                        signed_with=SignedWith.ASKED, received_at=at)  # fmt: skip
    return make_difference(connection, event=event, found_at=at, repaired_at=at)


def test_a_platform_that_only_answers_is_yellow_until_it_sends_something():
    connection = make_connection()
    changed_when_asked(connection, NOW)
    only_asked = health_of(connection, now=NOW)
    assert (only_asked.light, only_asked.last_delivery) == (Light.YELLOW, None)
    assert "nothing is sent" in only_asked.why[0]

    heard(connection, NOW + timedelta(minutes=1))
    assert health_of(connection, now=NOW + timedelta(minutes=2)).light == Light.GREEN
    changed_when_asked(connection, NOW + timedelta(minutes=3))
    assert health_of(connection, now=NOW + timedelta(minutes=4)).light == Light.YELLOW


def test_a_platform_that_cannot_be_let_send_is_not_yellow_for_that():
    connection = make_connection(platform="prestashop", entered={"key": "k"})
    changed_when_asked(connection, NOW)

    assert health_of(connection, now=NOW).light == Light.GREEN


def test_a_silence_that_could_not_be_written_is_told_in_the_next_round(monkeypatch):
    make_sam()
    connection = make_connection()
    heard(connection, NOW)
    with monkeypatch.context() as broken:
        broken.setattr(health, "send", lambda *_letter, **_kind: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            health.tell_of_silence(now=NOW + timedelta(hours=25))

    assert health.tell_of_silence(now=NOW + timedelta(hours=26)) == 1


def test_a_silence_is_told_to_managers_once_and_again_after_the_next_one(connection):
    sam = make_sam()
    heard(connection, NOW)
    assert health.tell_of_silence(now=NOW + timedelta(hours=23)) == 0
    assert health.tell_of_silence(now=NOW + timedelta(hours=25)) == 1
    assert health.tell_of_silence(now=NOW + timedelta(hours=49)) == 0

    InboundEvent.objects.update(received_at=NOW + 3 * DAY)
    assert health.tell_of_silence(now=NOW + 5 * DAY) == 1
    assert (
        Delivery.objects.filter(key__startswith="silence:", key__endswith=f":{sam.pk}").count() == 2
    )


class Api:
    def __init__(self, *, error=None, alive=True):
        self.error, self.alive, self.subscribed = error, alive, []

    def greet(self):
        if self.error:
            raise self.error
        return "Maison"

    def subscribe(self, address, secret):
        self.subscribed.append((address, secret))

    def subscriptions(self):
        address = self.subscribed[0][0]
        ours = Subscription(topic="order.updated", address=address, is_alive=self.alive)
        return [ours, Subscription(topic="x", address="https://other.example/", is_alive=False)]


@pytest.mark.parametrize(("alive", "dead"), [(True, []), (False, ["order.updated"])])
def test_a_check_revives_webhooks_and_names_those_that_stay_dead(
    connection, monkeypatch, alive, dead
):
    api = Api(alive=alive)
    monkeypatch.setattr(health, "poller_of", lambda _row: api)

    checked = health.check(connection_id=connection.pk, now=NOW)

    assert api.subscribed[0][0].endswith("/webhooks/maison-web/")
    assert api.subscribed[0][1] == "newest"
    assert (checked.dead_topics, checked.checked_at, checked.check_error) == (dead, NOW, "")


def test_a_check_that_fails_says_why(connection, monkeypatch):
    refusal = ShopRefused("The shop's API refused the credentials (status 401).")
    monkeypatch.setattr(health, "poller_of", lambda _row: Api(error=refusal))

    checked = health.check(connection_id=connection.pk, now=NOW)

    assert "credentials" in checked.check_error
    assert health_of(checked, now=NOW).light == Light.RED


# --- people -------------------------------------------------------------------------


def test_a_customer_is_erased_from_orders_and_from_the_bodies_that_named_them(connection):
    theirs = make_order(shop=connection.shop, external_id="1001", customer_ref="c" * 64,
                        phone_key="p", click_tokens=["t"])  # fmt: skip
    other = make_order(shop=connection.shop)
    event = make_failed(connection, status=InboundStatus.DONE)
    request = make_request(connection, "erasure")

    assert customer_requests.erase_pending(now=NOW) == 1
    assert customer_requests.erase_pending(now=NOW) == 0

    theirs.refresh_from_db()
    assert (theirs.customer_ref, theirs.email_key, theirs.phone_key) == ("", "", "")
    assert theirs.click_tokens == []
    assert theirs.lines.exists()
    assert Order.objects.get(pk=other.pk).customer_ref
    event.refresh_from_db()
    assert bytes(event.body) == b""
    request.refresh_from_db()
    assert (request.done_at, request.orders, request.customer_ref) == (NOW, 1, "")


def test_a_customer_is_told_what_is_kept(connection):
    make_order(shop=connection.shop, customer_ref="c" * 64, number="#1001")
    request = make_request(connection)

    told = customer_requests.disclose(request_id=request.pk, actor=make_user(), now=NOW)

    [order] = told["orders"]
    assert order["number"] == "#1001"
    assert order["kept_as_keyed_hashes"] == ["customer_ref", "email_key"]
    assert CustomerRequest.objects.get().done_at == NOW
    assert AuditEntry.objects.filter(verb="customer.disclosed").count() == 1


def test_keys_of_buyers_are_forgotten_after_their_days_and_the_reference_stays(settings):
    settings.BUYER_KEY_DAYS = 400
    old = make_order(placed_at=NOW - 401 * DAY)
    young = make_order(placed_at=NOW - 399 * DAY)

    assert people.forget(now=NOW) == 1
    assert people.forget(now=NOW) == 0

    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.email_key, bool(old.customer_ref)) == ("", True)
    assert young.email_key
