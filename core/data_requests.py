"""What people ask about their data: kept with its deadline, answered by a file or by erasure."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.letters import tell
from core.models import DataRequest, User, Wish
from core.stored_files import delete_on_commit

KEPT = timedelta(days=7)
#: A person may have a copy of everything once in this time.
ONE_COPY_IN = timedelta(days=1)
#: A task is ended after 15 minutes: whoever began a copy before this is dead.
DEAD_AFTER = timedelta(minutes=20)
MOST_ATTEMPTS = 3
#: What ``DataRequest.problem`` says after so many.
WORKER_DIED = "worker_died"
#: How many months a difficult request may take longer (GDPR, article 12.3).
MORE_MONTHS = 2


class RequestRefused(DomainError):
    """A request cannot be made, or not be answered like this."""

    code = "data_request_refused"


def months_later(moment: datetime, months: int) -> datetime:
    """Return the same day so many months later; its month's last day where there is none."""
    index = moment.month - 1 + months
    year, month = moment.year + index // 12, index % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


@transaction.atomic
def receive(
    *,
    wish: str,
    identified: str,
    now: datetime,
    person_id: int | None = None,
    about: Mapping[str, Any] | None = None,
    received_by_id: int | None = None,
    asked_at: datetime | None = None,
) -> DataRequest:
    """Keep what somebody asked; it is due a month after ``asked_at``. One of each wish at a time.

    What ``received_by_id`` of the team wrote down about somebody with an account, they are told.

    :raises RequestRefused: when it is about nobody, was asked in the future, or a copy of the same
        person was begun less than a day ago.
    """
    asked = asked_at or now
    if person_id is None and not about:
        raise RequestRefused(_("Say whom the request is about."))
    if asked > now:
        raise RequestRefused(_("It cannot have been asked in the future."))
    if person_id is not None:
        open_one = DataRequest.objects.filter(
            person=person_id, wish=wish, done_at__isnull=True
        ).first()
        if open_one is not None:
            return open_one
        begun = DataRequest.objects.filter(person=person_id, started_at__gt=now - ONE_COPY_IN)
        if wish == Wish.EXPORT and begun.exists():
            raise RequestRefused(_("A copy can be asked for once a day."))
    request = DataRequest.objects.create(
        wish=wish,
        person_id=person_id,
        about=dict(about or {}),
        identified=identified,
        asked_at=asked,
        received_by_id=received_by_id,
        due_at=months_later(asked, 1),
    )
    audit.record(actor=received_by_id or person_id, verb="data_request.received", subject=request,
                 at=now, data={"wish": wish, "identified": identified})  # fmt: skip
    if request.person is not None and received_by_id is not None:
        tell_of_recorded(request, request.person, now)
    return request


def tell_of_recorded(request: DataRequest, person: User, now: datetime) -> None:
    """Tell somebody what the team wrote down in their name: they may never have asked."""
    tell(
        [person],
        f"data-request:{request.pk}",
        now,
        lambda: _("A request about your data was written down"),
        lambda: [
            _("The team wrote down that you asked: %(wish)s.") % {"wish": Wish(request.wish).label},
            _("You did not ask for this? Take it back: %(address)s")
            % {"address": f"{settings.PUBLIC_URL}/account/data/"},
        ],
        kind="data_request_recorded",
    )


@transaction.atomic
def extend(*, request_id: int, because: str, actor_id: int, now: datetime) -> DataRequest:
    """Give an open request two months more, once. The person has to be told why.

    :raises RequestRefused: without a reason, when it is over, or was extended already.
    """
    request = _open(request_id)
    if not because.strip():
        raise RequestRefused(_("Say why: the person has to be told."))
    if request.extended_because:
        raise RequestRefused(_("It was extended once: that is all the law allows."))
    request.extended_because = because.strip()[:300]
    request.due_at = months_later(request.asked_at, 1 + MORE_MONTHS)
    request.save(update_fields=["extended_because", "due_at"])
    audit.record(actor=actor_id, verb="data_request.extended", subject=request, at=now,
                 reason=request.extended_because)  # fmt: skip
    return request


@transaction.atomic
def refuse(*, request_id: int, because: str, actor_id: int, now: datetime) -> DataRequest:
    """Close a request without doing it: nobody of ours, not them, or manifestly excessive.

    :raises RequestRefused: without a reason, or when it is over.
    """
    request = _open(request_id)
    if not because.strip():
        raise RequestRefused(_("Say why: the person has to be told, and may complain."))
    request.refused_because = because.strip()[:300]
    _close(request, actor_id, now)
    audit.record(actor=actor_id, verb="data_request.refused", subject=request, at=now,
                 reason=request.refused_because)  # fmt: skip
    return request


