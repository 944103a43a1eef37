"""The clicks of visitors, looked up once per order: the plan is made once per connection."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from psycopg import Cursor

# A function with settings of its own (tracking 0011): it looks up visitor by visitor, and is kept
# from reading the period's BRIN, or a month without statistics, beside the visitors' index.
_CLICKS = "SELECT * FROM tracking_clicks_of(%s::uuid[], %s, %s)"


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


_click = partial(tuple.__new__, VisitorClick)  # For thousands of rows at a time.


def clicks_of_visitors(
    visitors: Collection[UUID], since: datetime, until: datetime
) -> list[VisitorClick]:
    """Return the clicks of ``visitors`` with ``since`` <= time <= ``until``, oldest first."""
    if not visitors:
        return []
    connection.ensure_connection()
    # In the order of the index: who is next to each other there is asked for one after the other.
    wanted = sorted(set(visitors), key=attrgetter("int"))
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        rows = cursor.execute(_CLICKS, [wanted, since, until], prepare=True, binary=True)
        return list(map(_click, rows.fetchall()))
