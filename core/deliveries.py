"""Mails that must leave the building: written with the fact, sent after commit."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import translation

from core.letter_kinds import kind_of
from core.mail_html import headers_of, html_of, text_of
from core.models import Delivery, DeliveryStatus

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
_SUBJECT = 200


def one_line(subject: str) -> str:
    """Return a subject that no header is smuggled in with: names and titles are people's own."""
    return " ".join(subject.split())[:_SUBJECT]


def queue_mail(
    *,
    key: str,
    recipient: str,
    subject: str,
    body: str,
    now: datetime,
    kind: str,
    language: str,
) -> Delivery:
    """Write a mail to an address of nobody known. Safe to repeat: one ``key``, one mail.

    To people write with ``core.letters``. ``kind`` is one of ``core.letter_kinds``; ``language``
    is what subject and body are written in.
    """
    delivery, _created = Delivery.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind_of(kind).key,
            "language": language,
            "recipient": recipient,
            "subject": one_line(subject),
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
        message_of(delivery).send()
    except (OSError, SMTPException, ValueError) as error:  # A header that cannot be written.
        delivery.error = _what_failed(error)
        log.warning("Mail %s not sent: %s", delivery.key, delivery.error)
        delivery.next_attempt_at = now + retry_delay(delivery.attempts)
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.move_to(DeliveryStatus.FAILED, at=now)
    else:
        delivery.move_to(DeliveryStatus.SENT, at=now)
    delivery.save()
    return int(delivery.status == DeliveryStatus.SENT)


def message_of(delivery: Delivery) -> EmailMultiAlternatives:
    """Return a mail in two parts, text and HTML; of before there were kinds, its text alone."""
    message = EmailMultiAlternatives(delivery.subject, delivery.body, None, [delivery.recipient])
    if delivery.kind:
        kind = kind_of(delivery.kind)
        with translation.override(delivery.language or None):
            message.body = text_of(delivery.body, kind, delivery.person)
            message.attach_alternative(html_of(delivery.body, kind, delivery.person), "text/html")
        message.extra_headers = headers_of(kind, delivery.person)
    return message


def _what_failed(error: Exception) -> str:
    """Return the kind of a failure with its SMTP codes; the server's text may hold the address."""
    codes: set[int] = set()
    if isinstance(error, SMTPRecipientsRefused):
        codes = {code for code, _text in error.recipients.values()}
    elif isinstance(error, SMTPResponseException):
        codes = {error.smtp_code}
    return " ".join([type(error).__name__, *map(str, sorted(codes))])
