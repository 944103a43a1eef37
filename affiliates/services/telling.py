"""How each app pulls its own facts for endpoints: those that somebody wants and that have no event.

The rows of facts are the outbox (ADR 0015). What nobody wants is not looked for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat, Extract, Floor

from affiliates.domain.event_types import EVENT_TYPES, Audience
from affiliates.models import Endpoint, EventKey, Subscription
from affiliates.services.events import LOOK_BACK, Fact, tell

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the facts of one type of event are: rows, when each happened, and what is told.

    ``at`` names the column of when it happened, ``affiliate`` that of whose it is. One row is one
    fact, known by its id; with ``is_again``, for rows to which it can happen more than once, by its
    id and the second in which it happened. ``data`` makes what is told of rows that are wanted;
    ``complete``, if there is one, first puts on all of them at once what ``data`` reads besides.
    """

    type: str
    rows: Callable[[], QuerySet[Any]]
    at: str
    data: Callable[[Any], dict[str, Any]]
    affiliate: str = "affiliate_id"
    is_again: bool = False
    complete: Callable[[Sequence[Any]], None] | None = None

    @property
    def is_for_affiliates(self) -> bool:
        """Tell whether each affiliate is told of its own; else the programme is told of all."""
        return EVENT_TYPES[self.type].audience == Audience.AFFILIATE


def tell_pending(sources: Iterable[Source], *, now: datetime, limit: int) -> int:
    """Tell what happened in the last seven days and was not told yet; return how many facts.

    At most ``limit`` of each type, the oldest first. A row of which nothing can be told is logged,
    and the others are told. Safe to repeat and to race.
    """
    wanted = _wanted()
    return sum(
        tell(_facts(source, wanted[source.type], now - LOOK_BACK, limit), now=now)
        for source in sources
        if source.type in wanted
    )


def _wanted() -> Mapping[str, list[int]]:
    """Return the types that somebody wants, and the affiliates that do."""
    found: dict[str, list[int]] = {}
    rows = Subscription.objects.filter(endpoint__in=Endpoint.objects.told())
    for kind, owner in rows.values_list("type", "endpoint__affiliate").distinct():
        found.setdefault(kind, []).extend([] if owner is None else [owner])
    return found


def _facts(source: Source, owners: list[int], since: datetime, limit: int) -> list[Fact]:
    rows = _untold(source).filter(**{f"{source.at}__gte": since})
    if source.is_for_affiliates:
        rows = rows.filter(**{f"{source.affiliate}__in": owners})
    found = list(rows.order_by(source.at, "pk")[:limit])
    if source.complete is not None and found:
        source.complete(found)
    return list(_tellable(source, found))


def _tellable(source: Source, rows: Iterable[Any]) -> Iterator[Fact]:
    for row in rows:
        try:
            yield _fact(source, row)
        except Exception:  # One odd row must not keep others, and later types, from being told.
            log.exception("%s cannot be told of row %s", source.type, row.pk)


def _untold(source: Source) -> QuerySet[Any]:
    wanted = Subscription.objects.filter(
        type=source.type, since__lte=OuterRef(source.at), endpoint__deleted_at__isnull=True
    )
    if source.is_for_affiliates:
        wanted = wanted.filter(endpoint__affiliate=OuterRef(source.affiliate))
    key = [Value(f"{source.type}:"), Cast(OuterRef("pk"), CharField())]
    if source.is_again:
        second = Cast(Floor(Extract(OuterRef(source.at), "epoch")), BigIntegerField())
        key += [Value(":"), Cast(second, CharField())]
    told = EventKey.objects.filter(key=Concat(*key, output_field=CharField()))
    return source.rows().filter(Exists(wanted), ~Exists(told))


def _fact(source: Source, row: Any) -> Fact:
    at: datetime = getattr(row, source.at)
    return Fact(
        type=source.type,
        key=f"{row.pk}:{int(at.timestamp())}" if source.is_again else str(row.pk),
        at=at,
        affiliate_id=getattr(row, source.affiliate) if source.is_for_affiliates else None,
        data=source.data(row),
    )
