"""Batches that pause because the books do not agree about them, and go on once they do (CL26).

Payments of a payee about whom the books do not agree wait by themselves: see
:mod:`payouts.queries.waiting`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.models import AuditEntry
from payouts.models import Batch, BatchStatus, Difference, DifferenceState
from payouts.queries.waiting import stopping
from payouts.services.items import locked_batch
from payouts.services.pausing import halt, let_go_on

_PAUSED = "batch.paused"
#: Under this name the audit trail keeps which differences paused a batch.
_WHICH = "differences"


def stop_what_differs(*, now: datetime) -> list[Batch]:
    """Pause every batch under way about which a difference is open; return those paused now.

    Inside the transaction that noted the differences: each batch under way is locked, so that
    whatever was just leaving has left, and nothing leaves once this transaction is committed.
    """
    under_way = Batch.objects.filter(status=BatchStatus.EXECUTING).order_by("pk")
    paused = []
    for pk in list(under_way.values_list("pk", flat=True)):
        batch = locked_batch(pk)
        about = list(stopping().filter(batch=pk).order_by("pk"))
        if about and batch.status == BatchStatus.EXECUTING:
            halt(batch, reason=_why(about), now=now, data={_WHICH: [one.pk for one in about]})
            paused.append(batch)
    return paused


def go_on_where_settled(*, now: datetime) -> int:
    """Let batches go on that only differences paused, now that the sides agree; return how many.

    Only where each difference is gone: found no more, or matched. One that was explained is still
    there, and somebody who may approve the batch lets it go on. Safe to repeat and to race.
    """
    paused = Batch.objects.filter(status=BatchStatus.PAUSED).order_by("pk")
    return sum(_go_on(pk, now) for pk in list(paused.values_list("pk", flat=True)))


@transaction.atomic
def _go_on(batch_id: int, now: datetime) -> bool:
    batch = locked_batch(batch_id)
    which = paused_by(batch)
    if not which or batch.status != BatchStatus.PAUSED or stopping().filter(batch=batch).exists():
        return False
    if Difference.objects.filter(pk__in=which).exclude(state=DifferenceState.GONE).exists():
        return False
    batch.move_to(BatchStatus.EXECUTING, at=now)
    let_go_on(batch, actor_id=None, reason=_("The books agree about it again."))
    return True


def paused_by(batch: Batch) -> Collection[int]:
    """Return the differences for which a paused batch was paused, by id; none by a person."""
    entries = AuditEntry.objects.filter(
        verb=_PAUSED, subject_type=batch._meta.label_lower, subject_id=str(batch.pk)
    )
    last = entries.order_by("-pk").values_list("data", flat=True).first()
    return list((last or {}).get(_WHICH, []))


def _why(about: Collection[Difference]) -> str:
    return ngettext(
        "The books do not agree about this batch: %(count)s difference is open under"
        " Reconciliation.",
        "The books do not agree about this batch: %(count)s differences are open under"
        " Reconciliation.",
        len(about),
    ) % {"count": len(about)}
