"""Reports that are sent again and again: when the next one is due, and what ends that."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from core.domain.paris import PARIS
from core.models import Every, SavedView, Schedule, User

#: Why one ended.
BY_PERSON, NO_ACCESS, VIEW_REMOVED = "person", "no_access", "removed"


def first_day(every: str, day: int, after: date) -> date:
    """Return the first day from ``after`` on that is ``day`` of its week (from 1) or month."""
    if every == Every.WEEK:
        return after + timedelta(days=(day - after.isoweekday()) % 7)
    if after.day <= day:
        return after.replace(day=day)
    year, month = divmod(12 * after.year + after.month, 12)
    return date(year, month + 1, day)


def moment_of(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """Return the instant of an hour of a day in a time zone, in UTC.

    An hour that a clock leaves out is the one after it; of one that it has twice, the first.
    """
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def zone_of(person: User) -> ZoneInfo:
    """Return the time zone of a person; that of Paris when theirs is none that is known."""
    try:
        return ZoneInfo(person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return PARIS


@transaction.atomic
def begin(
    *, view: SavedView, person: User, every: str, day: int, hour: int, form: str, now: datetime
) -> Schedule:
    """Send a saved report to a person from now on; another rhythm takes the place of the first."""
    zone = zone_of(person)
    today = now.astimezone(zone).date()
    next_on = first_day(every, day, today)
    if moment_of(next_on, hour, zone) <= now:
        next_on = first_day(every, day, next_on + timedelta(days=1))
    rhythm = {
        "every": every,
        "day": day,
        "hour": hour,
        "form": form,
        "next_on": next_on,
        "next_at": moment_of(next_on, hour, zone),
    }
    schedule, _created = Schedule.objects.select_for_update().update_or_create(
        view=view,
        person=person,
        stopped_at=None,
        defaults=rhythm,
        create_defaults={**rhythm, "created_at": now},
    )
    return schedule


def move_on(schedule: Schedule, now: datetime) -> None:
    """Set the run after the one that is due; those that were missed meanwhile are not made up.

    In memory only: the caller holds the row lock and saves.
    """
    zone = zone_of(schedule.person)
    following = schedule.next_on + timedelta(days=1)
    following = max(following, now.astimezone(zone).date())
    next_on = first_day(schedule.every, schedule.day, following)
    if moment_of(next_on, schedule.hour, zone) <= now:
        next_on = first_day(schedule.every, schedule.day, next_on + timedelta(days=1))
    schedule.next_on = next_on
    schedule.next_at = moment_of(next_on, schedule.hour, zone)


@transaction.atomic
def stop(*, schedule_id: int, because: str, now: datetime) -> bool:
    """Send it no longer; tell whether it was still sent. Safe to repeat."""
    going = Schedule.objects.filter(pk=schedule_id, stopped_at__isnull=True)
    return bool(going.update(stopped_at=now, stopped_because=because))
