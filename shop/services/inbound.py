"""Deliveries that were kept, made into orders, returns and products: each of them once."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from core import audit
from core.errors import DomainError, InvalidTransition
from core.models import User
from core.wording import Said, sentence_of
from shop.connectors.api import ShopHasNot, ShopRefused, ShopUnreachable
from shop.domain.moments import Told
from shop.domain.states import Facts, together
from shop.models import Connection, InboundEvent, InboundStatus, SignedWith
from shop.services import dead_letters
from shop.services.applying import apply
from shop.services.connections import facts_of, generic_of, poller_of
from shop.services.receiving import keep_asked

log = logging.getLogger(__name__)

#: How often an event that met a fault of ours, or killed its worker, is tried before a person
#: has to look.
MAX_ATTEMPTS = 5
#: A shop's operator notices within a month that orders are missing, and until then the bytes show
#: what was sent. After that the rows made of them are the record, and the bytes only a risk.
KEEP_BODIES = timedelta(days=30)
#: So many events are stored in one transaction: it holds the shop's lock for a fifth of a second.
TOGETHER = 50
#: So long a platform that did not answer is not asked again. To find that out takes minutes, and
#: other shops' deliveries need the workers.
AWAY = timedelta(minutes=10)


class _Away(Exception):
    """A platform that did not answer lately: it is asked later."""


class NotAccepted(DomainError):
    """What a delivery says contradicts what was stored before."""

    code = "not_accepted"

    def __init__(self, conflicts: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{about}: {why}" for about, why in sorted(conflicts.items())))
        self.conflicts = conflicts


def process_pending(*, now: datetime, limit: int = 10_000) -> int:
    """Make of the waiting events what they say, each of them once; return how many.

    Several workers may run at once. A refusal is written on the event; a fault of ours is logged,
    and the event waits for the next round. An attempt is counted before it begins, so that an
    event which kills its worker is given up as well. A platform that does not answer is left in
    peace for :data:`AWAY`: what must be asked of it waits, and the others go on.

    Orders and returns that are read for the first time are stored together, :data:`TOGETHER` of
    them in one transaction. Where one of them is refused, or does harm, each is read by itself.
    """
    found = _waiting(now).order_by("attempts", "received_at", "pk").values_list("pk", "attempts")
    waiting = list(found[:limit])
    first = [pk for pk, attempts in waiting if not attempts]
    done = 0
    for start in range(0, len(first), TOGETHER):
        done += _process_together(first[start : start + TOGETHER], now)
    return done + sum(_process(pk, attempts, now) for pk, attempts in waiting if attempts)


def _process_together(pks: Sequence[int], now: datetime) -> int:
    begun = _begin_first(pks)
    told: dict[Connection, list[tuple[int, Facts]]] = defaultdict(list)
    if len(begun) > 1:
        for pk, connection, facts in _orders_of(begun, now):
            told[connection].append((pk, facts))
    grouped = {pk for several in told.values() for pk, _facts in several}
    # What is in no group goes first: the costs that orders are stored with may come with it.
    done = sum(_read(pk, 0, now) for pk in begun if pk not in grouped)
    for connection, several in told.items():
        stored = _store_together(connection, several, now)
        done += sum(_read(pk, 0, now) for pk, _facts in several) if stored is None else stored
    return done


def _orders_of(pks: Sequence[int], now: datetime) -> Iterator[tuple[int, Connection, Facts]]:
    """Yield those events that tell of orders and returns alone, their connections, and of what."""
    events = InboundEvent.objects.select_related("shop", "connection__shop").in_bulk(pks)
    for pk in pks:
        event = events[pk]
        connection = event.connection or generic_of(event.shop, now=now)
        try:
            facts = facts_of(connection, event.topic, bytes(event.body))
        except Exception:  # noqa: BLE001, S112 - read by itself, it is told why.
            continue
        if facts != Facts() and facts == Facts(orders=facts.orders, returns=facts.returns):
            yield pk, connection, facts


def _store_together(
    connection: Connection, told: Sequence[tuple[int, Facts]], now: datetime
) -> int | None:
    """Store what several events say; return how many still waited, None when nothing is stored."""
    try:
        with transaction.atomic():
            rows = InboundEvent.objects.select_for_update().filter(
                pk__in=[pk for pk, _facts in told], status=InboundStatus.NEW
            )
            held = set(rows.order_by("pk").values_list("pk", flat=True))
            conflicts = apply(
                connection=connection,
                facts=together(facts for pk, facts in told if pk in held),
                event_id="",
                told=Told(now),
                now=now,
            )
            if conflicts:
                raise NotAccepted(conflicts)
            return rows.filter(pk__in=held).update(
                status=InboundStatus.DONE, status_changed_at=now, error="", reasons=[]
            )
    except NotAccepted:
        return None
    except Exception:  # One bad event must not hold up the others.
        log.warning("%s inbound events are read one by one.", len(told), exc_info=True)
        return None


def _waiting(now: datetime) -> QuerySet[InboundEvent]:
    return InboundEvent.objects.filter(
        Q(connection__isnull=True) | Q(connection__paused_at__isnull=True),
        Q(must_ask=False)
        | Q(connection__away_until__isnull=True)
        | Q(connection__away_until__lte=now),
        status=InboundStatus.NEW,
    )


def _process(pk: int, attempts: int, now: datetime) -> bool:
    return _begin(pk, attempts, now) and _read(pk, attempts, now)


def _read(pk: int, attempts: int, now: datetime) -> bool:
    """Read an event whose attempt is counted; ``attempts``: those that were made before."""
    try:
        event = InboundEvent.objects.select_related("shop", "connection__shop").get(pk=pk)
        return _work(event, now)
    except _Away:
        InboundEvent.objects.filter(pk=pk).update(attempts=attempts, must_ask=True)
    except (ShopUnreachable, ShopRefused) as refusal:
        _note_fault(pk, sentence_of(refusal), now)
    except Exception:  # One bad event must not hold up the others.
        log.exception("Inbound event %s could not be processed.", pk)
        _note_fault(pk, Said("An error of ours: the log has it."), now)
    return False


def _work(event: InboundEvent, now: datetime) -> bool:
    """Read an event and store what it says; what it tells to ask for is asked for at once."""
    connection = event.connection or generic_of(event.shop, now=now)
    why: Sequence[tuple[str, str]] = ()
    status = InboundStatus.DONE
    try:
        facts = facts_of(connection, event.topic, bytes(event.body))
    except DomainError as refusal:
        facts, status, why = Facts(), InboundStatus.FAILED, [("", sentence_of(refusal))]
    else:
        if facts.ignored:
            status, why = InboundStatus.IGNORED, [("", facts.ignored)]
        elif unasked := _ask_for(connection, facts.wanted_orders, now):
            status, why = InboundStatus.FAILED, [("", unasked)]
    return _store(event.pk, connection, facts, status, why, now)


def _ask_for(connection: Connection, order_ids: Sequence[str], now: datetime) -> str:
    """Ask the platform for orders that changed; return why they could not be asked for."""
    if not order_ids:
        return ""
    poller = poller_of(connection)
    if poller is None:
        return Said(
            "It tells that the order %(order)s changed, not how: enter the way to the shop's API,"
            " then replay it.",
            order=order_ids[0],
        )
    if not _may_ask(connection, now):
        raise _Away
    away_until = None
    try:
        for order_id in order_ids:
            try:
                keep_asked(connection=connection, record=poller.order(order_id), now=now)
            except ShopHasNot:
                return Said("The shop's API does not know the order %(order)s.", order=order_id)
    except ShopUnreachable:
        away_until = now + AWAY
        raise
    finally:
        if away_until != connection.away_until:
            Connection.objects.filter(pk=connection.pk).update(away_until=away_until)
    return ""


def _may_ask(connection: Connection, now: datetime) -> bool:
    """Say whether a platform may be asked. Of one that was away, one worker sees if it is back."""
    until = connection.away_until
    if until is None or until > now:
        return until is None
    asker = Connection.objects.filter(pk=connection.pk, away_until=until)
    return bool(asker.update(away_until=now + AWAY))


@transaction.atomic
def _store(
    pk: int,
    connection: Connection,
    facts: Facts,
    status: InboundStatus,
    why: Sequence[tuple[str, str]],
    now: datetime,
) -> bool:
    event = (
        InboundEvent.objects.select_for_update().defer("body")
        .filter(pk=pk, status=InboundStatus.NEW).first()
    )  # fmt: skip
    if event is None:
        return False
    try:
        with transaction.atomic():
            _apply(connection, facts, event, now)
    except NotAccepted as refusal:
        status, why = InboundStatus.FAILED, sorted(refusal.conflicts.items())
    except DomainError as refusal:
        status, why = InboundStatus.FAILED, [("", sentence_of(refusal))]
    event.note(why)
    event.move_to(status, at=now)
    event.save(update_fields=["status", "status_changed_at", "error", "reasons"])
    return True


def _apply(connection: Connection, facts: Facts, event: InboundEvent, now: datetime) -> None:
    told = Told(event.received_at, was_asked=event.signed_with == SignedWith.ASKED)
    conflicts = apply(
        connection=connection, facts=facts, event_id=event.event_id, told=told, now=now
    )
    if conflicts:
        raise NotAccepted(conflicts)


@transaction.atomic(durable=True)
def _begin_first(pks: Sequence[int]) -> list[int]:
    """Count the first attempt of those events that no other worker has; return them in order."""
    free = InboundEvent.objects.select_for_update(skip_locked=True).filter(
        pk__in=pks, status=InboundStatus.NEW, attempts=0
    )
    mine = set(free.values_list("pk", flat=True))
    InboundEvent.objects.filter(pk__in=mine).update(attempts=1)
    return [pk for pk in pks if pk in mine]


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
        event.note([("", given_up)])
        event.move_to(InboundStatus.FAILED, at=now)
    else:
        event.attempts += 1
    event.save(update_fields=["status", "status_changed_at", "attempts", "error", "reasons"])
    return event.status == InboundStatus.NEW


@transaction.atomic
def _note_fault(pk: int, why: str, now: datetime) -> None:
    event = InboundEvent.objects.select_for_update().defer("body").get(pk=pk)
    if event.status != InboundStatus.NEW:
        return
    event.note([("", why)])
    if event.attempts >= MAX_ATTEMPTS:
        event.move_to(InboundStatus.FAILED, at=now)
    event.save(update_fields=["status", "status_changed_at", "error", "reasons"])


@transaction.atomic
def replay(*, event_id: int, actor: User, now: datetime) -> InboundEvent:
    """Put a failed event back among those that wait, after its cause was removed.

    :raises InvalidTransition: when it did not fail.
    """
    event = InboundEvent.objects.select_for_update().defer("body").get(pk=event_id)
    if event.status == InboundStatus.IGNORED:  # That arrow is for bytes that come again.
        raise InvalidTransition("What was ignored cannot be replayed: let it be sent again.")
    event.move_to(InboundStatus.NEW, at=now)
    event.attempts, event.warned_at = 0, None
    event.save(update_fields=["status", "status_changed_at", "attempts", "warned_at"])
    audit.record(actor=actor, verb="inbound.replayed", subject=event, at=now,
                 data={"error": event.error})  # fmt: skip
    return event


@transaction.atomic
def replay_all(
    *, connection_id: int, topic: str = "", actor: User, now: datetime, most: int = 10_000
) -> int:
    """Put the failed events of a connection back among those that wait; return how many.

    For after a fix: the oldest first, at most ``most`` at once.
    """
    connection = Connection.objects.get(pk=connection_id)
    failed = InboundEvent.objects.filter(status=InboundStatus.FAILED, connection=connection)
    if topic:
        failed = failed.filter(topic=topic)
    waiting = failed.order_by("pk").select_for_update(skip_locked=True)
    pks = list(waiting.values_list("pk", flat=True)[:most])
    InboundEvent.objects.filter(pk__in=pks).update(
        status=InboundStatus.NEW, status_changed_at=now, attempts=0, warned_at=None
    )
    if pks:
        audit.record(actor=actor, verb="inbound.replayed_all", subject=connection, at=now,
                     data={"count": len(pks), "topic": topic})  # fmt: skip
    return len(pks)


def purge(*, now: datetime) -> int:
    """Empty the bodies of events older than 30 days that were worked on; return how many.

    The row and its SHA-256 stay: the same delivery again is still known. Of bodies that failed
    staff are told before they go: ``dead_letters``.
    """
    return over(now=now).update(body=b"")


def over(*, now: datetime) -> QuerySet[InboundEvent]:
    """Return the events that were worked on and whose bodies are older than 30 days."""
    return InboundEvent.objects.filter(
        status__in=[InboundStatus.DONE, InboundStatus.IGNORED], received_at__lt=now - KEEP_BODIES
    ).exclude(body=b"")


def purge_all(*, now: datetime) -> int:
    """Empty old bodies; of those that failed staff are told a week before. Return how many."""
    dead_letters.warn(now=now)
    return purge(now=now) + dead_letters.drop(now=now)
