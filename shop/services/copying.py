"""Many rows into one table by PostgreSQL's COPY: an order's lines at a fifth of the usual price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def copy_in(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert ``rows`` of the named columns into the model's table, in the caller's transaction.

    Constraints and triggers hold as for INSERT; ``save()`` and field defaults are not asked, and no
    ids come back. Columns that are left out need a default in the database.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
