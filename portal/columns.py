"""Which columns of a table a person left out: kept in a cookie of its own for each table.

A saved view keeps them in its address, which goes before the cookie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest

from portal.display import Text

COOKIE = "columns-"
#: The parameter of an address that says which columns are left out there.
HIDE = "hide"
#: Names of tables and keys of columns: nothing else is put into a cookie.
NAME = re.compile(r"[a-z][a-z-]{0,30}")
MOST_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class Choice:
    """A column that can be left out."""

    key: str
    label: Text
    is_shown: bool


def left_out(request: HttpRequest, table: str) -> frozenset[str]:
    """Return the keys of the columns that are not shown of ``table``."""
    kept = request.GET.get(HIDE, request.COOKIES.get(f"{COOKIE}{table}", ""))
    return frozenset(key for key in kept.split(".")[:MOST_COLUMNS] if NAME.fullmatch(key))


def to_keep(keys: Iterable[str]) -> str:
    """Return what the cookie says of the columns to leave out; keys that are none are dropped."""
    known = sorted({key for key in keys if NAME.fullmatch(key)})
    return ".".join(known[:MOST_COLUMNS])
