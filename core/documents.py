"""Reading the JSON documents that people write rules in: everything named, nothing guessed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import DomainError
from core.wording import Said


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads values of a document; ``error`` is raised with a sentence that names the place."""

    error: type[DomainError]

    def mapping(self, said: object, name: str, known: Collection[str]) -> Mapping[str, Any]:
        """Return a JSON object that has no other keys than the known ones."""
        if not isinstance(said, Mapping):
            raise self.error(Said("%(rule)s is a JSON object.", rule=name))
        for key in said:
            if key not in known:
                raise self.error(
                    Said("%(rule)s: there is no “%(key)s”. Known: %(known)s.",
                         rule=name, key=key, known=", ".join(known))
                )  # fmt: skip
        return said

    def number(self, said: object, name: str, largest: int, *, smallest: int = 1) -> int:
        """Return a whole number from ``smallest`` to ``largest``."""
        if isinstance(said, bool) or not isinstance(said, int) or not smallest <= said <= largest:
            raise self.error(
                Said("%(rule)s is a whole number from %(smallest)s to %(largest)s.",
                     rule=name, smallest=smallest, largest=largest)
            )  # fmt: skip
        return said

    def word(self, said: object, name: str, known: Collection[str]) -> str:
        """Return one of the known words."""
        if not isinstance(said, str) or said not in known:
            raise self.error(
                Said("%(rule)s is one of %(known)s.", rule=name, known=", ".join(known))
            )
        return said

    def words(self, said: object, name: str, known: Collection[str]) -> frozenset[str]:
        """Return a list of known words as a set."""
        return frozenset(self.word(one, name, known) for one in self.entries(said, name))

    def text(self, said: object, name: str, longest: int) -> str:
        """Return a text of 1 to ``longest`` signs, without blanks around it."""
        if not isinstance(said, str) or not 1 <= len(said.strip()) <= longest:
            raise self.error(
                Said("%(rule)s is a text of 1 to %(longest)s signs.", rule=name, longest=longest)
            )
        return said.strip()

    def texts(self, said: object, name: str, longest: int, most: int) -> frozenset[str]:
        """Return a list of 1 to ``most`` texts as a set."""
        found = self.entries(said, name)
        if not 1 <= len(found) <= most:
            raise self.error(Said("%(rule)s has 1 to %(most)s entries.", rule=name, most=most))
        return frozenset(self.text(one, name, longest) for one in found)

    def entries(self, said: object, name: str) -> Collection[Any]:
        """Return a JSON list."""
        if not isinstance(said, list | tuple):
            raise self.error(Said("%(rule)s is a list.", rule=name))
        return said

    def flag(self, said: object, name: str) -> bool:
        """Return true or false."""
        if not isinstance(said, bool):
            raise self.error(Said("%(rule)s is true or false.", rule=name))
        return said

    def day(self, said: object, name: str) -> date:
        """Return a date written as 2026-11-27."""
        try:
            return date.fromisoformat(said if isinstance(said, str) else "")
        except ValueError as error:
            raise self.error(Said("%(rule)s is a date like 2026-11-27.", rule=name)) from error
