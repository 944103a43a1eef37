"""Mails that must leave the building: written with the fact, sent after commit."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import send_mail
from django.db import transaction

from core.models import Delivery, DeliveryStatus

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8


def queue_mail(*, key: str, recipient: str, subject: str, body: str, now: datetime) -> Delivery:
    """Write a mail to be sent. Safe to repeat: one ``key``, one mail."""
    delivery, _created = Delivery.objects.get_or_create(
        key=key,
        defaults={
            "recipient": recipient,
            "subject": subject,
            "body": body,
            "status_changed_at": now,
            "next_attempt_at": now,
        },
    )
    return delivery


def retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after the ``attempts``-th failure: 1, 2, 4 ... minutes."""
    return timedelta(minutes=2 ** (attempts - 1))


def send_due(*, now: datetime, limit: int = 100) -> int:
    """Send the mails that are due; return how many left. A failing one is retried later.

    A worker that dies between the mail server's yes and our commit sends that one mail again:
    SMTP has no idempotency key, and a mail twice is better than a mail never.
    """
    sent = 0
    for pk in Delivery.objects.due(now).order_by("pk").values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            delivery = (
                Delivery.objects.due(now).select_for_update(skip_locked=True).filter(pk=pk).first()
            )
            if delivery is not None:
                sent += _send(delivery, now)
    return sent


def _send(delivery: Delivery, now: datetime) -> int:
    delivery.attempts += 1
    try:
        send_mail(delivery.subject, delivery.body, None, [delivery.recipient])
    except (OSError, SMTPException) as error:
        delivery.error = _what_failed(error)
        log.warning("Mail %s not sent: %s", delivery.key, delivery.error)
        delivery.next_attempt_at = now + retry_delay(delivery.attempts)
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.move_to(DeliveryStatus.FAILED, at=now)
    else:
        delivery.move_to(DeliveryStatus.SENT, at=now)
    delivery.save()
    return int(delivery.status == DeliveryStatus.SENT)


def _what_failed(error: Exception) -> str:
    """Return the kind of a failure with its SMTP codes; the server's text may hold the address."""
    codes: set[int] = set()
    if isinstance(error, SMTPRecipientsRefused):
        codes = {code for code, _text in error.recipients.values()}
    elif isinstance(error, SMTPResponseException):
        codes = {error.smtp_code}
    return " ".join([type(error).__name__, *map(str, sorted(codes))])
