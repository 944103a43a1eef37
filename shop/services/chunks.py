"""Bounded pieces of a stream, so that one transaction never holds all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
CHUNK = 500


def chunks(
    items: Iterable[Item], *, key: Callable[[Item], str], size: int = CHUNK
) -> Iterator[list[Item]]:
    """Yield lists of at most ``size`` items in which no key occurs twice, in order."""
    found: dict[str, Item] = {}
    for item in items:
        if len(found) == size or key(item) in found:
            yield list(found.values())
            found = {}
        found[key(item)] = item
    if found:
        yield list(found.values())
