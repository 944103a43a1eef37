"""Chips of a filter that always has a choice: the default stands for an address without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import QueryDict

from portal.query_links import Chip, changed


def choice_chips(
    query: QueryDict, name: str, options: Iterable[Sequence[Any]], *, current: str, default: str
) -> list[Chip]:
    """Return a chip for each ``(value, label)`` or ``(value, label, count)``; one is active."""
    return [
        Chip(
            label=str(label),
            href=changed(query, **{name: "" if value == default else str(value)}),
            active=value == current,
            count=count[0] if count else None,
        )
        for value, label, *count in options
    ]
