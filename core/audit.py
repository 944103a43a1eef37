"""The one door to the audit trail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction

from core import locks, request_ids
from core.models import AuditEntry, User

_CHAIN_LOCK = 0x41504F52
#: Looks at the same thing within this time are one look.
ONE_LOOK = timedelta(hours=1)


@transaction.atomic
def record(
    *,
    actor: User | int | None,
    verb: str,
    subject: models.Model,
    at: datetime,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry to the chain. ``data`` must be JSON.

    ``actor`` is a person or their id; None means the system.
    """
    # One writer at a time, until commit: otherwise two entries could name one predecessor.
    locks.hold(_CHAIN_LOCK)
    last = AuditEntry.objects.order_by("-pk").values_list("hash", flat=True).first()
    entry = AuditEntry(
        at=at,
        actor_id=actor.pk if isinstance(actor, User) else actor,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        reason=reason,
        data=data or {},
        request_id=request_ids.current(),
        previous_hash=last or "",
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    return entry


def record_look(*, actor: User, verb: str, subject: models.Model, at: datetime) -> None:
    """Keep that ``actor`` saw something not everybody may see; within an hour, one entry."""
    seen = AuditEntry.objects.filter(
        actor=actor,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        at__gt=at - ONE_LOOK,
    )
    if not seen.exists():
        record(actor=actor, verb=verb, subject=subject, at=at)


def entry_hash(entry: AuditEntry) -> str:
    """Return the SHA-256 over everything the entry says and the hash of the one before it."""
    said = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.actor_id,
        entry.verb,
        entry.subject_type,
        entry.subject_id,
        entry.reason,
        entry.data,
    ]
    if entry.request_id:  # Entries of before requests had numbers keep their hashes.
        said.append(entry.request_id)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def broken_entries() -> Iterator[AuditEntry]:
    """Yield every entry whose hash or link to its predecessor does not hold."""
    previous = ""
    for entry in AuditEntry.objects.order_by("pk").iterator():
        if entry.previous_hash != previous or entry.hash != entry_hash(entry):
            yield entry
        previous = entry.hash
