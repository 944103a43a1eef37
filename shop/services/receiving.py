"""Deliveries as they come: checked, kept as they are, answered; read later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from core import locks
from core.errors import IdempotencyConflict
from core.wording import Said
from shop.connectors import generic
from shop.connectors.contract import BadSignature, Connector, Delivery, Record
from shop.connectors.registry import connector
from shop.models import (
    CAME_AGAIN,
    GIVEN_UP,
    Connection,
    InboundEvent,
    InboundStatus,
    SignedWith,
)
from shop.services.connections import secrets_of

#: A signature can be used from five minutes before its time to five minutes after it.
SAME_DELIVERY = timedelta(seconds=2 * generic.TOLERANCE_SECONDS)
#: How the names of headers begin that say what a delivery is.
_KEPT = ("x-shopify-", "shopify-", "x-wc-", "saleor-", "x-saleor-", "x-adobe-", "apport-",
         "content-type", "user-agent")  # fmt: skip
_NEVER = ("signature", "hmac", "secret", "token")
_LONGEST_HEADER = 200


def trusted_secrets(connection: Connection, delivery: Delivery) -> Sequence[str]:
    """Return what a delivery is checked with. It may ask the platform: outside of transactions."""
    platform = connector(connection.connector)
    return platform.trusted(delivery, address=connection.address, secrets=secrets_of(connection))


@transaction.atomic
def receive(
    *,
    connection: Connection,
    delivery: Delivery,
    now: datetime,
    secrets: Sequence[str] | None = None,
) -> tuple[InboundEvent | None, bool]:
    """Check who signed a delivery and keep it, before anything is made of it.

    Return the event and whether it is new: the same delivery again is the first one, also under
    another event id while its signature may still hold (the id is not signed). One that was given
    up is as good as new. No event: it was a platform's sign of life. Kept with which secret it was
    signed; what nobody signed is not kept, for anybody can send it. ``secrets``: what it is checked
    with; None: those of the connection.

    :raises BadHeader, BadSignature: see the connector; nothing is stored.
    :raises IdempotencyConflict: when the event id of the generic webhook came before with another
        body.
    """
    platform = connector(connection.connector)
    checked_with = secrets_of(connection) if secrets is None else secrets
    signed_with = _signed_with(platform, delivery, checked_with, now)
    if not platform.is_of(delivery, connection.address):
        raise BadSignature("The delivery is of another shop than this connection's.")
    arrival = platform.arrival(delivery)
    if arrival.is_ping:
        return None, False
    sha256 = hashlib.sha256(delivery.body).hexdigest()
    locks.hold(f"delivery:{sha256}")  # Copies of one body wait in turn.
    event_id, topic = arrival.event_id[:100], arrival.topic[:60]
    known = _known(connection, event_id, topic, sha256, now)
    if known is not None:
        return _again(known.pk, delivery.body, now)
    events = InboundEvent.objects.filter(connection=connection, topic=topic)
    if events.filter(event_id=event_id).exists():
        event_id = f"{event_id[:80]}~{sha256[:16]}"  # Another body: nothing is ever lost.
    return InboundEvent.objects.get_or_create(
        connection=connection,
        event_id=event_id,
        topic=topic,
        defaults={
            "shop": connection.shop,
            "connector": connection.connector,
            "subject": arrival.subject[:64],
            "delivery_id": arrival.delivery_id[:100],
            "triggered_at": arrival.triggered_at,
            "headers": _headers(delivery),
            "signed_with": signed_with,
            "received_at": now,
            "body": delivery.body,
            "sha256": sha256,
            "status_changed_at": now,
        },
    )


def keep_asked(
    *, connection: Connection, record: Record, now: datetime
) -> tuple[InboundEvent, bool]:
    """Keep what a platform's API said, to be read as a delivery is; the same again is the first.

    One that failed or was given up before waits anew: it was asked for because it is not here.
    Return the event and whether it is new, or as good as new.
    """
    sha256 = hashlib.sha256(record.body).hexdigest()
    with transaction.atomic():
        event, created = InboundEvent.objects.get_or_create(
            connection=connection,
            event_id=f"{record.subject[:50]}@{sha256[:32]}",
            topic=record.topic[:60],
            defaults={
                "shop": connection.shop,
                "connector": connection.connector,
                "subject": record.subject[:64],
                "signed_with": SignedWith.ASKED,
                "received_at": now,
                "body": record.body,
                "sha256": sha256,
                "status_changed_at": now,
            },
        )
        if created:
            return event, True
        event, is_back = _again(event.pk, record.body, now)
        if event.status == InboundStatus.FAILED:
            event.move_to(InboundStatus.NEW, at=now)
            event.attempts, event.warned_at = 0, None
            event.save(update_fields=["status", "status_changed_at", "attempts", "warned_at"])
    return event, is_back


def _again(pk: int, body: bytes, now: datetime) -> tuple[InboundEvent, bool]:
    """Return a known delivery whose bytes came again, locked, and whether it waits because of that.

    One that was given up has lost what it said, and here it is.
    """
    event = InboundEvent.objects.select_for_update().get(pk=pk)
    if not event.is_given_up:
        return event, False
    event.come_again(body, at=now)
    event.save(update_fields=CAME_AGAIN)
    return event, True


def supersede(*, connection: Connection, records: Sequence[Record], now: datetime) -> None:
    """Give up failed answers of before about the same: what is said now is all there is to say."""
    told = {(record.topic[:60], record.subject[:64]): record.body for record in records}
    earlier = InboundEvent.objects.filter(
        connection=connection,
        status=InboundStatus.FAILED,
        signed_with=SignedWith.ASKED,
        subject__in=[subject for _topic, subject in told],
    ).select_for_update()
    for event in earlier.defer("body"):
        now_said = told.get((event.topic, event.subject))
        if now_said is None or hashlib.sha256(now_said).hexdigest() == event.sha256:
            continue
        event.give_up(Said("It was asked for again, and another answer came."), at=now)
        event.save(update_fields=GIVEN_UP)


def _known(
    connection: Connection, event_id: str, topic: str, sha256: str, now: datetime
) -> InboundEvent | None:
    """Return the delivery that this one repeats, if it does.

    :raises IdempotencyConflict: when the generic webhook used its event id for another body.
    """
    rows = InboundEvent.objects.filter(connection=connection).defer("body")
    is_generic = connection.connector == generic.NAME
    same = rows.filter(event_id=event_id) if is_generic else rows.filter(
        event_id=event_id, topic=topic, sha256=sha256
    )  # fmt: skip
    known = same.first()
    if known is None:
        lately = rows.filter(sha256=sha256, topic=topic, received_at__gt=now - SAME_DELIVERY)
        known = lately.order_by("pk").first()
    if known is not None and known.sha256 != sha256:
        raise IdempotencyConflict(
            f"The event {known.event_id} was already received with another body: use a new"
            " Apport-Event-Id for each message."
        )
    return known


def _signed_with(
    platform: Connector, delivery: Delivery, secrets: Sequence[str], now: datetime
) -> SignedWith:
    """Return which of the secrets fits.

    :raises BadHeader, BadSignature: when none does.
    """
    try:
        platform.check(delivery, secrets=secrets[:1], now=now)
    except BadSignature:
        if len(secrets) < 2:  # noqa: PLR2004  # The newest alone.
            raise
        platform.check(delivery, secrets=secrets[1:], now=now)
        return SignedWith.OLDER
    return SignedWith.NEWEST


def _headers(delivery: Delivery) -> dict[str, str]:
    return {
        name: text[:_LONGEST_HEADER]
        for name, text in sorted(delivery.headers.items())
        if name.startswith(_KEPT) and not any(word in name for word in _NEVER)
    }
