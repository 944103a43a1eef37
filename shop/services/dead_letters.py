"""Deliveries that failed and that nobody worked on: their end is announced before it comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import audit, staff
from core.letters import saying, send
from core.wording import Said
from shop.models import GIVEN_UP, Connection, InboundEvent, InboundStatus

#: So long before a body is deleted staff are told of it, at least.
WARNED_BEFORE = timedelta(days=7)
_AT_ONCE = 500


def kept_for() -> timedelta:
    """Return how long a body is kept that failed, from its last failure on."""
    return timedelta(days=settings.FAILED_BODY_DAYS)


def ending(failed: QuerySet[InboundEvent], *, now: datetime) -> QuerySet[InboundEvent]:
    """Return those of the failed deliveries whose bodies are soon to be deleted."""
    return failed.filter(
        status=InboundStatus.FAILED, status_changed_at__lte=now - kept_for() + WARNED_BEFORE
    ).exclude(body=b"")


@transaction.atomic
def warn(*, now: datetime) -> int:
    """Write to managers which bodies will be deleted, once of each; return of how many.

    One letter of all that are new: written with the marks, or neither. Without a manager nobody
    is told, and so nothing is deleted.
    """
    if not staff.of_role("manager").exists():
        return 0
    found = ending(InboundEvent.objects.filter(warned_at__isnull=True), now=now)
    pks = list(found.order_by("pk").select_for_update().values_list("pk", flat=True))
    if not pks:
        return 0
    told = InboundEvent.objects.filter(pk__in=pks)
    _write(told, now)
    return told.update(warned_at=now)


def _write(told: QuerySet[InboundEvent], now: datetime) -> None:
    counts = list(
        told.values_list("connection__name", "shop__name").annotate(count=Count("pk")).order_by()
    )
    total = sum(count for _connection, _shop, count in counts)
    first = told.aggregate(at=Min("status_changed_at"))["at"] + kept_for()
    write_of_ending(counts, total, max(first, now + WARNED_BEFORE), now)


def write_of_ending(
    counts: Sequence[tuple[str | None, str | None, int]], total: int, day: datetime, now: datetime
) -> None:
    """Write to the managers how many deliveries of which connection or shop end on ``day``."""
    send(
        staff.of_role("manager"),
        f"failed-bodies:{now:%Y%m%d%H%M%S}",
        saying(
            lambda: ngettext(
                "%(count)s failed delivery will be deleted",
                "%(count)s failed deliveries will be deleted",
                total,
            )
            % {"count": total},
            lambda: (
                _("They were not worked on. From %(day)s on their bodies are deleted, and what they"
                  " say is lost. Correct the cause and replay them.")
                % {"day": date_format(localtime(day), "j M Y")},
                "\n".join(sorted(f"{name or shop}: {count}" for name, shop, count in counts)),
                f"{settings.PUBLIC_URL}/manage/inbound/",
            ),
        ),
        now,
        kind="deliveries_ending",
    )  # fmt: skip


def drop(*, now: datetime) -> int:
    """Empty the bodies whose time is over, if staff were told in time; return how many.

    The row and its SHA-256 stay, with the word that it was never worked on.
    """
    due = over(now).order_by("pk")
    done = 0
    while pks := list(due.values_list("pk", flat=True)[:_AT_ONCE]):
        done += _drop(pks, now)
    return done


def over(now: datetime) -> QuerySet[InboundEvent]:
    """Return what failed, was announced in time, and whose time is over."""
    return InboundEvent.objects.filter(
        status=InboundStatus.FAILED,
        status_changed_at__lt=now - kept_for(),
        warned_at__lte=now - WARNED_BEFORE,
    )


@transaction.atomic
def _drop(pks: list[int], now: datetime) -> int:
    # Looked at again under the lock: it may have been replayed meanwhile, and have failed anew.
    found = over(now).filter(pk__in=pks).select_for_update(of=("self",))
    events = list(found.defer("body"))
    counts: dict[int | None, int] = {}
    for event in events:
        event.give_up(
            Said("Deleted after %(days)s days without being worked on.",
                 days=settings.FAILED_BODY_DAYS),
            at=now,
        )  # fmt: skip
        event.save(update_fields=GIVEN_UP)
        counts[event.connection_id] = counts.get(event.connection_id, 0) + 1
    for connection in Connection.objects.filter(pk__in=[pk for pk in counts if pk is not None]):
        audit.record(actor=None, verb="inbound.dropped", subject=connection, at=now,
                     data={"count": counts[connection.pk]})  # fmt: skip
    return len(events)
