"""Who of staff may what, read off the guards of the pages themselves and off the rules of roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext as _

from core.domain.staff_rules import needs_second
from core.models import StaffRole
from portal.access import Role
from portal.audiences import Audience
from portal.display import Text
from portal.navigation import reached_from
from portal.places import PLACES

COLUMNS = (Role.MANAGER, Role.FINANCE)
_LETS_IN: dict[object, frozenset[Role]] = {
    Audience.MANAGER: frozenset({Role.MANAGER}),
    Audience.FINANCE: frozenset({Role.FINANCE}),
    Audience.TEAM: frozenset(COLUMNS),
}
#: Only these pages themselves: whatever stands below has a place of its own, or is of nobody's.
_ROOTS = {"/manage/", "/finance/"}


@dataclass(frozen=True, slots=True)
class Cell:
    """How many of a place's pages and acts are open to a role."""

    open: int
    all: int

    @property
    def is_all(self) -> bool:
        return self.open == self.all

    @property
    def is_none(self) -> bool:
        return self.open == 0


@dataclass(frozen=True, slots=True)
class Line:
    """A place of the rail, with a cell for each role."""

    section: Text
    label: Text
    href: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Giving:
    """Whether who has a role gives another one alone; ``alone`` one answer for each column."""

    label: str
    alone: tuple[bool, ...]


def lines() -> list[Line]:
    """Return every place of staff once, in the order of the rail, with who enters what of it."""
    guards, found = _guards(), []
    for href, (section, label) in _places().items():
        of_place = guards.get(href, [])
        cells = tuple(
            Cell(sum(role in roles for roles in of_place), len(of_place)) for role in COLUMNS
        )
        found.append(Line(section, label, href, cells))
    rest = guards.get("", [])
    cells = tuple(Cell(sum(role in roles for roles in rest), len(rest)) for role in COLUMNS)
    return [*found, Line("", _("Notifications and what pages have in common"), "", cells)]


def givings() -> list[Giving]:
    """Return for each role who gives it alone."""
    return [
        Giving(str(role.label), tuple(not needs_second([role], {by.value}) for by in COLUMNS))
        for role in StaffRole
    ]


def _places() -> dict[str, tuple[Text, Text]]:
    found: dict[str, tuple[Text, Text]] = {}
    for key in (Role.MANAGER.value, Role.FINANCE.value):
        section, parts = PLACES[key]
        for _part, part_label, places in parts:
            for _key, label, href, _icon in places:
                found.setdefault(href, (part_label or section, label))
    return found


@lru_cache(maxsize=1)
def _guards() -> dict[str, list[frozenset[Role]]]:
    """Return the roles that each page and act of staff lets in, by the place it belongs to."""
    hrefs = sorted(_places(), key=len, reverse=True)
    found = defaultdict(list)
    for route, roles in _routes(get_resolver().url_patterns, "/"):
        path = reached_from(route)
        place = next(
            (href for href in hrefs if (path == href if href in _ROOTS else path.startswith(href))),
            "",
        )
        found[place].append(roles)
    return dict(found)


def _routes(
    patterns: list[URLPattern | URLResolver], above: str
) -> Iterator[tuple[str, frozenset[Role]]]:
    for one in patterns:
        route = above + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns, route)
        elif (roles := _LETS_IN.get(getattr(one.callback, "audience", ""))) is not None:
            yield route, roles
