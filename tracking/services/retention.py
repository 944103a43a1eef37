"""What is forgotten of landings, and when (docs/operations.md): every night, or as a dry run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Sum

from affiliates.models import Terms
from tracking.domain.policy import Policy
from tracking.models import (
    AttributionPolicy,
    Click,
    ClickCount,
    ClickMark,
    JourneyEvent,
    SpoolFile,
    SpoolReject,
)
from tracking.services import far_months, partitions, salts, tallies
from tracking.services.partitions import Month

KEEP_COUNTS_MONTHS = 25
KEEP_REJECTS = timedelta(days=90)
#: A file is gone by then, and its own row tells nobody anything more.
KEEP_FILES = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows one rule took, or would take."""

    rule: str
    rows: int


def purge(*, now: datetime, dry_run: bool = False) -> list[Purged]:
    """Forget what is due; return how much each rule took. Safe to repeat, also half done.

    A dry run counts the same rows and changes nothing.

    :raises NoSecondServer: at the end, when one is named and does not answer.
    """
    months_kept = settings.CLICK_RETENTION_MONTHS
    if dry_run:
        going = partitions.expired(now, months_kept)
        in_months = sum(partitions.rows(month) for month in going)
        expired_salts = salts.expired(now).count()
    else:
        in_months = _drop(now, months_kept)
        expired_salts = salts.purge(now)
    purged = [
        Purged("salts", expired_salts),
        Purged("months of clicks and journeys", in_months),
        Purged("visitors of clicks", _forget_visitors(now, dry_run=dry_run)),
        Purged("steps of journeys", _delete_events(now, dry_run=dry_run)),
        Purged("counts by the hour", _delete_counts(now, dry_run=dry_run)),
        Purged("marks by the day", _delete_marks(now, months_kept, dry_run=dry_run)),
        Purged("lines kept aside", _delete_rejects(now, dry_run=dry_run)),
        Purged("finished spool files", _fold_files(now, dry_run=dry_run)),
    ]
    if not dry_run:
        far_months.sweep()  # Last: whatever else is due goes also while the second server is away.
    return purged


def visitors_kept_since(now: datetime) -> datetime:
    """Return since when clicks keep their visitor: longest look-back and hold, 13 months at most.

    An order may come at the end of the look-back; until its hold is over, the path to it must
    still be explained.
    """
    longest = Terms.objects.aggregate(window=Max("window_days"), hold=Max("hold_days"))
    window = longest["window"] or 0
    policies = AttributionPolicy.objects.values_list("rules", flat=True)
    look_backs = [Policy.from_rules(rules).longest_look_back(window) for rules in policies]
    days = max(look_backs, default=window) + (longest["hold"] or 0)
    first = partitions.first_of_month(now.date(), -settings.CLICK_RETENTION_MONTHS)
    at_most = now.replace(year=first.year, month=first.month, day=min(now.day, 28))
    return max(now - timedelta(days=days), at_most)


def _drop(now: datetime, months_kept: int) -> int:
    rows = sum(partitions.rows(month) for month in partitions.expired(now, months_kept))
    partitions.drop_expired(now, months_kept)
    return rows


def _forget_visitors(now: datetime, *, dry_run: bool) -> int:
    until = visitors_kept_since(now)
    old = Click.objects.filter(visitor__isnull=False, clicked_at__lt=until)
    if dry_run:
        return old.count()
    forgotten = 0
    for month in partitions.months():
        if month.is_of_clicks and month.begins <= until.date() and partitions.has_visitors(month):
            for begins, ends in _days(month, until):
                day = old.filter(clicked_at__gte=begins, clicked_at__lt=ends)
                forgotten += day.update(visitor=None)
    return forgotten


def _delete_events(now: datetime, *, dry_run: bool) -> int:
    until = visitors_kept_since(now)
    old = JourneyEvent.objects.filter(at__lt=until)
    if dry_run:
        return old.count()
    gone = 0
    for month in partitions.months():
        if not month.is_of_clicks and month.begins <= until.date():
            for begins, ends in _days(month, until):
                with transaction.atomic():
                    number, _models = old.filter(at__gte=begins, at__lt=ends).delete()
                    tallies.remove(events=number)
                gone += number
    return gone


def _days(month: Month, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the beginning and end of every UTC day of ``month`` that begins before ``until``."""
    begins = datetime.combine(month.begins, time(), UTC)
    ends = datetime.combine(partitions.first_of_month(month.begins, 1), time(), UTC)
    while begins < min(ends, until):
        yield begins, begins + timedelta(days=1)
        begins += timedelta(days=1)


def _delete_counts(now: datetime, *, dry_run: bool) -> int:
    first = partitions.first_of_month(now.date(), -KEEP_COUNTS_MONTHS)
    old = ClickCount.objects.filter(hour__lt=now.replace(year=first.year, month=first.month, day=1))
    if dry_run:
        return old.count()
    with transaction.atomic():
        some = old.order_by("pk").values_list("pk", "count").select_for_update()
        going = dict(some)
        gone, _per_model = ClickCount.objects.filter(pk__in=going).delete()
        tallies.remove(counts=sum(going.values()))
    return gone


def _delete_marks(now: datetime, months_kept: int, *, dry_run: bool) -> int:
    """Forget marks with the clicks that carried them: one may be another for every visit."""
    old = ClickMark.objects.filter(day__lt=partitions.first_of_month(now.date(), -months_kept))
    if dry_run:
        return old.count()
    gone, _per_model = old.delete()
    return gone


def _delete_rejects(now: datetime, *, dry_run: bool) -> int:
    old = SpoolReject.objects.filter(noticed_at__lt=now - KEEP_REJECTS)
    if dry_run:
        return old.count()
    with transaction.atomic():
        gone, _per_model = old.delete()
        tallies.remove(rejects=gone)
    return gone


def _fold_files(now: datetime, *, dry_run: bool) -> int:
    """Take over the sums of old files and forget their rows."""
    old = SpoolFile.objects.filter(finished_at__lt=now - KEEP_FILES)
    if dry_run:
        return old.count()
    with transaction.atomic():
        rows = old.select_for_update()
        keys = [row.pk for row in rows]
        sums = SpoolFile.objects.filter(pk__in=keys).aggregate(
            clicks=Sum("clicks", default=0),
            counts=Sum("counts", default=0),
            events=Sum("events", default=0),
            rejects=Sum("rejects", default=0),
            lost=Sum("lost", default=0),
        )
        tallies.fold(**sums)
        SpoolFile.objects.filter(pk__in=keys).delete()
    return len(keys)
