"""Mails that cannot leave: retried, given up, and nobody's address in a log."""

import logging
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException

import pytest
from django.core.mail.backends.locmem import EmailBackend

from core import deliveries
from core.models import Delivery, DeliveryStatus
from tests.builders import NOW

pytestmark = pytest.mark.django_db
ADDRESS = "claire@example.com"


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (
            SMTPRecipientsRefused({ADDRESS: (550, b"<claire@example.com>: no such user")}),
            "SMTPRecipientsRefused 550",
        ),
        (SMTPResponseException(451, b"claire@example.com: later"), "SMTPResponseException 451"),
        (ConnectionRefusedError(111, "claire@example.com"), "ConnectionRefusedError"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_failure_is_kept_and_logged_without_the_address(monkeypatch, caplog, error, kept):
    def refuse(*_given):
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    deliveries.queue_mail(
        key="k",
        recipient=ADDRESS,
        subject="s",
        body="b",
        now=NOW,
        kind="team_changed",
        language="en",
    )

    with caplog.at_level(logging.DEBUG):
        assert deliveries.send_due(now=NOW) == 0

    delivery = Delivery.objects.get()
    assert (delivery.error, delivery.attempts) == (kept, 1)
    assert delivery.next_attempt_at == NOW + timedelta(minutes=1)
    assert delivery.status == DeliveryStatus.QUEUED
    assert f"Mail k not sent: {kept}" in caplog.text
    assert "claire" not in caplog.text


def queued(key, **fields):
    given = {"recipient": ADDRESS, "subject": "s", "body": "b", "now": NOW, **fields}
    return deliveries.queue_mail(key=key, kind="team_changed", language="en", **given)


def test_a_subject_is_one_line_whoever_named_what_stands_in_it():
    assert queued("k", subject="A\nBcc: all@example.com").subject == "A Bcc: all@example.com"


def test_a_mail_that_cannot_be_written_is_counted_and_holds_up_no_other(mailoutbox):
    broken = queued("broken")
    Delivery.objects.filter(pk=broken.pk).update(subject="A\nB")
    queued("next")

    assert deliveries.send_due(now=NOW) == 1

    broken.refresh_from_db()
    assert (broken.attempts, broken.status) == (1, DeliveryStatus.QUEUED)
    assert len(mailoutbox) == 1
