"""When letters go out: quiet hours and summaries by the reader's clock (docs/rules/letters.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

MONDAY = 0


def after_quiet(now: datetime, zone: tzinfo, begins: time | None, ends: time | None) -> datetime:
    """Return when a mail of ``now`` may leave: at once, or when the quiet hours are over (L6).

    Hours are of the clock in ``zone``; they may span midnight, and none if both are the same.
    """
    if begins is None or ends is None or begins == ends:
        return now
    local = now.astimezone(zone)
    clock = local.time()
    spans_midnight = begins > ends
    is_quiet = clock >= begins or clock < ends if spans_midnight else begins <= clock < ends
    if not is_quiet:
        return now
    day = local.date()
    if spans_midnight and clock >= begins:
        day += timedelta(days=1)
    # In the night that an hour is doubled the end may lie behind us by the clock's first pass.
    return max(now, _instant(day, ends, zone))


def last_due(now: datetime, zone: tzinfo, at: time, *, weekly: bool) -> datetime:
    """Return when the newest summary was due: the last ``at`` of the clock, of a Monday if weekly.

    An hour that a change of clocks skips is taken as the hour after it; a doubled one is its first
    (L8).
    """
    day = now.astimezone(zone).date()
    if weekly:
        day -= timedelta(days=(day.weekday() - MONDAY) % 7)
    due = _instant(day, at, zone)
    if due > now:
        due = _instant(day - timedelta(days=7 if weekly else 1), at, zone)
    return due


def _instant(day: date, clock: time, zone: tzinfo) -> datetime:
    """Return the moment of a local hour; of one that does not exist, what the clock jumps to."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
