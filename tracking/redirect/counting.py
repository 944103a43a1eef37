"""What this process answered, and how long that took: read by /metrics from its file."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from django.conf import settings

from core.counters import Counters, duration_names

KIND = "landings"
LANDING = "landing"
ANSWERS = ("sent_on", "prefetch", "unknown", "other")
LOST = "lost"
TOLD = ("told.kept", "told.refused", "told.unavailable", "told.other")
NAMES = (*duration_names(LANDING), *ANSWERS, LOST, *TOLD)
_OF_STATUS = {302: "sent_on", 503: "prefetch", 404: "unknown"}
_OF_TOLD = {200: "told.kept", 204: "told.kept", 429: "told.refused", 503: "told.unavailable"}


class Counting:
    """The numbers of one process: landings by their answer, calls of /j, lines lost."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        slot = counters.slot
        self._landing = slot(f"{LANDING}.le_250000")
        self._of_status = {status: slot(name) for status, name in _OF_STATUS.items()}
        self._of_told = {status: slot(name) for status, name in _OF_TOLD.items()}
        self._other, self._told_other, self._lost = slot("other"), slot("told.other"), slot(LOST)

    def landed(self, status: int, ns: int) -> None:
        """Count a landing that was answered with ``status`` after ``ns`` nanoseconds."""
        self._counters.took(self._landing, ns, self._of_status.get(status, self._other))

    def told(self, status: int) -> None:
        """Count a call of /j that was answered with ``status``."""
        self._counters.add(self._of_told.get(status, self._told_other))

    def lost(self, lines: int) -> None:
        """Count lines that no disk took."""
        self._counters.add(self._lost, lines)


def counting() -> Counting:
    """Return this process's own numbers; their file begins with the first call."""
    return _own_counting(settings.COUNTERS_DIR)


@cache
def _own_counting(directory: Path) -> Counting:
    return Counting(Counters(directory, KIND, NAMES))


def _after_fork() -> None:
    _own_counting.cache_clear()


os.register_at_fork(after_in_child=_after_fork)
