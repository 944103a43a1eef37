"""Marks of the hosts that visitors come from, found by the host or by a domain that holds it."""

from __future__ import annotations

from collections.abc import Mapping

#: Bits of ``navigation.Fact`` by host, without ``www.``. ``codepromo.*``: any host so begun.
Marks = Mapping[str, int]


def mark_of(host: str, marks: Marks) -> int:
    """Return the bits of a host in small letters: its own, else of the nearest domain above it.

    A host that is listed with 0 bits has none, whatever holds it.
    """
    bare = host.removeprefix("www.")
    above = bare
    while above:
        found = marks.get(above)
        if found is not None:
            return found
        above = above.partition(".")[2]
    return marks.get(f"{bare.partition('.')[0]}.*", 0)
