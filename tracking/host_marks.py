"""Who knows which hosts' visits are to be marked as they land: apps above us say so at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_SOURCES: list[Callable[[], Mapping[str, int]]] = []


def provide(read: Callable[[], Mapping[str, int]]) -> None:
    """Let landings be marked by what ``read`` returns: see ``domain.host_marks.Marks``.

    It is called about once a minute, never for a landing.
    """
    if read not in _SOURCES:
        _SOURCES.append(read)


def read_host_marks() -> dict[str, int]:
    """Return all marks there are now.

    :raises django.db.Error: when a source cannot be read.
    """
    found: dict[str, int] = {}
    for read in _SOURCES:
        found.update(read())
    return found