@transaction.atomic
def withdraw(*, request_id: int, person_id: int, now: datetime) -> DataRequest:
    """Let a person take their own open request back.

    :raises RequestRefused: when it is over.
    :raises DataRequest.DoesNotExist: when it is another person's.
    """
    DataRequest.objects.get(pk=request_id, person=person_id)
    request = _open(request_id)
    request.refused_because = _("Taken back by the person.")
    _close(request, person_id, now)
    audit.record(actor=person_id, verb="data_request.withdrawn", subject=request, at=now)
    return request


@transaction.atomic
def keep_file(*, request_id: int, file: File[bytes], name: str, now: datetime) -> DataRequest:
    """Keep the copy that was made for a request, for seven days; the request is then done.

    :raises RequestRefused: when it is over.
    """
    request = _open(request_id)
    request.file.save(name, file, save=False)
    request.size, request.file_until, request.problem = request.file.size, now + KEPT, ""
    _close(request, None, now)
    audit.record(actor=None, verb="data_request.exported", subject=request, at=now)
    return request


def note_failure(*, request_id: int, problem: str) -> None:
    """Say why the copy could not be made: staff see it, and nobody tries again by themselves."""
    DataRequest.objects.filter(pk=request_id).update(problem=problem[:60])


def try_again(*, request_id: int) -> None:
    """Have the copy of an open request made once more."""
    DataRequest.objects.filter(pk=request_id, done_at__isnull=True).update(
        problem="", attempts=0, started_at=None
    )


@transaction.atomic
def mark_erased(
    *, request_id: int, receipt: list[dict[str, Any]], actor_id: int, now: datetime
) -> DataRequest:
    """Close a request by the receipt of an erasure. In the transaction that erased.

    :raises RequestRefused: when it is over.
    """
    request = _open(request_id)
    request.receipt = receipt
    _close(request, actor_id, now)
    return request


@transaction.atomic
def end_of(*, person_id: int, actor_id: int | None, now: datetime) -> None:
    """Delete a person's copies and close what waits for one. In the transaction that erases them.

    A worker that writes one is waited for, or finds it closed. The files go with the commit.
    """
    for request in DataRequest.objects.select_for_update().filter(person=person_id).order_by("pk"):
        delete_on_commit(request.file.name)
        request.file = ""
        if request.wish == Wish.EXPORT and request.is_open:
            request.refused_because = _("The person was erased.")
            _close(request, actor_id, now)
            audit.record(actor=actor_id, verb="data_request.refused", subject=request, at=now,
                         reason=request.refused_because)  # fmt: skip
        else:
            request.save(update_fields=["file"])


@transaction.atomic
def claim_next(*, now: datetime) -> DataRequest | None:
    """Take the request for a copy that waits longest. Two workers never take the same.

    One whose worker died comes after all others, and not a fourth time: staff see it then. One
    whose making failed waits for staff as well.
    """
    free = DataRequest.objects.filter(
        Q(started_at__isnull=True) | Q(started_at__lte=now - DEAD_AFTER),
        wish=Wish.EXPORT, done_at__isnull=True, problem="",
    )  # fmt: skip
    free.filter(attempts__gte=MOST_ATTEMPTS).update(problem=WORKER_DIED)
    rows = free.select_for_update(skip_locked=True).order_by("attempts", "asked_at", "pk")
    request = rows.first()
    if request is not None:
        request.attempts, request.started_at = request.attempts + 1, now
        request.save(update_fields=["attempts", "started_at"])
    return request


def over(now: datetime) -> QuerySet[DataRequest]:
    """Return the requests whose file's seven days are over."""
    return DataRequest.objects.filter(file_until__lte=now).exclude(file="")


def forget_missing() -> int:
    """Forget copies that are not in the storage, as after a restore; return how many."""
    rows = DataRequest.objects.exclude(file="").only("file")
    gone = [row.pk for row in rows if not default_storage.exists(str(row.file.name))]
    return DataRequest.objects.filter(pk__in=gone).update(file="")


def delete_files(*, now: datetime) -> int:
    """Delete the copies whose seven days are over; return how many. Safe to repeat.

    The file goes before the row forgets it: a crash between is made good by the next run.
    """
    gone = 0
    for request in over(now).order_by("pk").iterator():
        request.file.delete(save=False)
        DataRequest.objects.filter(pk=request.pk).update(file="")
        gone += 1
    return gone


def _open(request_id: int) -> DataRequest:
    request = DataRequest.objects.select_for_update().get(pk=request_id)
    if not request.is_open:
        raise RequestRefused(_("This request is closed already."))
    return request


def _close(request: DataRequest, actor_id: int | None, now: datetime) -> None:
    """Note that a request is done. Whom it was about is no longer named."""
    request.done_at, request.done_by_id, request.about = now, actor_id, {}
    request.save()
