"""The clicks of visitors, looked up once per order: the plan is made once per connection."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from psycopg import Cursor
from psycopg.rows import class_row

# Explicit bounds let PostgreSQL leave out the other months when the prepared plan runs. The join
# looks up visitor by visitor: for "= ANY" the plan would read the whole period's BRIN as well.
_CLICKS = """
    SELECT id AS pk, visitor, clicked_at, link_id, affiliate_id, navigation, facts,
      referrer_host, sub_id, surface
    FROM unnest(%s::uuid[]) AS asked(visitor) JOIN tracking_click USING (visitor)
    WHERE clicked_at >= %s AND clicked_at <= %s
    ORDER BY clicked_at, id
"""


class VisitorClick(NamedTuple):
    """A click whose visitor is known."""

    pk: int
    visitor: UUID
    clicked_at: datetime
    link_id: int
    affiliate_id: int
    navigation: str
    facts: int
    referrer_host: str
    sub_id: str
    surface: str


def clicks_of_visitors(
    visitors: Collection[UUID], since: datetime, until: datetime
) -> list[VisitorClick]:
    """Return the clicks of ``visitors`` with ``since`` <= time <= ``until``, oldest first."""
    if not visitors:
        return []
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        Cursor(connection.connection, row_factory=class_row(VisitorClick)) as cursor,
    ):
        wanted = list(set(visitors))
        return cursor.execute(_CLICKS, [wanted, since, until], prepare=True, binary=True).fetchall()
