"""Many links at once, from the lines of a file (docs/rules/links.md, L14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.errors import DomainError
from tracking.models import Link
from tracking.services import links


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLink:
    """One line of the file."""

    number: int
    destination_url: str
    label: str = ""
    slug: str = ""
    sub_id: str = ""
    tags: tuple[str, ...] = ()
    campaign: str = ""
    note: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of a line: its link, or why there is none."""

    wanted: WantedLink
    link: Link | None = None
    refusal: DomainError | None = None


@transaction.atomic
def bring_in(
    lines: Sequence[WantedLink],
    *,
    affiliate_id: int,
    shop_id: int,
    is_rehearsal: bool,
    now: datetime,
) -> list[LineResult]:
    """Make a link of every line that can be one; a refused line stops no other.

    A rehearsal does exactly the same, and then nothing of it stays.
    """
    results = [_bring_in(line, affiliate_id, shop_id, now) for line in lines]
    if is_rehearsal:
        transaction.set_rollback(True)
    return results


def _bring_in(line: WantedLink, affiliate_id: int, shop_id: int, now: datetime) -> LineResult:
    try:
        with transaction.atomic():
            link = links.create(
                affiliate_id=affiliate_id,
                shop_id=shop_id,
                destination_url=line.destination_url,
                label=line.label,
                slug=line.slug,
                sub_id=line.sub_id,
                tags=line.tags,
                campaign=line.campaign,
                note=line.note,
                expires_at=line.expires_at,
                now=now,
            )
    except DomainError as refusal:
        return LineResult(line, refusal=refusal)
    return LineResult(line, link=link)
