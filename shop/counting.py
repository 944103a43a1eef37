"""Which orders count as one. Whoever counts orders, in Python or in SQL, asks here.

A test order is none (O10). What an edit added to an order is none more (O15): it has lines, credits
and commissions of its own, so its pieces and its money count, and the order is counted once.
"""

from __future__ import annotations

from django.db.models import Case, Count, F, Q, When


def counted(path: str = "") -> Q:
    """Return the condition that the order at ``path`` (as ``order__``) counts as one."""
    return Q(**{f"{path}is_addition": False, f"{path}is_test": False})


def number_of_orders(path: str = "order__", *, among: Q | None = None) -> Count:
    """Return how many orders there are of rows that are about one each, at ``path``.

    ``among``: a condition on the rows besides.
    """
    return Count("pk", filter=counted(path) & among if among else counted(path))


def root(path: str = "") -> Case:
    """Return the order that the one at ``path`` is part of: itself, or what an edit changed.

    Distinct ones are counted where the order itself may be out of sight: of a product that only an
    edit brought in, or when everything of the order came back but what the edit added.
    """
    return Case(
        When(**{f"{path}is_addition": True}, then=F(f"{path}follows")), default=F(f"{path}pk")
    )


def counted_sql(order: str) -> str:
    """Return :func:`counted` of a table or its alias, as SQL."""
    return f"NOT {order}.is_addition AND NOT {order}.is_test"


def root_sql(order: str) -> str:
    """Return :func:`root` of a table or its alias, as SQL."""
    return f"CASE WHEN {order}.is_addition THEN {order}.follows_id ELSE {order}.id END"
