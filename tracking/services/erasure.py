"""A visitor takes consent back, or a person asks to be forgotten: the path is cut for good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from core.privacy import journal
from experiments.services import exposures
from tracking.domain.references import to_text, to_uuid
from tracking.domain.spool_line import WithdrawalRecord
from tracking.models import Click, JourneyEvent, Withdrawal
from tracking.services import tallies


@dataclass(frozen=True, slots=True)
class Erased:
    """How many clicks lost their visitor, and how many steps and experiments are gone."""

    clicks: int
    events: int
    exposures: int = 0

    @property
    def total(self) -> int:
        """Rows that were cut or deleted."""
        return self.clicks + self.events + self.exposures


@transaction.atomic
def erase(*, visitor: UUID, until: datetime) -> Erased:
    """Cut everything known up to ``until`` from the visitor, and what comes late as well.

    The clicks stay as landings of nobody, the steps of the journey are deleted. Orders keep what
    was decided about them. Safe to repeat. Anybody may send a made-up reference: the journal is
    told only of visitors of whom something was known.
    """
    _remember(visitor, until)
    return _cut(visitor, until)


def withdraw(withdrawals: Iterable[WithdrawalRecord]) -> None:
    """Do what visitors asked for in the spool. In the caller's transaction."""
    latest: dict[UUID, datetime] = {}
    for record in withdrawals:
        visitor = to_uuid(record.visitor)
        if visitor is not None:
            latest[visitor] = max(record.at, latest.get(visitor, record.at))
    for visitor in sorted(latest):
        erase(visitor=visitor, until=latest[visitor])


@transaction.atomic
def repeat_recent(*, watermark: datetime) -> int:
    """Cut what came after its own withdrawal, from another file or machine; return how many.

    A withdrawal is forgotten when every spool is shipped up to its time (``watermark``).
    """
    repeated = 0
    for row in Withdrawal.objects.select_for_update(skip_locked=True).order_by("pk"):
        repeated += _cut(row.visitor, row.at).total
        if row.at < watermark:
            row.delete()
    return repeated


def told(visitor: UUID) -> dict[str, list[dict[str, Any]]]:
    """Return what is kept of a visitor, for an export: landings and steps in the shop."""
    clicks = Click.objects.filter(visitor=visitor).order_by("clicked_at", "pk")
    events = JourneyEvent.objects.filter(visitor=visitor).order_by("at", "pk")
    shown = ("clicked_at", "navigation", "referrer_host", "country", "device", "browser")
    return {
        "visitor-clicks": list(clicks.values(*shown)),
        "visitor-journey": list(events.values("at", "kind", "data")),
    }


def repeat_journal(*, now: datetime) -> int:
    """Cut once more the visitors whom the journal names; return how many there were."""
    keys = journal.keys(journal.VISITOR)
    if not keys:
        return 0
    again = {
        visitor
        for rows in (Click.objects.filter(visitor__isnull=False), JourneyEvent.objects.all())
        for visitor in rows.order_by().values_list("visitor", flat=True).distinct().iterator()
        if visitor is not None and _key_of(visitor) in keys
    }
    for visitor in sorted(again):
        erase(visitor=visitor, until=now)
    return len(again)


def _key_of(visitor: UUID) -> str:
    return journal.key_of(journal.VISITOR, str(visitor))


def _remember(visitor: UUID, at: datetime) -> None:
    row, created = Withdrawal.objects.select_for_update().get_or_create(
        visitor=visitor, defaults={"at": at}
    )
    if not created and row.at < at:
        row.at = at
        row.save(update_fields=["at"])


def _cut(visitor: UUID, until: datetime) -> Erased:
    clicks = Click.objects.filter(visitor=visitor, clicked_at__lte=until).update(visitor=None)
    events, _per_model = JourneyEvent.objects.filter(visitor=visitor, at__lte=until).delete()
    tallies.remove(events=events)
    erased = Erased(clicks, events, exposures.erase(to_text(visitor)))
    if erased.total:
        journal.note(journal.VISITOR, [_key_of(visitor)], now=until)
    return erased
