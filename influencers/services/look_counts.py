"""Counting what is seen and tapped, of nobody in particular (docs/rules/looks.md, LK50 to LK53)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from influencers.models import LookCount, LookSlot
from influencers.queries.look_pages import published

WHOLE_LOOK = UUID(int=0)
VIEW, TAP = "view", "tap"
#: What one page may tell at once.
MOST_ACTS = 40


@dataclass(frozen=True, slots=True)
class Seen:
    """A look that came into view, or was tapped: on one of its items, or as a whole."""

    look_id: int
    act: str
    slot_key: UUID = WHOLE_LOOK


def count(acts: Iterable[Seen], *, surface: str, now: datetime) -> int:
    """Add what one page tells to the day's counts, in one statement; return how many counted.

    Looks that are not published and items that they do not have are left out. Not repeatable:
    every call counts.
    """
    told = Counter(list(acts)[:MOST_ACTS])
    known = set(
        published(now).filter(pk__in={seen.look_id for seen in told}).values_list("pk", "live")
    )
    live = dict(known)
    keys = set(
        LookSlot.objects.filter(
            version__in=live.values(), key__in={seen.slot_key for seen in told}
        ).values_list("version", "key")
    )
    counted = {
        seen: times
        for seen, times in told.items()
        if seen.look_id in live
        and (seen.slot_key == WHOLE_LOOK or (live[seen.look_id], seen.slot_key) in keys)
    }
    if counted:
        _add(counted, surface=surface, now=now)
    return sum(counted.values())


@transaction.atomic
def _add(counted: dict[Seen, int], *, surface: str, now: datetime) -> None:
    # In one order everywhere: two pages that tell of the same looks wait, and never both.
    ordered = sorted(counted.items(), key=lambda pair: (pair[0].look_id, pair[0].act,
                                                        pair[0].slot_key))  # fmt: skip
    day = timezone.localdate(now)
    with connection.cursor() as cursor:
        # A count may be lost with the power; nobody waits for the disk.
        cursor.execute("SET LOCAL synchronous_commit TO OFF")
        cursor.execute(
            f"""
            INSERT INTO {LookCount._meta.db_table} (look_id, day, surface, act, slot_key, count)
            SELECT look, %s, %s, act, slot, times
            FROM unnest(%s::bigint[], %s::text[], %s::uuid[], %s::int[])
              AS told (look, act, slot, times)
            ON CONFLICT ON CONSTRAINT look_count_once
            DO UPDATE SET count = {LookCount._meta.db_table}.count + excluded.count
            """,  # noqa: S608 the table's own name
            [
                day,
                surface,
                [seen.look_id for seen, _times in ordered],
                [seen.act for seen, _times in ordered],
                [seen.slot_key for seen, _times in ordered],
                [times for _seen, times in ordered],
            ],
        )
