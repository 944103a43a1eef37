"""The four lines that every state machine of the product shares."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime
from typing import ClassVar

from core.errors import InvalidTransition


class Moves:
    """Mixin for a model whose ``status`` moves only along ``ARROWS``."""

    ARROWS: ClassVar[Mapping[str, Set[str]]]
    status: str
    status_changed_at: datetime

    def move_to(self, new: str, *, at: datetime) -> None:
        """Move along an arrow. In memory only: the caller holds the row lock and saves.

        :raises InvalidTransition: if there is no such arrow.
        """
        if new not in self.ARROWS[self.status]:
            name = type(self).__name__.lower()
            raise InvalidTransition(f"A {self.status} {name} cannot become {new}.")
        self.status, self.status_changed_at = new, at
