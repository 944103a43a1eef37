"""Mails that must leave the building: written with the fact, sent after commit."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Case, QuerySet, Value, When
from django.utils import translation

from core.letter_kinds import KINDS, Lock, kind_of
from core.mail_html import headers_of, html_of, text_of
from core.models import Delivery, DeliveryStatus

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
#: How long one run sends, between batches: other tasks want the worker too. The next tick goes on.
TURN = timedelta(seconds=25)
_BATCHES = 20
#: Who waits for money, or has a stranger at their account, comes before a mail to thousands.
_URGENT = [one.key for one in KINDS.values() if one.lock in (Lock.SECURITY, Lock.MONEY)]
_LOCKED = [one.key for one in KINDS.values() if one.is_locked]
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


def drain(*, clock: Callable[[], datetime]) -> int:
    """Send what is due in batches, until one sends nothing or the turn is over; return how many.

    Each batch begins with what is urgent by then: what came meanwhile waits for one batch at most.
    """
    begun, sent = clock(), 0
    for _batch in range(_BATCHES):
        left = send_due(now=clock())
        sent += left
        if not left or clock() - begun >= TURN:
            break
    return sent


def send_due(*, now: datetime, limit: int = 100) -> int:
    """Send the mails that are due; return how many left. A failing one is retried later.

    What is about security and money goes first, then what else is locked, then the others, each
    in their order (L11). They share a connection to the mail server, until one fails.

    A worker that dies between the mail server's yes and our commit sends that one mail again:
    SMTP has no idempotency key, and a mail twice is better than a mail never.
    """
    sent, server = 0, get_connection()
    try:
        for pk in _in_order(now).values_list("pk", flat=True)[:limit]:
            with transaction.atomic():
                due = Delivery.objects.due(now).select_for_update(skip_locked=True)
                delivery = due.filter(pk=pk).first()
                if delivery is not None:
                    sent += _send(delivery, server, now)
    finally:
        _hang_up(server)
    return sent


def _in_order(now: datetime) -> QuerySet[Delivery]:
    rank = Case(
        When(kind__in=_URGENT, then=Value(0)),
        When(kind__in=_LOCKED, then=Value(1)),
        default=Value(2),
    )
    return Delivery.objects.due(now).order_by(rank, "pk")


def _hang_up(server: BaseEmailBackend) -> None:
    with suppress(OSError, SMTPException):
        server.close()


def _send(delivery: Delivery, server: BaseEmailBackend, now: datetime) -> int:
    delivery.attempts += 1
    try:
        message = message_of(delivery)
        message.connection = server
        server.open()
        message.send()
    except (OSError, SMTPException, ValueError) as error:  # A header that cannot be written.
        _hang_up(server)
        delivery.error = _what_failed(error)
        log.warning("Mail %s not sent: %s", delivery.key, delivery.error)
        delivery.next_attempt_at = now + retry_delay(delivery.attempts)
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.move_to(DeliveryStatus.FAILED, at=now)
    else:
        delivery.move_to(DeliveryStatus.SENT, at=now)
    delivery.save()
    return int(delivery.status == DeliveryStatus.SENT)


def _worn(now: datetime) -> QuerySet[Delivery]:
    """Keep the mails that left so long ago that nobody asks for their words any more."""
    until = now - timedelta(days=settings.MAIL_BODY_DAYS)
    sent = Delivery.objects.filter(status=DeliveryStatus.SENT, status_changed_at__lte=until)
    return sent.exclude(recipient="")


def count_worn(*, now: datetime) -> int:
    """Return how many mails :func:`empty` would empty."""
    return _worn(now).count()


def empty(*, now: datetime, limit: int = 5_000) -> int:
    """Forget the words and the addresses of mails that left ``MAIL_BODY_DAYS`` ago (L12).

    That a mail left, when, of which kind and for which key stays: whoever asks whether somebody
    was told asks by key. Return how many; at most ``limit`` at a time. Safe to repeat.
    """
    found = _worn(now).order_by("status_changed_at").values("pk")[:limit]
    return Delivery.objects.filter(pk__in=found).update(body="", recipient="")


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
