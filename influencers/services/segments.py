"""Saved selections of creators (docs/rules/standing.md, SG1 to SG5)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from influencers.domain.segment import Rules, as_document
from influencers.models import Segment

_NAME_LENGTH = 80


class SegmentRefused(DomainError):
    """A segment without a name or without a rule, or with another's name."""

    code = "segment_refused"


@transaction.atomic
def save(*, name: str, rules: Rules, by_id: int, now: datetime) -> Segment:
    """Save a selection under a name. Safe to repeat: the same name and rules are one segment.

    :raises SegmentRefused: see the class.
    """
    wanted = name.strip()[:_NAME_LENGTH]
    if not wanted or rules.is_empty:
        raise SegmentRefused(_("Choose a filter first, and give the segment a name."))
    segment, created = Segment.objects.get_or_create(
        name=wanted,
        defaults={"rules": as_document(rules), "created_at": now, "created_by_id": by_id},
    )
    if not created:
        if segment.rules != as_document(rules):
            raise SegmentRefused(_("Another segment has this name."))
        return segment
    audit.record(actor=by_id, verb="segment.saved", subject=segment, at=now, data=segment.rules)
    return segment


@transaction.atomic
def delete(segment_id: int, *, by_id: int, now: datetime) -> None:
    """Forget a selection. Nobody who was chosen by it is changed. Safe to repeat."""
    segment = Segment.objects.select_for_update().filter(pk=segment_id).first()
    if segment is None:
        return
    audit.record(
        actor=by_id, verb="segment.deleted", subject=segment, at=now,
        data={"name": segment.name, **segment.rules},
    )  # fmt: skip
    segment.delete()
