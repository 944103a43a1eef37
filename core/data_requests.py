"""What people ask about their data: kept with its deadline, answered by a file or by erasure."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.letters import tell
from core.models import DataRequest, User, Wish

KEPT = timedelta(days=7)
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

    :raises RequestRefused: when it is about nobody, or was asked in the future.
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
    DataRequest.objects.filter(pk=request_id, done_at__isnull=True).update(problem="")


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


def waiting_for_file() -> DataRequest | None:
    """Return the request for a copy that waits longest, unless its making failed."""
    rows = DataRequest.objects.filter(wish=Wish.EXPORT, done_at__isnull=True, problem="")
    return rows.order_by("asked_at", "pk").first()


def over(now: datetime) -> QuerySet[DataRequest]:
    """Return the requests whose file's seven days are over."""
    return DataRequest.objects.filter(file_until__lte=now).exclude(file="")


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
