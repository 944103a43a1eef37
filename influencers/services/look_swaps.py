"""Writing down which products stand in for others in published looks (LK14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from influencers.domain.availability import Found
from influencers.models import Look, LookAct, LookEvent, LookStatus
from influencers.queries.look_products import ResolvedLook, ResolvedSlot, resolve
from influencers.services import look_events

BATCH = 500
#: What differs to the eye from what was worn; another size does not.
_TOLD = (Found.COLOR, Found.ALTERNATE, Found.SOLD_OUT)
_NOTE_LENGTH = 1_000


def note_swaps(*, now: datetime) -> int:
    """Write an event for each published look whose products changed since the last one.

    Return how many. Safe to repeat: what stands as it was written is not written again. The note
    has a line for each place, ``worn → shown``, without a second name when nothing is left; it is
    empty when everything is there again.
    """
    return sum(_note_batch(looks, now) for looks in _batches())


def _batches() -> Iterator[Sequence[Look]]:
    newest = LookEvent.objects.filter(look=OuterRef("pk"), act=LookAct.SWAPPED)
    last = newest.order_by("-at", "-pk").values("note")[:1]
    rows = (
        Look.objects.filter(status=LookStatus.PUBLISHED, live__isnull=False)
        .select_related("live")
        .annotate(last_note=Subquery(last))
        .order_by("pk")
    )
    after = 0
    while found := list(rows.filter(pk__gt=after)[:BATCH]):
        yield found
        after = found[-1].pk


@transaction.atomic
def _note_batch(looks: Sequence[Look], now: datetime) -> int:
    resolved = resolve([look.live for look in looks if look.live is not None], now=now)
    noted = 0
    for look in looks:
        shown = resolved[look.live_id or 0]
        note = _words(shown)
        known: str | None = look.last_note  # type: ignore[attr-defined]
        if note != (known or ""):
            look_events.record(
                look, LookAct.SWAPPED, at=now, version=look.live, code=_worst(shown), note=note
            )
            noted += 1
    return noted


def _told(shown: ResolvedLook) -> list[ResolvedSlot]:
    return [place for place in shown.slots if place.product and place.found in _TOLD]


def _words(shown: ResolvedLook) -> str:
    lines = []
    for place in _told(shown):
        worn = place.slot.options.all()[0].product.name
        instead = "" if place.is_sold_out or place.product is None else f" {place.product.name}"
        lines.append(f"{worn} →{instead}")
    return "\n".join(lines)[:_NOTE_LENGTH]


def _worst(shown: ResolvedLook) -> str:
    """Return how the worst place is filled: ``exact`` when all is as it was worn."""
    order = list(Found)
    return max((place.found for place in _told(shown)), key=order.index, default=Found.EXACT).value
