"""From which hosts and under which sub ids affiliates' clicks came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection

from fraud.domain.evidence import SubIdSeen
from fraud.queries.sums import Period
from fraud.services import visit_sums
from fraud.services.taps import IS_TAP

MOST_HOSTS, MOST_SUB_IDS = 50, 20
_SOURCES = f"""
    SELECT affiliate_id, is_host, name, n, rank FROM (
      SELECT affiliate_id, is_host, name, n, row_number() OVER (
        PARTITION BY affiliate_id, is_host ORDER BY n DESC, name) AS rank
      FROM (
        SELECT affiliate_id, GROUPING(referrer_host) = 0 AS is_host,
          coalesce(referrer_host, sub_id) AS name, count(*) AS n
        FROM tracking_click WHERE clicked_at >= %s AND clicked_at < %s
          AND NOT {IS_TAP}
        GROUP BY GROUPING SETS ((affiliate_id, referrer_host), (affiliate_id, sub_id))
      ) AS sums WHERE name <> ''
    ) AS ranked
"""  # noqa: S608


@dataclass(slots=True)
class Sources:
    """The commonest hosts and sub ids of one affiliate's clicks, with how many came so."""

    hosts: dict[str, int] = field(default_factory=dict)
    sub_ids: dict[str, int] = field(default_factory=dict)
    with_sub_id: int = 0


def sources_of(period: Period) -> dict[int, Sources]:
    """Return where every affiliate's consented clicks came from, but for taps. One query."""
    found: dict[int, Sources] = defaultdict(Sources)
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES, [period.begins, period.ends])
        for affiliate_id, is_host, name, number, rank in cursor.fetchall():
            sources = found[affiliate_id]
            if is_host and rank <= MOST_HOSTS:
                sources.hosts[name] = number
            elif not is_host:
                sources.with_sub_id += number
                if rank <= MOST_SUB_IDS:
                    sources.sub_ids[name] = number
    return found


def sub_ids_of(
    affiliate_ids: Collection[int], sources: dict[int, Sources], period: Period
) -> dict[int, tuple[SubIdSeen, ...]]:
    """Return how the visits under the commonest sub ids of affiliates began. One query."""
    if not affiliate_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            visit_sums.SUB_IDS,
            {
                "since": period.begins,
                "until": period.ends,
                "affiliates": list(affiliate_ids),
            },
        )
        began = {(pk, sub_id): (known, opened) for pk, sub_id, known, opened in cursor.fetchall()}
    return {pk: tuple(_seen(pk, sources[pk].sub_ids.items(), began)) for pk in affiliate_ids}


def _seen(
    affiliate_id: int,
    sub_ids: Iterable[tuple[str, int]],
    began: dict[tuple[int, str], tuple[int, int]],
) -> Iterable[SubIdSeen]:
    for sub_id, clicks in sub_ids:
        known, opened = began.get((affiliate_id, sub_id), (0, 0))
        yield SubIdSeen(sub_id=sub_id, clicks=clicks, session_known=known, session_open=opened)
