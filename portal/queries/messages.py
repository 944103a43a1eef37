"""Threads as lists and pages show them: what is unread, what was said, how fast answers come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from affiliates.models import Thread, ThreadMessage, ThreadSeen, ThreadStatus
from core.models import User

#: Fewer answers than this say nothing of the next one.
ENOUGH_ANSWERS = 10
LOOK_BACK = timedelta(days=90)
_MOST_ANSWERS = 1_000
ALL, MINE = "all", "mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message as it is read. ``who`` is the side for the affiliate, the person for the team."""

    who: str
    at: datetime
    text: str
    is_from_team: bool
    is_internal: bool
    file_name: str
    file_url: str


def threads_of(affiliate_id: int, reader: User, *, state: str = "") -> QuerySet[Thread]:
    """Return an affiliate's threads, the newest first, each with ``is_unread`` for ``reader``."""
    rows = Thread.objects.filter(affiliate=affiliate_id)
    if state in ThreadStatus.values:
        rows = rows.filter(status=state)
    return _with_unread(rows, reader, is_from_team=True).order_by("-last_at", "-pk")


def inbox(reader: User, *, state: str, mine: bool, search: str) -> QuerySet[Thread]:
    """Return the team's threads: those that wait for it by how long they wait, others newest first.

    ``search`` looks into subjects and names.
    """
    rows = Thread.objects.select_related("affiliate", "assignee")
    if state != ALL:
        rows = rows.filter(status=state)
    if mine:
        rows = rows.filter(assignee=reader)
    if search:
        rows = rows.filter(Q(subject__icontains=search) | Q(affiliate__name__icontains=search))
    rows = _with_unread(rows, reader, is_from_team=False)
    if state == ThreadStatus.OPEN:
        return rows.order_by("asked_at", "pk")
    return rows.order_by("-last_at", "-pk")


def counts(reader: User) -> dict[str, int]:
    """Return how many threads wait for the team, and how many of them for ``reader``."""
    waiting = Thread.objects.filter(status=ThreadStatus.OPEN)
    return {
        ThreadStatus.OPEN.value: waiting.count(),
        MINE: waiting.filter(assignee=reader).count(),
    }


def said_in(thread: Thread, *, for_team: bool, file_route: str) -> list[Said]:
    """Return what was said, oldest first. The affiliate sees no notes, and nobody's name."""
    rows = thread.messages.select_related("author").defer("file").order_by("at", "pk")
    if not for_team:
        rows = rows.filter(is_internal=False)
    kept = set(
        thread.messages.filter(file__isnull=False)
        .exclude(file_name="")
        .values_list("pk", flat=True)
    )
    return [_said(one, thread, for_team, file_route, kept) for one in rows]


def answer_time(now: datetime) -> timedelta | None:
    """Return the median time until the team answered, of the last 90 days.

    None with fewer than ten answers: then it says nothing.
    """
    answers = (
        ThreadMessage.objects.filter(answered_seconds__isnull=False, at__gt=now - LOOK_BACK)
        .order_by("-at")
        .values_list("answered_seconds", flat=True)[:_MOST_ANSWERS]
    )
    seconds = [one for one in answers if one is not None]
    if len(seconds) < ENOUGH_ANSWERS:
        return None
    return timedelta(seconds=median(seconds))


def _said(
    one: ThreadMessage, thread: Thread, for_team: bool, file_route: str, kept: set[int]
) -> Said:
    if for_team:
        who = str(one.author)
    else:
        who = _("The programme team") if one.is_from_team else thread.affiliate.name
    url = reverse(file_route, args=[thread.public_id, one.pk]) if one.pk in kept else ""
    return Said(
        who=who,
        at=one.at,
        text=one.text,
        is_from_team=one.is_from_team,
        is_internal=one.is_internal,
        file_name=one.file_name,
        file_url=url,
    )


def _with_unread(rows: QuerySet[Thread], reader: User, *, is_from_team: bool) -> QuerySet[Thread]:
    """Mark the threads in which the other side wrote something that ``reader`` has not seen."""
    seen = ThreadSeen.objects.filter(
        thread=OuterRef("thread"), person=reader, seen_at__gte=OuterRef("at")
    )
    fresh = ThreadMessage.objects.filter(
        thread=OuterRef("pk"), is_from_team=is_from_team, is_internal=False
    )
    return rows.annotate(is_unread=Exists(fresh.filter(~Exists(seen))))
