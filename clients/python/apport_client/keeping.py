"""Answers that were had before: what has not changed since is not sent anew."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

#: Longer answers, such as statements, are not kept.
LONGEST = 256 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and the ETag by which it is asked whether it still stands."""

    etag: str
    body: bytes


class Keeper:
    """The latest answers of a client, at most ``most``, by what was asked. In memory alone."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def find(self, asked: str) -> Kept | None:
        """Return what was answered, if it is kept."""
        with self._lock:
            found = self._kept.get(asked)
            if found is not None:
                self._kept.move_to_end(asked)
            return found

    def keep(self, asked: str, etag: str | None, body: bytes) -> None:
        """Keep an answer instead of the one before; one without an ETag, or too long, is not."""
        with self._lock:
            self._kept.pop(asked, None)
            if not etag or len(body) > LONGEST or not self._most:
                return
            self._kept[asked] = Kept(etag, body)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
