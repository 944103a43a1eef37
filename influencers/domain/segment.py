"""Selections of creators: which facts are asked for, and who has them. Values in, values out.

The rules are SG1 to SG4 of ``docs/rules/standing.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from core.errors import DomainError

#: Of a word that is a theme or a tag.
LONGEST_WORD, MOST_WORDS = 30, 20


class UnreadableRules(DomainError):
    """A stored or typed selection that says something unknown."""

    code = "unreadable_rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Creator:
    """What a selection may ask about one creator. ``tier`` empty: members are not known."""

    affiliate_id: int
    name: str
    kind: str
    label: str
    tier: str = ""
    members: int | None = None
    region: str = ""
    store: str = ""
    themes: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    pools: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is asked. An empty part asks for nothing; several words of a part: any of them (SG1).

    ``members_from`` and ``members_to`` are both included. ``pools`` are ids, as text.
    """

    search: str = ""
    kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    members_from: int | None = None
    members_to: int | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether everybody is meant."""
        return self == Rules()


def matches(rules: Rules, creator: Creator) -> bool:
    """Tell whether a creator is meant: every part that asks for something has to hold (SG2)."""
    one_of = (
        (rules.kinds, {creator.kind}),
        (rules.themes, creator.themes),
        (rules.tiers, {creator.tier}),
        (rules.regions, {creator.region}),
        (rules.stores, {creator.store}),
        (rules.tags, creator.tags),
        (rules.networks, creator.networks),
        (rules.pools, creator.pools),
        (rules.labels, {creator.label}),
    )
    if any(wanted and not set(wanted) & set(has) for wanted, has in one_of):
        return False
    if set(rules.without_tags) & creator.tags:
        return False
    if rules.search and rules.search.casefold() not in creator.name.casefold():
        return False
    return _has_members(rules, creator.members)


def _has_members(rules: Rules, members: int | None) -> bool:
    """Unknown members are never within limits (SG3)."""
    if rules.members_from is None and rules.members_to is None:
        return True
    if members is None or members < (rules.members_from or 0):
        return False
    return rules.members_to is None or members <= rules.members_to


def chosen(rules: Rules, creators: Iterable[Creator]) -> list[Creator]:
    """Return who is meant, in their order."""
    return [one for one in creators if matches(rules, one)]


def as_document(rules: Rules) -> dict[str, Any]:
    """Return what is stored: the parts that ask for something."""
    said = {name: value for name, value in asdict(rules).items() if value not in ("", (), None)}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in said.items()
    }


def read(document: Mapping[str, Any]) -> Rules:
    """Return the selection of a stored document. ``read(as_document(rules)) == rules`` (SG4).

    :raises UnreadableRules: for an unknown part, or one of another type.
    """
    known = {field.name: field.default for field in fields(Rules)}
    parts: dict[str, Any] = {}
    for name, value in document.items():
        if name not in known:
            raise UnreadableRules(f"A selection has no part “{name}”.")
        default = known[name]
        if isinstance(default, tuple):
            if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
                raise UnreadableRules(f"“{name}” is a list of words.")
            parts[name] = tuple(value)
        elif default is None:
            if type(value) is not int or value < 0:
                raise UnreadableRules(f"“{name}” is a whole number.")
            parts[name] = value
        else:
            if not isinstance(value, str):
                raise UnreadableRules(f"“{name}” is a text.")
            parts[name] = value
    return Rules(**parts)


def words_of(text: str) -> list[str]:
    """Return themes or tags from what was typed: in small letters, each once, in their order.

    Separated by commas or lines; cut at 30 letters, at most 20 of them.
    """
    found = (" ".join(part.split()).casefold() for part in text.replace("\n", ",").split(","))
    return [one[:LONGEST_WORD] for one in dict.fromkeys(found) if one][:MOST_WORDS]
