"""Long lists, walked page by page while they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from apport_client.errors import Unexpected

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list. ``next_cursor`` leads to those after them; None at the end."""

    data: tuple[T, ...]
    next_cursor: str | None


class Pages(Generic[T]):
    """A list that asks for its next page when the one before is used up, and not sooner.

    Each ``for`` over it begins anew. ``pages()`` gives whole pages, whose ``next_cursor`` can be
    kept: a list that is asked for with ``cursor=`` goes on from there.
    """

    def __init__(self, fetch: Callable[[str], Page[T]], cursor: str) -> None:
        self._fetch = fetch
        self._cursor = cursor

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.data

    def pages(self) -> Iterator[Page[T]]:
        """Yield one page after the other.

        :raises Unexpected: when a page leads to itself.
        """
        cursor: str | None = self._cursor
        while cursor is not None:
            page = self._fetch(cursor)
            yield page
            if page.next_cursor == cursor:
                raise Unexpected("The cursor after this page leads to it again.")
            cursor = page.next_cursor

    def first(self) -> T | None:
        """Return the first of the list; None when there is none."""
        return next(iter(self), None)
