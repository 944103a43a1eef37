"""Copies of all that is held about somebody, as a worker writes them: a ZIP of JSON and CSV."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core import data_requests
from core.letters import saying, send
from core.models import DataRequest
from core.privacy import exporting, registry
from core.privacy.declaring import Person
from core.privacy.exporting import Section
from payouts.models import Transfer
from shop.services import erasures
from shop.services.erasures import Buyer
from tracking.domain.references import to_uuid
from tracking.models import ClickDay
from tracking.services import erasure

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def write_next(*, clock: Clock) -> bool:
    """Write the copy that waits longest; tell whether there was one. Safe to repeat.

    One that fails is kept with its error for staff, and not tried again by itself. One whose
    worker is killed stays begun, and is taken up last.
    """
    request = data_requests.claim_next(now=clock())
    if request is None:
        return False
    try:
        _write(request, clock)
    except data_requests.RequestRefused:
        log.info("The request %s was closed while its copy was made", request.pk)
    except Exception as error:
        log.exception("The copy for request %s could not be written", request.pk)
        data_requests.note_failure(request_id=request.pk, problem=type(error).__name__)
    return True


def sections_of(request: DataRequest) -> Iterator[Section]:
    """Yield what is held about whom a request is about."""
    if request.person_id is not None:
        person = registry.person_of(request.person_id)
        yield from exporting.sections_of(person)
        yield from _figures(person)
        return
    about: Mapping[str, Any] = request.about
    if about.get("shop"):
        yield "orders", list(erasures.told(Buyer.of_json(about)))
    visitor = visitor_of(about)
    if visitor is not None:
        yield from erasure.told(visitor).items()


def visitor_of(about: Mapping[str, Any]) -> UUID | None:
    """Return the visitor whom a request names by the reference of their browser, if any."""
    return to_uuid(about.get("reference", ""))


def _figures(person: Person) -> Iterator[Section]:
    """Yield sums that name no row of theirs: visits by day, and the ledger."""
    days = ClickDay.objects.filter(affiliate_id__in=person.accounts).order_by("day")
    if days.exists():
        yield "visits-by-day", _rows(days.values("day", "visits", "consented", "others"))
    columns = ("effective_at", "kind", "amount_minor", "currency")
    for side in ("credit", "debit"):
        moved = Transfer.objects.filter(**{f"{side}__affiliate__in": person.accounts})
        if moved.exists():
            yield f"ledger-{side}s", _rows(moved.order_by("pk").values(*columns))


def _rows(found: QuerySet[Any, Any]) -> Iterator[Mapping[str, Any]]:
    return found.iterator(chunk_size=1_000)


def _write(request: DataRequest, clock: Clock) -> None:
    who = str(request.person) if request.person else _("A buyer or visitor")
    with tempfile.TemporaryFile() as file:
        for part in exporting.archive(sections_of(request), about=who, now=clock()):
            file.write(part)
        file.seek(0)
        done = data_requests.keep_file(
            request_id=request.pk, file=File(file), name=f"{request.public_id}.zip", now=clock()
        )
    if done.person is not None:
        _tell(done, clock())


def _tell(request: DataRequest, now: datetime) -> None:
    """Write to the person that the copy is there: where, and for how long."""
    if request.person is None:
        return
    send(
        [request.person],
        f"data-copy:{request.pk}",
        saying(
            lambda: _("The copy of your data is ready"),
            lambda: (
                _("You can fetch it for seven days. You are asked to confirm who you are."),
                f"{settings.PUBLIC_URL}{reverse('portal:my-data')}",
            ),
        ),
        now,
        kind="export_ready",
    )
