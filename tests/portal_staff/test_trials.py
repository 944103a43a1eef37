"""A test order: the page says what arrived, and what to do when nothing does."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import escape

from core.models import AuditEntry
from shop import refused_deliveries
from shop.connectors.registry import NAMES, connector
from shop.models import Connection, SignedWith, SyncRun
from shop.services.connections import generic_of
from tests.builders import NOW, make_order, make_shop
from tests.portal_staff.connection_world import (
    make_connection,
    make_drop,
    make_failed,
    make_file,
    make_secret,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sam(manager):
    """Sam's browser, whose clock goes on."""
    return manager


def begin(sam, connection, at=NOW):
    with time_machine.travel(at, tick=False):
        answer = sam.post(reverse("portal:connection-try", args=[connection.pk]))
    assert answer.status_code == 302
    connection.refresh_from_db()


def look(sam, connection, minutes=1):
    with time_machine.travel(NOW + minutes * MINUTE, tick=False):
        answer = sam.get(reverse("portal:connection-detail", args=[connection.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_trial_begins_is_kept_and_begins_anew(sam):
    connection = make_connection()
    assert "I try it now" in look(sam, connection)

    begin(sam, connection)
    assert connection.tried_at == NOW
    assert "We are looking" in look(sam, connection, 9)
    begin(sam, connection, NOW + 20 * MINUTE)
    assert "We are looking" in look(sam, connection, 29)
    assert AuditEntry.objects.filter(verb="connection.tried").count() == 2


@pytest.mark.parametrize(("is_test", "said"), [(True, "it never earns"), (False, "cancel it")])
def test_an_order_that_arrived_is_told_to_the_letter(sam, is_test, said):
    connection = make_connection()
    make_order(shop=connection.shop, connection=connection, number="#OLD",
               received_at=NOW - MINUTE)  # fmt: skip
    begin(sam, connection)
    make_order(shop=connection.shop, connection=connection, number="#1001", is_test=is_test,
               received_at=NOW + MINUTE)  # fmt: skip
    make_failed(connection, status="done", error="", reasons=[], received_at=NOW + MINUTE)

    text = look(sam, connection, 2)

    assert "It arrived" in text
    assert "#1001" in text
    assert said in text
    assert "order.updated" in text
    assert "Nothing arrived" not in look(sam, connection, 30)


def test_a_delivery_that_failed_says_why(sam):
    connection = make_connection()
    begin(sam, connection)
    make_failed(connection, received_at=NOW + MINUTE)

    assert "The order has no lines." in look(sam, connection, 2)
    late = look(sam, connection, 11)
    assert "no order was made of it" in late
    assert "own log of webhooks" not in late


def test_what_was_asked_for_is_nothing_that_was_sent(sam):
    connection = make_connection()
    begin(sam, connection)
    make_failed(connection, signed_with=SignedWith.ASKED, topic="poll.order",
                received_at=NOW + MINUTE)  # fmt: skip

    assert (
        "poll.order"
        not in look(sam, connection, 2).split("What was sent since")[-1].split("Last test order")[0]
    )


def test_after_ten_minutes_the_page_says_what_may_be_wrong(sam):
    connection = make_connection()
    begin(sam, connection)
    with time_machine.travel(NOW + MINUTE, tick=False):
        refused_deliveries.note(connection.shop_id, "bad_signature", now=NOW + MINUTE)
    Connection.objects.update(
        paused_at=NOW, check_error="The credentials were refused.", dead_topics=["order.created"]
    )

    text = look(sam, connection, 10)

    for said in ("Nothing arrived in ten minutes", "let it go on", "There is no secret",
                 "1 delivery to this shop was refused", "The credentials were refused.",
                 "order.created", "own log of webhooks", "Ask for changed orders"):  # fmt: skip
        assert said in text
    make_secret(connection)
    assert "There is no secret" not in look(sam, connection, 10)


@pytest.mark.parametrize("name", NAMES)
def test_every_platform_can_be_tried(sam, name):
    shop = make_shop()
    if name == "generic":
        connection = generic_of(shop, now=NOW)
    elif name == "file_drop":
        connection = make_drop()
    else:
        entered = {field.name: "x" for field in connector(name).fields if field.is_required}
        connection = make_connection(platform=name, shop=shop, entered=entered)
    begin(sam, connection)

    assert escape(str(connector(name).trial[0])) in look(sam, connection)
    late = look(sam, connection, 11)
    assert "Nothing arrived in ten minutes" in late

    if name == "file_drop":
        make_file(connection, read_at=NOW + MINUTE)
    elif name == "merchant_feed":
        SyncRun.objects.create(connection=connection, kind="catalogue", until=NOW, seen=12,
                               started_at=NOW, finished_at=NOW + MINUTE)  # fmt: skip
    else:
        make_order(shop=shop, connection=connection, received_at=NOW + MINUTE)
    assert "It arrived" in look(sam, connection, 11)
