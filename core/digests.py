"""Summaries: one mail a day or a week with what came, for whoever chose so (L7 and L8)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.domain.letter_hours import last_due
from core.letter_kinds import Category, Mail
from core.letters import Letter, paragraphs, send
from core.models import Delivery, Notification, User

log = logging.getLogger(__name__)

DEFAULT_HOUR = time(8)
MOST_LINES = 100
_KINDS = {Mail.DAILY: "digest_daily", Mail.WEEKLY: "digest_weekly"}


def send_due(*, now: datetime, limit: int = 2_000) -> int:
    """Send the summaries that are due; return how many. Safe to repeat.

    One bad row is logged and skipped: the others get theirs.
    """
    sent = 0
    for every in _KINDS:
        for person_id, due in _due(every, now):
            if sent >= limit:
                return sent
            try:
                sent += _send(person_id, every, due, now)
            except Exception:
                log.exception("No summary for person %s", person_id)
    return sent


def _due(every: Mail, now: datetime) -> Iterator[tuple[int, datetime]]:
    """Yield for whom something waits that came before their last hour, and that hour."""
    waiting = Notification.objects.waiting().filter(digest=every)
    clocks = waiting.values_list("person__time_zone", "person__letter_hours__digest_at")
    for zone, at in clocks.order_by().distinct():
        due = last_due(now, ZoneInfo(zone), at or DEFAULT_HOUR, weekly=every == Mail.WEEKLY)
        theirs = waiting.filter(person__time_zone=zone, person__letter_hours__digest_at=at)
        people = theirs.filter(at__lt=due).order_by("person").values_list("person", flat=True)
        for person_id in people.distinct():
            yield person_id, due


@transaction.atomic
def _send(person_id: int, every: Mail, due: datetime, now: datetime) -> int:
    """Write one summary, if none went out for that day before."""
    person = User.objects.select_for_update(no_key=True).get(pk=person_id)
    kind = _KINDS[every]
    key = f"{kind}:{due.astimezone(ZoneInfo(person.time_zone)):%Y%m%d}"
    waiting = Notification.objects.waiting().filter(person=person, digest=every, at__lt=due)
    found = list(waiting.order_by("category", "at", "pk"))
    if not found or _went_out(f"{key}:{person.pk}"):
        return 0
    Notification.objects.filter(pk__in=[one.pk for one in found]).update(digested_at=now)
    if not person.is_active:
        return 0
    send([person], key, lambda reader: letter(reader, found, every), now, kind=kind)
    return 1


def _went_out(key: str) -> bool:
    return (
        Notification.objects.filter(key=key).exists() or Delivery.objects.filter(key=key).exists()
    )


def letter(person: User, found: Sequence[Notification], every: Mail) -> Letter:
    """Return the summary of what ``found`` tells, by category, in the active language."""
    count = len(found)
    subject = (
        ngettext("Your week: %(n)s thing", "Your week: %(n)s things", count)
        if every == Mail.WEEKLY
        else ngettext("Your day: %(n)s thing", "Your day: %(n)s things", count)
    )
    said = []
    for category, group in groupby(found[:MOST_LINES], key=lambda one: one.category):
        lines = [f"{Category(category).label}:"]
        for one in group:
            lines.append(f"- {one.title}")
            if one.path:
                lines.append(f"  {settings.PUBLIC_URL}{one.path}")
        said.append("\n".join(lines))
    if count > MOST_LINES:
        said.append(_("And %(n)s more.") % {"n": count - MOST_LINES})
    said.append(_("All of it: %(address)s") % {"address": f"{settings.PUBLIC_URL}/notifications/"})
    return Letter(subject % {"n": count}, paragraphs(person.get_short_name(), said))
