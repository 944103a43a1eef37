"""What happened to a look, kept for its creator and for the programme."""

from __future__ import annotations

from datetime import datetime

from influencers.models import Look, LookEvent, LookVersion


def record(
    look: Look,
    act: str,
    *,
    at: datetime,
    actor_id: int | None = None,
    version: LookVersion | None = None,
    code: str = "",
    note: str = "",
) -> LookEvent:
    """Keep that ``act`` (a ``LookAct``) was done. ``note`` is shown to the creator.

    ``actor_id``: None when the system did it.
    """
    return LookEvent.objects.create(
        look=look, version=version, act=act, code=code, note=note, actor_id=actor_id, at=at
    )
