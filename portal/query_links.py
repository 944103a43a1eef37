"""The query: reading text from it, and links that change one part of it and keep the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.http import QueryDict

POSITION = ("page", "cursor")


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of a filter."""

    label: str
    href: str
    active: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class PagerLinks:
    """Where previous and next lead; empty when there is none. Totals only when known."""

    previous: str = ""
    next: str = ""
    number: int | None = None
    pages: int | None = None
    total: int | None = None


def text(query: QueryDict, name: str, *, longest: int = 100) -> str:
    """Return a parameter that is looked up in the database: trimmed, cut, and without NULs.

    PostgreSQL has no NUL in a text, so nothing could be found by one.
    """
    return query.get(name, "").replace("\0", "").strip()[:longest]


def changed(query: QueryDict, **parameters: str) -> str:
    """The query with ``parameters`` set (removed when empty), from its first page.

    Another filter or order begins again at the beginning, so a position is kept only when given.
    """
    target = query.copy()
    for name in POSITION:
        target.pop(name, None)
    for name, value in parameters.items():
        if value:
            target[name] = value
        else:
            target.pop(name, None)
    return f"?{target.urlencode()}"


def chips(
    query: QueryDict, name: str, options: Iterable[Sequence[Any]], all_label: str = ""
) -> list[Chip]:
    """One chip for each option; an active one leads back to all. ``all_label`` adds "All"."""
    current = query.get(name, "")
    drawn = []
    if all_label:
        drawn.append(Chip(all_label, changed(query, **{name: ""}), not current))
    for value, label, *count in options:
        active = current == str(value)
        drawn.append(
            Chip(
                label=str(label),
                href=changed(query, **{name: "" if active else str(value)}),
                active=active,
                count=count[0] if count else None,
            )
        )
    return drawn


def without(query: QueryDict, names: Iterable[str]) -> str:
    """The query without ``names``; empty when it holds none of them."""
    present = [name for name in names if query.get(name)]
    return changed(query, **dict.fromkeys(present, "")) if present else ""


def by_page(query: QueryDict, page: Page[Any]) -> PagerLinks:
    """Links around a numbered page."""
    return PagerLinks(
        previous=changed(query, page=str(page.number - 1)) if page.has_previous() else "",
        next=changed(query, page=str(page.number + 1)) if page.has_next() else "",
        number=page.number,
        pages=page.paginator.num_pages,
        total=page.paginator.count,
    )


def by_cursor(query: QueryDict, previous: str, following: str) -> PagerLinks:
    """Links around a page found by cursor."""
    return PagerLinks(
        previous=changed(query, cursor=previous) if previous else "",
        next=changed(query, cursor=following) if following else "",
    )
