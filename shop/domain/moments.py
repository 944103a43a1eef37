"""Of which moment a fact about a product is: an older one that is read late changes nothing.

Rule O21.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: The shop's clock and ours may differ by so much.
CLOCKS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Told:
    """How a body came: when, and whether we had asked for it."""

    at: datetime
    was_asked: bool = False

    def moment_of(self, changed_at: datetime | None) -> datetime:
        """Return of which moment a fact is that the shop says it changed at ``changed_at``.

        Where the shop does not say it, when it came. What we asked for is as it was when we asked,
        however long ago it changed. A clock that is far ahead of ours is not believed: else nothing
        would count until we are there.
        """
        if changed_at is None:
            return self.at
        if self.was_asked:
            changed_at = max(changed_at, self.at - CLOCKS)
        return min(changed_at, self.at + CLOCKS)


def is_late(moment: datetime | None, known: datetime | None) -> bool:
    """Tell whether a fact is older than the one that is known; of one moment the last read holds.

    None: of no moment, as a file that a person gives; it holds as it is read.
    """
    return moment is not None and known is not None and moment < known
