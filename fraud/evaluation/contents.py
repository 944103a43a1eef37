"""A whole file of events: read once to refuse it or to know what is in it, then once to judge."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from fraud.evaluation.lines import (
    AffiliateLine,
    BeaconLine,
    ClickLine,
    EventRefused,
    Happening,
    JourneyLine,
    OrderLine,
    ReturnLine,
    read,
)


class LinkKey(NamedTuple):
    """A link that the clicks need: whose it is, and where it leads without query."""

    affiliate: str
    landing: str


@dataclass(slots=True)
class Labels:
    """What is right, kept apart from the events: nothing that judges ever sees it."""

    affiliates: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Contents:
    """What a file holds, without its labels. Times in seconds since 1970."""

    path: Path
    affiliates: dict[str, AffiliateLine] = field(default_factory=dict)
    links: dict[LinkKey, None] = field(default_factory=dict)
    #: How often each origin (scheme and host) is where links are asked for, and where they lead.
    link_origins: Counter[str] = field(default_factory=Counter)
    landing_origins: Counter[str] = field(default_factory=Counter)
    shop_hosts: set[str] = field(default_factory=set)
    orders: list[str] = field(default_factory=list)
    clicks: int = 0
    first_ts: float = 0
    last_ts: float = 0
    #: Ids that the file writes as numbers, so that the answer does too.
    numbered: set[str] = field(default_factory=set)
    #: Where the lines begin that are not in order of time, with their time; else empty.
    _offsets: array[int] = field(default_factory=lambda: array("q"))
    _times: array[float] = field(default_factory=lambda: array("d"))
    _is_in_order: bool = True

    def written(self, name: str) -> str | int:
        """Return an id as the file writes it."""
        return int(name) if name in self.numbered else name

    def events(self) -> Iterator[Happening]:
        """Yield everything but affiliates, oldest first, as in the file where times are equal."""
        with self.path.open("rb") as file:
            if self._is_in_order:
                for number, text in enumerate(file, 1):
                    if not text.isspace():
                        event = read(text, number).event
                        if not isinstance(event, AffiliateLine):
                            yield event
                return
            times = self._times
            for place in sorted(range(len(times)), key=times.__getitem__):
                file.seek(self._offsets[place])
                event = read(file.readline(), place + 1).event
                if not isinstance(event, AffiliateLine):
                    yield event


class _Scan:
    def __init__(self, path: Path) -> None:
        self.contents = Contents(path)
        self.labels = Labels()
        self.clicks: set[str] = set()
        self.orders: set[str] = set()
        self.awaited: list[tuple[int, str, str]] = []

    def take(self, text: bytes, number: int, offset: int) -> None:
        event, label, is_numbered = read(text, number)
        contents = self.contents
        if is_numbered and isinstance(event, AffiliateLine | OrderLine):
            contents.numbered.add(event.id)
        if isinstance(event, AffiliateLine):
            if event.id in contents.affiliates:
                raise EventRefused(number, f"affiliate {event.id} was there before.")
            contents.affiliates[event.id] = event
            self.labels.affiliates[event.id] = label
            return
        if event.ts < contents.last_ts:
            contents._is_in_order = False
        contents.first_ts = min(contents.first_ts, event.ts) if contents.first_ts else event.ts
        contents.last_ts = max(contents.last_ts, event.ts)
        contents._offsets.append(offset)
        contents._times.append(event.ts)
        if isinstance(event, ClickLine):
            self._click(event, number)
        elif isinstance(event, BeaconLine):
            self._expect(number, "click", event.click)
        elif isinstance(event, JourneyLine):
            contents.shop_hosts.update(_hosts(event.url))
        elif isinstance(event, OrderLine):
            self._order(event, label, number)
        elif isinstance(event, ReturnLine):
            self._expect(number, "order", event.order)

    def _click(self, click: ClickLine, number: int) -> None:
        if click.id in self.clicks:
            raise EventRefused(number, f"click {click.id} was there before.")
        self.clicks.add(click.id)
        self._expect(number, "affiliate", click.affiliate)
        contents = self.contents
        contents.clicks += 1
        contents.links.setdefault(link_key(click))
        contents.link_origins[origin_of(click.url)] += 1
        contents.landing_origins[origin_of(click.landing)] += 1

    def _order(self, order: OrderLine, label: str, number: int) -> None:
        if order.id in self.orders:
            raise EventRefused(number, f"order {order.id} was there before.")
        self.orders.add(order.id)
        self.contents.orders.append(order.id)
        self.labels.orders[order.id] = label
        if order.click:
            self._expect(number, "click", order.click)

    def _expect(self, number: int, kind: str, name: str) -> None:
        if name not in self._known(kind):
            self.awaited.append((number, kind, name))

    def _known(self, kind: str) -> set[str] | dict[str, AffiliateLine]:
        if kind == "affiliate":
            return self.contents.affiliates
        return self.clicks if kind == "click" else self.orders

    def finish(self) -> tuple[Contents, Labels]:
        for number, kind, name in self.awaited:
            if name not in self._known(kind):
                raise EventRefused(number, f"there is no {kind} {name} in the file.")
        if self.contents._is_in_order:
            self.contents._offsets, self.contents._times = array("q"), array("d")
        return self.contents, self.labels


def scan(path: Path) -> tuple[Contents, Labels]:
    """Return what the file holds and, apart from it, the labels.

    :raises EventRefused: for the first line that is no event, repeats an id, or names what is not
        there.
    :raises OSError: when the file cannot be read.
    """
    found = _Scan(path)
    offset = 0
    with path.open("rb") as file:
        for number, text in enumerate(file, 1):
            if not text.isspace():
                found.take(text, number, offset)
            offset += len(text)
    return found.finish()


def link_key(click: ClickLine) -> LinkKey:
    """Return which link a click followed."""
    return LinkKey(click.affiliate, click.landing.partition("#")[0].partition("?")[0])


def origin_of(url: str) -> str:
    """Return scheme and host of an address in small letters, or nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""


def _hosts(url: str) -> set[str]:
    origin = origin_of(url)
    return {origin.partition("://")[2]} if origin else set()
