"""Asking a platform what changed: page by page, on from where the last round stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from core.errors import DomainError
from core.wording import remembered, sentence_of
from shop.connectors.api import ShopRefused
from shop.connectors.contract import Page, Poller, Record, UnreadableBody
from shop.domain.moments import Told
from shop.domain.states import Facts, OrderState
from shop.models import (
    Connection,
    Difference,
    DifferenceKind,
    InboundEvent,
    InboundStatus,
    Order,
    SyncKind,
    SyncRun,
    SyncSeen,
)
from shop.services.applying import apply
from shop.services.comparing import Found, compare
from shop.services.connections import facts_of, poller_of
from shop.services.receiving import keep_asked, supersede

#: Platforms' clocks and indexes lag: every round asks again for the end of the one before.
OVERLAP = timedelta(hours=2)
#: The catalogue is asked for whole again after so long.
WHOLE_CATALOGUE = timedelta(hours=22)
#: What the nightly comparison looks at, and the first round of a new connection.
COMPARED = timedelta(days=60)
#: Rounds that end without an answer, in a row, before one is given up; the next one begins anew.
MOST_ATTEMPTS = 12
#: An order of the last hour may still be on its way into the platform's own list.
FRESH = timedelta(hours=1)
#: A difference that is older than this is no longer looked at again by itself.
SETTLED = timedelta(days=2)


def run(*, connection_id: int, kind: SyncKind, now: datetime) -> SyncRun | None:
    """Ask for all pages of one round; return it, or None where there is nobody to ask.

    A round that met a fault is finished by the next call, from the page where it stopped. Safe to
    race: two workers repeat a page at worst, and a page that is told twice is told once.
    """
    connection = Connection.objects.select_related("shop").get(pk=connection_id)
    try:
        poller = poller_of(connection) if connection.is_active else None
    except DomainError as refusal:
        _note(_begin(connection, kind, now), refusal, now)
        return None
    if poller is None:
        return None
    row = _begin(connection, kind, now)
    try:
        while row.finished_at is None:
            _take(connection, row, _page(poller, row), now)
    except DomainError as refusal:
        _note(row, refusal, now)
    return row


def _begin(connection: Connection, kind: SyncKind, now: datetime) -> SyncRun:
    row, _new = SyncRun.objects.get_or_create(
        connection=connection,
        kind=kind,
        finished_at=None,
        defaults={"since": _since(connection, kind, now), "until": now, "started_at": now},
    )
    return row


def _since(connection: Connection, kind: SyncKind, now: datetime) -> datetime | None:
    if kind == SyncKind.CATALOGUE:
        return _products_since(connection, now)
    if kind == SyncKind.ORDERS and connection.orders_until:
        return connection.orders_until - OVERLAP
    return now - COMPARED


def _products_since(connection: Connection, now: datetime) -> datetime | None:
    """Return since when products are asked for; None: all of them, once a day.

    On some platforms stock, and costs of variants, change without moving the product's own time.
    """
    whole = SyncRun.objects.filter(
        connection=connection,
        kind=SyncKind.CATALOGUE,
        since__isnull=True,
        finished_at__gt=now - WHOLE_CATALOGUE,
        error="",
    )
    if connection.products_until is None or not whole.exists():
        return None
    return connection.products_until - OVERLAP


def _page(poller: Poller, row: SyncRun) -> Page:
    if row.kind == SyncKind.CATALOGUE:
        return poller.products(since=row.since, cursor=row.cursor)
    return poller.orders(since=row.since or row.until, until=row.until, cursor=row.cursor)


@transaction.atomic
def _take(connection: Connection, row: SyncRun, page: Page, now: datetime) -> None:
    """Store what a page tells, and where to go on: both, or neither."""
    locked = SyncRun.objects.select_for_update().get(pk=row.pk)
    if (locked.pages, locked.finished_at) != (row.pages, None):
        row.refresh_from_db()  # Another worker took the page.
        return
    if row.kind == SyncKind.CATALOGUE:
        _catalogue(connection, row, page.records, now)
    else:
        _orders(connection, row, page.records, now)
    row.pages += 1
    row.seen += len(page.records)
    for record in page.records:
        row.bytes += len(record.body)
        row.sha256 = hashlib.sha256(row.sha256.encode() + record.body).hexdigest()
    row.cursor, row.attempts, row.error, row.reasons = page.cursor, 0, "", []
    if not page.cursor:
        _finish(connection, row, now)
    row.save()


def _facts(
    connection: Connection, records: Sequence[Record], now: datetime
) -> list[tuple[Record, Facts]]:
    """Read records; one that cannot be read is kept, and fails where people see it."""
    found = []
    for record in records:
        try:
            found.append((record, facts_of(connection, record.topic, record.body)))
        except UnreadableBody:
            keep_asked(connection=connection, record=record, now=now)
    return found


def _orders(connection: Connection, row: SyncRun, records: Sequence[Record], now: datetime) -> None:
    told: dict[str, tuple[Record, OrderState]] = {}
    for record, facts in _facts(connection, records, now):
        told.update({state.order.external_id: (record, state) for state in facts.orders})
    done = compare(connection.shop_id, [state for _record, state in told.values()])
    # Pages may overlap: an order that is told twice in a round differs once. And what is on the
    # list already, or was explained there, is not told again each hour and night.
    before = Difference.objects.filter(connection=connection, order_external_id__in=told)
    this_time = set(before.filter(run=row).values_list("order_external_id", flat=True))
    known = {_about(one): one for one in before.filter(repaired_at__isnull=True)}
    for found in done.found:
        if found.external_id not in this_time:
            event, _new = keep_asked(
                connection=connection, record=told[found.external_id][0], now=now
            )
            row.differing += _differs(row, found, known.get(astuple(found)), event, now)
    row.theirs_minor += done.theirs_minor
    row.ours_minor += done.ours_minor
    if row.kind == SyncKind.COMPARISON:
        SyncSeen.objects.bulk_create(
            (SyncSeen(run=row, external_id=one) for one in told), ignore_conflicts=True
        )


def _about(row: Difference) -> tuple[str, ...]:
    return row.order_external_id, row.kind, row.ours, row.theirs


def _differs(
    row: SyncRun, found: Found, known: Difference | None, event: InboundEvent, now: datetime
) -> bool:
    """Note that an order differed, and what the platform says; tell whether that is new."""
    if known is None:
        Difference.objects.create(
            run=row, connection=row.connection, order_external_id=found.external_id,
            kind=found.kind, ours=found.ours, theirs=found.theirs, event=event, found_at=now,
        )  # fmt: skip
    elif known.explained_at is None:
        Difference.objects.filter(pk=known.pk).update(event=event)
    return known is None


def _catalogue(
    connection: Connection, row: SyncRun, records: Sequence[Record], now: datetime
) -> None:
    told = Told(now, was_asked=True)
    supersede(connection=connection, records=records, now=now)
    for record, facts in _facts(connection, records, now):
        try:
            refused = apply(connection=connection, facts=facts, event_id="", told=told, now=now)
        except DomainError as refusal:
            refused = {record.subject: str(refusal)}
        row.refused += len(refused)
        if refused:
            keep_asked(connection=connection, record=record, now=now)


def _finish(connection: Connection, row: SyncRun, now: datetime) -> None:
    row.finished_at = now
    if row.kind == SyncKind.CATALOGUE:
        Connection.objects.filter(pk=connection.pk).update(products_until=row.until)
    else:
        Connection.objects.filter(pk=connection.pk).update(orders_until=row.until)
    if row.kind == SyncKind.COMPARISON:
        _unknown_there(connection, row, now)
        SyncSeen.objects.filter(run=row).delete()


def _unknown_there(connection: Connection, row: SyncRun, now: datetime) -> None:
    """Find the orders of the period that the platform did not tell of. Told once each."""
    told = SyncSeen.objects.filter(run=row, external_id=OuterRef("external_id"))
    before = Difference.objects.filter(
        connection=connection,
        order_external_id=OuterRef("external_id"),
        kind=DifferenceKind.UNKNOWN_THERE,
    )
    missing = Order.objects.filter(
        ~Exists(told), ~Exists(before), connection=connection, is_addition=False,
        placed_at__gte=row.since or row.until, placed_at__lt=row.until - FRESH,
        source_updated_at__gte=row.since or row.until,
    )  # fmt: skip
    rows = [
        Difference(run=row, connection=connection, order_external_id=one, found_at=now,
                   kind=DifferenceKind.UNKNOWN_THERE)
        for one in missing.order_by("pk").values_list("external_id", flat=True)
    ]  # fmt: skip
    Difference.objects.bulk_create(rows)
    row.differing += len(rows)


def _note(row: SyncRun, refusal: DomainError, now: datetime) -> None:
    """Keep why a round stopped; after too many it is over, and the next begins anew."""
    row.attempts += 1
    row.error = str(refusal)
    row.reasons = remembered([("", sentence_of(refusal))])
    if row.attempts >= MOST_ATTEMPTS or isinstance(refusal, ShopRefused):
        row.finished_at = now
        SyncSeen.objects.filter(run=row).delete()
    row.save()


def settle(*, now: datetime, limit: int = 500) -> int:
    """Mark the differences whose order is now as the platform said; return how many.

    What was read and differs still waits for a person, or for the platform to say more. All that
    are young are looked at, ``limit`` at once: those that stay hold up no other.
    """
    done = InboundEvent.objects.filter(pk=OuterRef("event"), status=InboundStatus.DONE)
    rows = Difference.objects.filter(
        Exists(done),
        Q(found_at__gte=now - SETTLED) | Q(event__status_changed_at__gte=now - SETTLED),
        repaired_at__isnull=True,
        explained_at__isnull=True,
    ).select_related("event", "connection__shop")
    last, count = 0, 0
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:limit]):
        last = page[-1].pk
        repaired = [row.pk for row in page if not _differs_still(row)]
        count += Difference.objects.filter(pk__in=repaired).update(repaired_at=now)
    return count


def _differs_still(row: Difference) -> bool:
    event, connection = row.event, row.connection
    if event is None or not event.body:
        return False
    try:
        facts = facts_of(connection, event.topic, bytes(event.body))
    except UnreadableBody:
        return True
    states = [one for one in facts.orders if one.order.external_id == row.order_external_id]
    return bool(compare(connection.shop_id, states).found)
