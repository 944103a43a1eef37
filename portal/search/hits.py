"""What a search finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from core.models import User
from portal.display import Text

#: So many of each group: who looks for more opens the list.
MOST_OF_A_GROUP = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found. ``detail`` tells it from others of the same name."""

    label: Text
    href: str
    icon: str
    detail: Text = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind. ``more_href`` lists all of it, where there is more."""

    key: str
    label: Text
    hits: Sequence[Hit]
    more_href: str = ""


Source = Callable[[User, str], Group]


def shown(key: str, label: Text, hits: Sequence[Hit], more: str = "", words: str = "") -> Group:
    """Return a group of the first hits; the list named ``more`` is searched for the others."""
    has_more = len(hits) > MOST_OF_A_GROUP and more
    more_href = f"{reverse(more)}?{urlencode({'q': words})}" if has_more else ""
    return Group(key, label, hits[:MOST_OF_A_GROUP], more_href)
