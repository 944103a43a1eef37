"""What somebody looks for, across all that they may see: places, and their own rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.models import User
from portal.access import Role, roles_of
from portal.search import partner, places, staff
from portal.search.hits import Group, Source

#: Two letters say nothing yet: only places are looked through.
LEAST_LETTERS = 3
MOST_LETTERS = 100


def find(user: User, words: str) -> list[Group]:
    """Return what ``user`` may see and ``words`` name, group by group, without empty groups.

    Each group has a handful of rows and, where there may be more, an address that lists them all.
    """
    wanted = " ".join(words.split())[:MOST_LETTERS]
    if not wanted:
        return []
    return [group for source in _sources(user, wanted) if (group := source(user, wanted)).hits]


def _sources(user: User, words: str) -> Iterator[Source]:
    yield places.found
    if len(words) < LEAST_LETTERS:
        return
    roles = roles_of(user)
    by_role: tuple[tuple[Role, Callable[[User], Iterator[Source]]], ...] = (
        (Role.PARTNER, partner.sources),
        (Role.MANAGER, staff.of_managers),
        (Role.FINANCE, staff.of_finance),
    )
    seen: set[Source] = set()
    for role, sources in by_role:
        if role in roles:
            fresh = [source for source in sources(user) if source not in seen]
            seen.update(fresh)
            yield from fresh
