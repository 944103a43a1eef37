"""Looks on the brand's own accounts: planned, put out, dropped (docs/rules/standing.md, ED)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from influencers.models import EditorialEntry, Look, LookStatus
from influencers.queries.editorial import is_licensed

CAPTION_LENGTH = 2_200


class NotToBeReposted(DomainError):
    """A look that is not public, or whose photos may not be used on social accounts that day."""

    code = "not_to_be_reposted"


class EntryRefused(DomainError):
    """An entry of the calendar that says too little."""

    code = "entry_refused"


@transaction.atomic
def plan(
    *, account: str, day: date, look_id: int, caption: str, by_id: int, now: datetime
) -> EditorialEntry:
    """Put a look into the calendar of an account. Safe to repeat: once a day and account.

    :raises EntryRefused: without an account, or for a day that is past.
    :raises NotToBeReposted: see the class; the licence is asked for the day of the entry.
    """
    if not account.strip() or day < now.date():
        raise EntryRefused(_("Choose the account, and a day that is not past."))
    look = Look.objects.select_for_update(of=["self"]).get(pk=look_id)
    _demand_licensed(look, day)
    known = EditorialEntry.objects.filter(
        account=account.strip(), day=day, look=look, dropped_at__isnull=True
    ).first()
    if known is not None:
        return known
    entry = EditorialEntry.objects.create(
        account=account.strip(),
        day=day,
        look=look,
        caption=caption.strip()[:CAPTION_LENGTH],
        created_at=now,
        created_by_id=by_id,
    )
    audit.record(actor=by_id, verb="editorial.planned", subject=entry, at=now)
    return entry


@transaction.atomic
def put_out(entry_id: int, *, url: str, by_id: int, now: datetime) -> EditorialEntry:
    """Keep where an entry is to be seen. Safe to repeat.

    :raises EntryRefused: without an address, or for an entry that was dropped.
    :raises NotToBeReposted: when the rights have ended meanwhile.
    """
    entry = _locked(entry_id)
    if not url.strip() or entry.dropped_at is not None:
        raise EntryRefused(_("Give the address of the publication."))
    if entry.url != url.strip():
        _demand_licensed(entry.look, now.date())
        entry.url = url.strip()
        entry.save(update_fields=["url"])
        audit.record(actor=by_id, verb="editorial.put_out", subject=entry, at=now)
    return entry


@transaction.atomic
def drop(entry_id: int, *, by_id: int, now: datetime) -> EditorialEntry:
    """Take an entry out of the calendar. Safe to repeat.

    :raises EntryRefused: for one that is out already: it is taken down on the network first.
    """
    entry = _locked(entry_id)
    if entry.url:
        raise EntryRefused(_("It is out already: take it down on the network first."))
    if entry.dropped_at is None:
        entry.dropped_at = now
        entry.save(update_fields=["dropped_at"])
        audit.record(actor=by_id, verb="editorial.dropped", subject=entry, at=now)
    return entry


def _demand_licensed(look: Look, day: date) -> None:
    if look.status != LookStatus.PUBLISHED or not is_licensed(look, day):
        raise NotToBeReposted(
            _("This look is not public, or its photos may not be used on social accounts that day.")
        )


def _locked(entry_id: int) -> EditorialEntry:
    rows = EditorialEntry.objects.select_for_update(of=["self"]).select_related("look")
    return rows.get(pk=entry_id)
