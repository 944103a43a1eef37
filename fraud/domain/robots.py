"""What a site lets robots read: robots.txt as RFC 9309 says it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MOST_BYTES = 500_000
_MOST_RULES = 5_000


class Rule(NamedTuple):
    """A path, perhaps with ``*`` and ``$``, and whether it may be read."""

    path: str
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for us."""

    rules: Sequence[Rule] = ()

    def allows(self, path: str) -> bool:
        """Tell whether a path may be read: the longest rule decides, a tie in its favour."""
        held = [rule for rule in self.rules if _matches(rule.path, path)]
        best = max(held, key=lambda rule: (len(rule.path), rule.is_allowed), default=None)
        return best is None or best.is_allowed


#: For a site whose robots.txt cannot be had because its machine is ill.
NOTHING = Robots((Rule("/", False),))


def parse(text: str, agent: str) -> Robots:
    """Return the rules for ``agent``: of the groups that name it, else of those for everybody."""
    own: list[Rule] = []
    all_others: list[Rule] = []
    is_named = False
    groups: list[list[Rule]] = []
    is_heading = False
    for key, value in _lines(text):
        if key == "user-agent":
            if not is_heading:
                groups = []
            is_heading = True
            said = value.lower()
            if said == "*":
                groups.append(all_others)
            elif said and agent.lower().startswith(said):
                groups.append(own)
                is_named = True
        elif key in {"allow", "disallow"}:
            is_heading = False
            if value:
                for group in groups:
                    group.append(Rule(value, key == "allow"))
    return Robots(tuple((own if is_named else all_others)[:_MOST_RULES]))


def _lines(text: str) -> Iterable[tuple[str, str]]:
    for line in text[:MOST_BYTES].splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield key.strip().lower(), value.strip()


def _matches(pattern: str, path: str) -> bool:
    """Compare piece by piece: a pattern of many stars takes no longer than a plain one."""
    is_end = pattern.endswith("$")
    first, *pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for place, piece in enumerate(pieces):
        if is_end and place == len(pieces) - 1:
            return len(path) - len(piece) >= at and path.endswith(piece)
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not is_end or at == len(path)
