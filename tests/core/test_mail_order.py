"""Mails leave in their order and without end (L11), and are forgotten when they are old (L12)."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from core import deliveries
from core.models import Delivery, DeliveryStatus
from core.tasks import purge_rule
from tests.builders import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def queue(key, kind="announcement", now=NOW):
    return deliveries.queue_mail(
        key=key, recipient=f"{key}@example.com", subject=key, body="Words.", now=now, kind=kind,
        language="en",
    )  # fmt: skip


def left():
    return [one.subject for one in mail.outbox]


def test_security_and_money_leave_before_what_is_locked_and_that_before_the_others():
    for key, kind in [
        ("news", "announcement"), ("decision", "sanction_lifted"), ("more", "announcement"),
        ("paid", "payout_sent"), ("account", "payee_changed"),
    ]:  # fmt: skip
        queue(key, kind)

    assert deliveries.send_due(now=NOW) == 5

    assert left() == ["paid", "account", "decision", "news", "more"]


def test_an_announcement_leaves_in_one_run_and_what_is_urgent_waits_for_one_batch(monkeypatch):
    for number in range(250):
        queue(f"n{number}")
    clock = iter(NOW + number * SECOND for number in range(99))
    send = deliveries.send_due

    def send_and_queue(*, now):
        sent = send(now=now)
        queue("thief", "payee_changed", now)
        return sent

    monkeypatch.setattr(deliveries, "send_due", send_and_queue)

    assert deliveries.drain(clock=lambda: next(clock)) == 251
    assert left()[100] == "thief"
    assert deliveries.drain(clock=lambda: next(clock)) == 0


def test_a_run_ends_when_its_turn_is_over_and_the_next_goes_on():
    for number in range(250):
        queue(f"n{number}")
    clock = iter(NOW + number * deliveries.TURN for number in range(99))

    runs = [deliveries.drain(clock=lambda: next(clock)) for _run in range(4)]

    assert runs == [100, 100, 50, 0]


def test_a_server_that_takes_nothing_is_not_asked_without_end(monkeypatch):
    def refuse(*_given):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    for number in range(150):
        queue(f"n{number}")

    assert deliveries.drain(clock=lambda: NOW) == 0

    assert Delivery.objects.filter(attempts=1).count() == 100


def test_mails_share_a_connection_until_it_breaks(monkeypatch):
    calls, send = [], EmailBackend.send_messages

    def take(backend, messages):
        calls.append(messages[0].subject)
        if messages[0].subject == "second":
            raise SMTPServerDisconnected
        return send(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", take)
    monkeypatch.setattr(EmailBackend, "close", lambda _backend: calls.append("closed"))
    for key in ("first", "second", "third"):
        queue(key)

    assert deliveries.send_due(now=NOW) == 2

    assert calls == ["first", "second", "closed", "third", "closed"]


def test_words_and_address_of_a_mail_are_forgotten_and_that_it_left_is_not(settings):
    settings.MAIL_BODY_DAYS = 30
    queue("old")
    deliveries.send_due(now=NOW)
    queue("failed", now=NOW)
    Delivery.objects.filter(key="failed").update(status=DeliveryStatus.FAILED)
    queue("waits", now=NOW)
    before = Delivery.objects.in_bulk(field_name="key")

    assert deliveries.count_worn(now=NOW + 30 * DAY - SECOND) == 0
    assert deliveries.empty(now=NOW + 30 * DAY - SECOND) == 0
    assert deliveries.count_worn(now=NOW + 30 * DAY) == 1
    assert [deliveries.empty(now=NOW + 30 * DAY) for _again in range(2)] == [1, 0]

    after = Delivery.objects.in_bulk(field_name="key")
    old = after["old"]
    assert (old.body, old.recipient) == ("", "")
    assert (old.subject, old.status, old.status_changed_at) == ("old", "sent", NOW)
    for key in ("failed", "waits"):
        assert (after[key].body, after[key].recipient) == (before[key].body, before[key].recipient)
    queue("old", now=NOW + 31 * DAY)  # What was told is known by its key.
    assert deliveries.send_due(now=NOW + 31 * DAY) == 1
    assert left() == ["old", "waits"]


def test_the_nightly_task_empties_all_that_is_old(time_machine, monkeypatch):
    for number in range(3):
        queue(f"n{number}")
    deliveries.send_due(now=NOW)
    monkeypatch.setitem(deliveries.empty.__kwdefaults__, "limit", 2)

    time_machine.move_to(NOW + 90 * DAY, tick=False)

    assert purge_rule("core.mails") == 3
    assert not Delivery.objects.exclude(body="", recipient="").exists()
