"""Which addresses a person comes to: those without parameters, and those that pages lead to."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve

from config.routes import OTHER_DOORS, routes

#: Of each route so many things are looked at, and so many of their filters, orders and tabs.
MOST_THINGS, MOST_SHAPES = 2, 10
#: What is kept but for its value: another page of a list is like its second.
_WITHOUT_VALUE = {"page", "after", "before", "q", "from", "to"}
_LEADS = re.compile(r'(?:href|hx-get)="([^"#]+)')
_OK = 200
#: Signing in again and again, files, and pages of the workshop.
_LEFT_OUT = ("account/", "accounts/", "dev/", "styleguide/", "static/", "media/")


@dataclass(slots=True)
class _Route:
    """What was taken of a route: its things, and the shapes of the questions put to them."""

    things: list[str] = field(default_factory=list)
    shapes: set[tuple[tuple[str, str], ...]] = field(default_factory=set)

    def takes(self, path: str, shape: tuple[tuple[str, str], ...]) -> bool:
        """Tell whether an address of this route is worth asking, and keep that it was."""
        if path not in self.things:
            if len(self.things) == MOST_THINGS:
                return False
            self.things.append(path)
            self.shapes.discard(shape)
        if shape in self.shapes or len(self.shapes) == MOST_SHAPES:
            return False
        self.shapes.add(shape)
        return True


def places(
    client: Client, first: Iterable[str], areas: tuple[str, ...], only: str
) -> Iterator[tuple[str, str]]:
    """Yield route and address of every page of ``areas`` that ``client`` can come to."""
    known: dict[str, _Route] = {}
    plain = [f"/{route}" for route in routes() if not set(route) & set("<(^")]
    queue = deque(address for address in (*first, *plain) if address.startswith(areas))
    while queue:
        address = queue.popleft()
        route = _route_of(address)
        if route is None or not known.setdefault(route, _Route()).takes(*_question(address)):
            continue
        answer = client.get(address)
        if not is_page(answer):
            continue
        if address.startswith(only):
            yield route, address
        leads = _LEADS.findall(answer.content.decode())
        found = (urljoin(address, unescape(lead)) for lead in dict.fromkeys(leads))
        queue.extend(lead for lead in found if lead.startswith(areas))


def is_page(answer: HttpResponseBase) -> bool:
    """Tell a page, or a part of one, from files and refusals."""
    is_html = answer.get("Content-Type", "").startswith("text/html")
    return answer.status_code == _OK and is_html and not answer.streaming


def _route_of(address: str) -> str | None:
    parts = urlsplit(address)
    if parts.netloc or parts.scheme or "format=" in parts.query:
        return None
    path = parts.path.removeprefix("/")
    if path.startswith((*OTHER_DOORS, *_LEFT_OUT)):
        return None
    try:
        return str(resolve(parts.path).route)
    except Resolver404:
        return None


def _question(address: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    parts = urlsplit(address)
    said = parse_qsl(parts.query)
    shape = sorted((key, "" if key in _WITHOUT_VALUE else value) for key, value in said)
    return parts.path, tuple(shape)
