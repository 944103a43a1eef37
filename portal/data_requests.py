"""Requests about personal data as pages show them, and the file that answers one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404, StreamingHttpResponse
from django.utils.translation import gettext as _

from core.models import DataRequest
from portal.display import StatusText


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One request, in words."""

    public_id: UUID
    wish: str
    label: str
    who: str
    asked_at: datetime
    due_at: datetime
    done_at: datetime | None
    status: StatusText
    is_open: bool
    is_late: bool
    has_file: bool
    refused_because: str


def shown(request: DataRequest, now: datetime) -> Row:
    """Return a request as pages show it."""
    return Row(
        public_id=request.public_id,
        wish=request.wish,
        label=str(request.get_wish_display()),
        who=who_of(request),
        asked_at=request.asked_at,
        due_at=request.due_at,
        done_at=request.done_at,
        status=status_of(request, now),
        is_open=request.is_open,
        is_late=request.is_open and request.due_at < now,
        has_file=may_be_fetched(request, now),
        refused_because=request.refused_because,
    )


def who_of(request: DataRequest) -> str:
    """Return whom a request is about, as far as that is still known."""
    if request.person is not None:
        return str(request.person)
    return _("A buyer or visitor")


def status_of(request: DataRequest, now: datetime) -> StatusText:
    """Return how a request stands."""
    if request.refused_because:
        return StatusText("refused", _("Not done"), "neutral", "circle-x", request.refused_because)
    if not request.is_open:
        return StatusText("done", _("Done"), "success", "circle-check", _("It was answered."))
    if request.problem:
        return StatusText(
            "failed", _("Failed"), "danger", "triangle-alert",
            _("The copy could not be made. Try again, or see the log."),
        )  # fmt: skip
    if request.due_at < now:
        return StatusText(
            "late", _("Late"), "danger", "triangle-alert", _("The law's deadline has passed.")
        )
    return StatusText("open", _("Open"), "info", "clock", _("It waits for an answer."))


def may_be_fetched(request: DataRequest, now: datetime) -> bool:
    """Tell whether the copy is there, and its seven days are not over."""
    return request.has_file and request.file_until is not None and now < request.file_until


def kept_file(request: DataRequest, *, now: datetime) -> StreamingHttpResponse:
    """Return the copy that was made for a request.

    :raises Http404: when there is none, or its seven days are over.
    """
    if not may_be_fetched(request, now):
        raise Http404
    answer = StreamingHttpResponse(_parts_of(request), content_type="application/zip")
    name = f"data-{request.asked_at:%Y-%m-%d}.zip"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Content-Length"] = str(request.size)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _parts_of(request: DataRequest) -> Iterator[bytes]:
    """Yield the file; it is open no longer than somebody reads."""
    with request.file.open("rb") as file:
        yield from file.chunks()
