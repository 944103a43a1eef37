"""An entrance: what reads the bytes of strangers, its refusals, and what to begin with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.errors import DomainError

#: Where a new line stands between a first part (a topic, headers, a method) and the rest.
BREAK = b"\n"


@dataclass(frozen=True, slots=True)
class Entrance:
    """``read`` takes any bytes: it returns, or raises one of ``refusals``. All else is a fault.

    ``seeds`` are whole inputs to begin with, and every input that once was a fault. ``words``
    are pieces of the format. With ``is_json`` what stands below the first line is JSON, and its
    parts are changed, not only its letters. One input that takes longer than ``slow_seconds`` is a
    fault too: it holds up everybody else.
    """

    name: str
    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()
    refusals: tuple[type[Exception], ...] = (DomainError,)
    is_json: bool = False
    slow_seconds: float = 2.0

    def take(self, body: bytes) -> bool:
        """Read ``body``; tell whether it was taken, and not refused. A fault rises."""
        try:
            self.read(body)
        except self.refusals:
            return False
        return True


def text_of(body: bytes) -> str:
    """Return what a form or a file gives for these bytes: never half of a pair of surrogates."""
    return body.decode("utf-8", "replace")


def header_of(body: bytes) -> str:
    """Return what a server gives for these bytes in a header."""
    return body.decode("latin-1").replace("\n", "").replace("\r", "")


def parted(body: bytes) -> tuple[str, bytes]:
    """Return the first line as a header is read, and the rest."""
    first, _break, rest = body.partition(BREAK)
    return header_of(first), rest


def with_topics(bodies: Iterable[tuple[str, object]]) -> tuple[bytes, ...]:
    """Return a seed of each body under its topic."""
    return tuple(
        topic.encode() + BREAK + json.dumps(body, default=str).encode() for topic, body in bodies
    )
