"""Messages that failed for good: listed for people, and tried again when they say so (P53)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.models import Delivery, DeliveryStatus
from core.nudge import nudge
from core.tasks import send_deliveries
from payouts.models import StripeEvent
from payouts.services.stripe_events import ATTEMPTS

SHOWN = 100


class MessageKind(StrEnum):
    STRIPE = "stripe"
    MAIL = "mail"


class NothingFailed(DomainError):
    """The message is gone, was handled, or is still being tried."""

    code = "nothing_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedMessage:
    """One message that nobody tries any more. ``subject`` says what it is about."""

    kind: MessageKind
    pk: int
    subject: str
    to: str
    error: str
    attempts: int
    since: datetime


def failed_messages() -> list[FailedMessage]:
    """Return what is not tried any more, oldest first, a hundred of each kind at most."""
    return sorted([*_of_stripe(), *_mails()], key=lambda one: (one.since, one.kind, one.pk))


@transaction.atomic
def try_again(*, kind: MessageKind, pk: int, actor_id: int, now: datetime) -> None:
    """Let a message that failed for good be tried as if it were new. The audit trail says who.

    :raises NothingFailed: when it did not fail for good, or somebody was quicker.
    """
    if kind == MessageKind.STRIPE:
        event = _failed_events().select_for_update().filter(pk=pk).first()
        if event is None:
            raise NothingFailed(_("This message is no longer one that failed."))
        event.attempts = 0
        event.save(update_fields=["attempts"])
        nudge("payouts.tasks.handle_stripe_events")
        audit.record(actor=actor_id, verb="message.tried_again", subject=event, at=now)
        return
    mail = _failed_mails().select_for_update().filter(pk=pk).first()
    if mail is None:
        raise NothingFailed(_("This message is no longer one that failed."))
    mail.move_to(DeliveryStatus.QUEUED, at=now)
    mail.attempts, mail.next_attempt_at = 0, now
    mail.save(update_fields=["status", "status_changed_at", "attempts", "next_attempt_at"])
    nudge(send_deliveries)
    audit.record(actor=actor_id, verb="message.tried_again", subject=mail, at=now)


def _of_stripe() -> Iterator[FailedMessage]:
    for event in _failed_events().order_by("received_at", "pk")[:SHOWN]:
        yield FailedMessage(
            kind=MessageKind.STRIPE, pk=event.pk, subject=event.kind,
            to=event.account or event.subject, error=event.error, attempts=event.attempts,
            since=event.received_at,
        )  # fmt: skip


def _mails() -> Iterator[FailedMessage]:
    for mail in _failed_mails().order_by("status_changed_at", "pk")[:SHOWN]:
        yield FailedMessage(
            kind=MessageKind.MAIL, pk=mail.pk, subject=mail.subject, to=mail.recipient,
            error=mail.error, attempts=mail.attempts, since=mail.status_changed_at,
        )  # fmt: skip


def _failed_events() -> QuerySet[StripeEvent]:
    return StripeEvent.objects.filter(handled_at__isnull=True, attempts__gte=ATTEMPTS)


def _failed_mails() -> QuerySet[Delivery]:
    return Delivery.objects.filter(status=DeliveryStatus.FAILED)
