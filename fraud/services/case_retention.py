"""Files of cases that are over: deleted for good once they were kept long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from affiliates.models import Programme
from core import audit
from core.data_requests import months_later
from fraud.models import Case, CaseFile, CaseMessage, CaseProposal, CaseStatus

#: What stands for words that are gone.
EMPTIED = "–"


@transaction.atomic
def delete_files(*, now: datetime, limit: int = 500) -> int:
    """Delete the files of cases decided ``proof_keep_days`` ago; return how many files.

    Those of a case that was contested are kept until what decided it again is as old. Names stay,
    and the trail of each case says how many were deleted. At most ``limit`` cases at a time. Safe
    to repeat and to race. Rule CA21.
    """
    cases = (
        over(now)
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",), skip_locked=True)[:limit]
    )
    return sum(_delete(case, now) for case in cases)


def over(now: datetime) -> QuerySet[Case]:
    """Return the cases with files that were decided ``proof_keep_days`` ago."""
    until = now - timedelta(days=Programme.get().proof_keep_days)
    kept = CaseFile.objects.filter(message__case=OuterRef("pk"), body__isnull=False)
    return Case.objects.filter(Exists(kept), _for_good(until))


def with_words() -> QuerySet[Case]:
    """Return the cases that were decided and whose words are still kept."""
    return Case.objects.exclude(status=CaseStatus.OPEN).exclude(reason=EMPTIED)


def with_old_words(now: datetime) -> QuerySet[Case]:
    """Return those of them that were decided five years ago, for the second time if contested."""
    return with_words().filter(_for_good(months_later(now, -60)))


def empty_words(*, now: datetime) -> int:
    """Empty what was written in cases decided five years ago; return how many cases."""
    done = 0
    while pks := list(with_old_words(now).order_by("pk").values_list("pk", flat=True)[:500]):
        done += _empty(pks)
    return done


def _for_good(until: datetime) -> Q:
    """Ask that a case was decided until then, and once more if that was contested."""
    again = ~Q(appealed_in__status=CaseStatus.OPEN) & Q(appealed_in__status_changed_at__lte=until)
    decided = ~Q(status=CaseStatus.OPEN) & Q(status_changed_at__lte=until)
    return decided & (Q(appealed_in__isnull=True) | again)


@transaction.atomic
def _empty(pks: list[int]) -> int:
    CaseMessage.objects.filter(case__in=pks).update(text=EMPTIED)
    CaseFile.objects.filter(message__case__in=pks).update(body=None)
    proposals = CaseProposal.objects.filter(case__in=pks)
    proposals.update(reason=EMPTIED, message=EMPTIED)
    proposals.exclude(answer="").update(answer=EMPTIED)
    return Case.objects.filter(pk__in=pks).update(reason=EMPTIED, message="")


def _delete(case: Case, now: datetime) -> int:
    files = CaseFile.objects.filter(message__case=case, body__isnull=False).update(body=None)
    if files:
        audit.record(
            actor=None, verb="case.files_deleted", subject=case, at=now, data={"files": files}
        )
    return files
