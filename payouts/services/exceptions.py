"""Who minds an exception of payouts, what they noted, and until when it is put off (P48)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, staff
from core.errors import DomainError
from core.models import User
from payouts.models import PayoutException


class ExceptionRefused(DomainError):
    """An exception cannot be minded like this."""

    code = "exception_refused"


@transaction.atomic
def mind(
    *,
    key: str,
    owner_id: int | None,
    note: str,
    snoozed_until: datetime | None,
    actor_id: int,
    now: datetime,
) -> PayoutException:
    """Say who looks at an exception, what is known, and until when it is put off.

    Safe to repeat. The note replaces the one before; all of them stay in the audit trail.

    :raises ExceptionRefused: for a key of nothing, for an owner who is not of finance, or to be
        put off into the past or unexplained.
    """
    if key.partition(":")[0] not in ("item", "debt", "gate", "name") or not key.partition(":")[2]:
        raise ExceptionRefused(_("There is no such exception."))
    if owner_id is not None and not staff.of_role("finance").filter(pk=owner_id).exists():
        raise ExceptionRefused(_("Only people of finance look at exceptions."))
    if snoozed_until is not None and snoozed_until <= now:
        raise ExceptionRefused(_("Put it off to a later day."))
    if snoozed_until is not None and not note.strip():
        raise ExceptionRefused(_("Note why it is put off."))
    PayoutException.objects.get_or_create(key=key, defaults={"changed_at": now})
    row = PayoutException.objects.select_for_update().get(key=key)
    row.owner = User.objects.get(pk=owner_id) if owner_id is not None else None
    row.note, row.snoozed_until, row.changed_at = note.strip(), snoozed_until, now
    row.save()
    audit.record(
        actor=actor_id,
        verb="payout_exception.minded",
        subject=row,
        at=now,
        reason=row.note,
        data={
            "key": key,
            "owner_id": owner_id,
            "snoozed_until": snoozed_until.isoformat() if snoozed_until else None,
        },
    )
    return row
