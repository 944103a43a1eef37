"""Signed deliveries: kept as they came, then made into orders, returns and products, once."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from core import audit
from core.errors import DomainError, IdempotencyConflict
from core.models import User
from core.wording import Said
from shop.connectors import generic
from shop.models import InboundEvent, InboundStatus, Shop, WebhookSecret
from shop.services import catalogue, cost_corrections, orders, returns

log = logging.getLogger(__name__)

#: How often an event that met a fault of ours, or killed its worker, is tried before a person
#: has to look.
MAX_ATTEMPTS = 5
#: A signature can be used from five minutes before its time to five minutes after it.
SAME_DELIVERY = timedelta(seconds=2 * generic.TOLERANCE_SECONDS)
#: A shop's operator notices within a month that orders are missing, and until then the bytes show
#: what was sent. After that the rows made of them are the record, and the bytes only a risk.
KEEP_BODIES = timedelta(days=30)


class NotAccepted(DomainError):
    """What a delivery says contradicts what was stored before."""

    code = "not_accepted"

    def __init__(self, conflicts: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{about}: {why}" for about, why in sorted(conflicts.items())))
        self.conflicts = conflicts


@transaction.atomic
def receive(
    *, shop_id: int, event_id: str, signature: str, body: bytes, now: datetime
) -> tuple[InboundEvent, bool]:
    """Check who signed a delivery and keep it, before anything is made of it.

    Return the event and whether it is new: the same delivery again is the first one, also under
    another event id while its signature may still hold (the id is not signed).

    :raises BadHeader, BadSignature: see ``connectors.generic``; nothing is stored.
    :raises IdempotencyConflict: when the event id came before with another body.
    """
    if not 1 <= len(event_id) <= 100 or not event_id.isprintable():
        raise generic.BadHeader("Apport-Event-Id must be 1 to 100 printable characters.")
    verify(shop_id=shop_id, signature=signature, body=body, now=now)
    sha256 = hashlib.sha256(body).hexdigest()
    _one_at_a_time(sha256)
    events = InboundEvent.objects.filter(shop_id=shop_id, connector=generic.NAME).defer("body")
    known = events.filter(event_id=event_id).first()
    if known is None:
        lately = events.filter(sha256=sha256, received_at__gt=now - SAME_DELIVERY)
        known = lately.order_by("pk").first()
    if known is not None:
        return _unchanged(known, sha256), False
    event, created = InboundEvent.objects.get_or_create(
        shop_id=shop_id,
        connector=generic.NAME,
        event_id=event_id,
        defaults={
            "topic": generic.topic_of(body),
            "received_at": now,
            "body": body,
            "sha256": sha256,
            "status_changed_at": now,
        },
    )
    return _unchanged(event, sha256), created


def verify(*, shop_id: int, signature: str, body: bytes, now: datetime) -> None:
    """Check that the shop signed ``body``, with either of its two newest secrets.

    :raises BadHeader, BadSignature: see ``connectors.generic``.
    """
    secrets = WebhookSecret.objects.filter(shop_id=shop_id, retired_at__isnull=True)
    newest = [row.secret for row in secrets.order_by("-created_at")[:2]]
    generic.check_signature(signature, body, secrets=newest, now=now)


def _one_at_a_time(sha256: str) -> None:
    """Let copies of one body wait for each other, until the transaction ends."""
    key = int.from_bytes(bytes.fromhex(sha256)[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _unchanged(event: InboundEvent, sha256: str) -> InboundEvent:
    if event.sha256 != sha256:
        raise IdempotencyConflict(
            f"The event {event.event_id} was already received with another body: use a new"
            " Apport-Event-Id for each message."
        )
    return event


def process_pending(*, now: datetime, limit: int = 200) -> int:
    """Make of the waiting events what they say, each in its own transaction; return how many.

    Several workers may run at once. A refusal is written on the event; a fault of ours is logged,
    and the event waits for the next round. An attempt is counted before it begins, so that an
    event which kills its worker is given up as well.
    """
    waiting = InboundEvent.objects.filter(status=InboundStatus.NEW)
    found = waiting.order_by("attempts", "received_at", "pk").values_list("pk", "attempts")[:limit]
    return sum(_process(pk, attempts, now) for pk, attempts in list(found))


def _process(pk: int, attempts: int, now: datetime) -> bool:
    if not _begin(pk, attempts, now):
        return False
    try:
        with transaction.atomic():
            event = (
                InboundEvent.objects.select_for_update(of=("self",))
                .select_related("shop")
                .filter(pk=pk, status=InboundStatus.NEW)
                .first()
            )
            if event is None:
                return False
            _apply(event, now)
            event.save(update_fields=["status", "status_changed_at", "error", "reasons"])
    except Exception:  # One bad event must not hold up the others.
        log.exception("Inbound event %s could not be processed.", pk)
        _note_fault(pk, now)
        return False
    return True


@transaction.atomic(durable=True)
def _begin(pk: int, attempts: int, now: datetime) -> bool:
    """Count an attempt that follows ``attempts`` others; say whether it may be made.

    It may not when another worker has the event, or counted an attempt since it was looked up.
    """
    event = (
        InboundEvent.objects.select_for_update(skip_locked=True)
        .defer("body")
        .filter(pk=pk, status=InboundStatus.NEW, attempts=attempts)
        .first()
    )
    if event is None:
        return False
    if attempts >= MAX_ATTEMPTS:
        given_up = Said(
            "Given up: %(count)s attempts to read it ended without a result.", count=attempts
        )
        _write(event, [("", given_up)])
        event.move_to(InboundStatus.FAILED, at=now)
    else:
        event.attempts += 1
    event.save(update_fields=["status", "status_changed_at", "attempts", "error", "reasons"])
    return event.status == InboundStatus.NEW


def _apply(event: InboundEvent, now: datetime) -> None:
    try:
        with transaction.atomic():
            _record(event.shop, bytes(event.body), now)
    except NotAccepted as refusal:
        _write(event, sorted(refusal.conflicts.items()))
        event.move_to(InboundStatus.FAILED, at=now)
    except DomainError as refusal:
        _write(event, [("", *refusal.args)])
        event.move_to(InboundStatus.FAILED, at=now)
    else:
        _write(event, [])
        event.move_to(InboundStatus.DONE, at=now)


def _record(shop: Shop, raw: bytes, now: datetime) -> None:
    body = generic.read(raw)
    conflicts: Mapping[str, str]
    if body["schema"] == generic.ORDER:
        order = generic.order(body, shop_code=shop.code)
        conflicts = orders.record(shop_id=shop.pk, orders=[order], now=now).conflicts
    elif body["schema"] == generic.RETURN:
        returned = generic.shop_return(body)
        conflicts = returns.record(shop_id=shop.pk, returns=[returned], now=now).conflicts
    elif body["schema"] == generic.COST:
        cost = generic.cost(body)
        conflicts = cost_corrections.record(shop_id=shop.pk, costs=[cost], now=now).conflicts
    else:
        products = generic.products(body)
        conflicts = catalogue.upsert(shop_id=shop.pk, products=products, now=now).conflicts
    if conflicts:
        raise NotAccepted(conflicts)


def _write(event: InboundEvent, sentences: Sequence[tuple[str, str]]) -> None:
    """Keep why an event failed, and about what: as a text, and in parts that can be translated."""
    event.reasons = [
        {
            "about": about,
            "template": why.template if isinstance(why, Said) else why,
            "facts": why.facts if isinstance(why, Said) else {},
        }
        for about, why in sentences
    ]
    event.error = " ".join(f"{about}: {why}" if about else why for about, why in sentences)


@transaction.atomic
def _note_fault(pk: int, now: datetime) -> None:
    event = InboundEvent.objects.select_for_update().defer("body").get(pk=pk)
    if event.status != InboundStatus.NEW:
        return
    _write(event, [("", Said("An error of ours: the log has it."))])
    if event.attempts >= MAX_ATTEMPTS:
        event.move_to(InboundStatus.FAILED, at=now)
    event.save(update_fields=["status", "status_changed_at", "error", "reasons"])


@transaction.atomic
def replay(*, event_id: int, actor: User, now: datetime) -> InboundEvent:
    """Put a failed event back among those that wait, after its cause was removed.

    :raises InvalidTransition: when it did not fail.
    """
    event = InboundEvent.objects.select_for_update().defer("body").get(pk=event_id)
    event.move_to(InboundStatus.NEW, at=now)
    event.attempts = 0
    event.save(update_fields=["status", "status_changed_at", "attempts"])
    audit.record(actor=actor, verb="inbound.replayed", subject=event, at=now,
                 data={"error": event.error})  # fmt: skip
    return event


def purge(*, now: datetime) -> int:
    """Empty the bodies of events older than 30 days that were worked on; return how many.

    The row and its SHA-256 stay: the same delivery again is still known. A body that failed is
    kept until it was worked on.
    """
    over = InboundEvent.objects.filter(
        status__in=[InboundStatus.DONE, InboundStatus.IGNORED], received_at__lt=now - KEEP_BODIES
    )
    return over.exclude(body=b"").update(body=b"")
