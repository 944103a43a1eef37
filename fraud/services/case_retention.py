"""Files of cases that are over: deleted for good once they were kept long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from affiliates.models import Programme
from core import audit
from fraud.models import Case, CaseFile, CaseStatus


@transaction.atomic
def delete_files(*, now: datetime, limit: int = 500) -> int:
    """Delete the files of cases decided ``proof_keep_days`` ago; return how many files.

    Those of a case that was contested are kept until what decided it again is as old. Names stay,
    and the trail of each case says how many were deleted. At most ``limit`` cases at a time. Safe
    to repeat and to race. Rule CA21.
    """
    until = now - timedelta(days=Programme.get().proof_keep_days)
    kept = CaseFile.objects.filter(message__case=OuterRef("pk"), body__isnull=False)
    again = Q(appealed_in__isnull=True) | (
        ~Q(appealed_in__status=CaseStatus.OPEN) & Q(appealed_in__status_changed_at__lte=until)
    )
    cases = (
        Case.objects.filter(Exists(kept), again, status_changed_at__lte=until)
        .exclude(status=CaseStatus.OPEN)
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",), skip_locked=True)[:limit]
    )
    return sum(_delete(case, now) for case in cases)


def _delete(case: Case, now: datetime) -> int:
    files = CaseFile.objects.filter(message__case=case, body__isnull=False).update(body=None)
    if files:
        audit.record(
            actor=None, verb="case.files_deleted", subject=case, at=now, data={"files": files}
        )
    return files
