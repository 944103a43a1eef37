"""A stranger's page, read and never run: its title, its text, its links and what is in its head."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin

from fraud.domain.forwards import clean
from fraud.domain.hosts import split
from fraud.domain.markup import Markup

MOST_TEXT = 20_000
MOST_LINKS = 2_000
TITLE_LENGTH = 300
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "title"})
_BREAKS = frozenset({"p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "td", "th", "option"})
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


class Link(NamedTuple):
    """A link of a page, made whole, with its words."""

    url: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What there is to a page."""

    url: str
    title: str = ""
    text: str = ""
    links: tuple[Link, ...] = ()
    metas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # Of the head, by name.
    sources: tuple[str, ...] = ()  # Hosts of its scripts and frames.
    tables: int = 0


@dataclass
class _Reader(Markup):
    url: str
    title: str = ""
    parts: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    metas: dict[str, list[str]] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    tables: int = 0
    _silent: list[str] = field(default_factory=list)
    _link: str = ""
    _words: list[str] = field(default_factory=list)
    _is_in_body: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self._silent.append(tag)
        if tag in _BREAKS:
            self.parts.append("\n")
        if tag == "body":
            self._is_in_body = True
        elif tag == "meta" and not self._is_in_body and said.get("name"):
            self.metas.setdefault(said["name"].lower(), []).append(said.get("content", ""))
        elif tag in {"script", "iframe"} and said.get("src"):
            self.sources.add(split(_joined(self.url, said["src"])).hostname or "")
        elif tag == "table":
            self.tables += 1
        elif tag == "a":
            self._end_link()
            self._link = said.get("href", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        elif tag == "a":
            self._end_link()
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent:
            if self._silent[-1] == "title" and not self.title:
                self.title = data
            return
        self.parts.append(data)
        self._is_in_body = self._is_in_body or bool(data.strip())
        if self._link:
            self._words.append(data)

    def _end_link(self) -> None:
        target = _joined(self.url, clean(self._link).strip()) if self._link else ""
        if target.startswith(("http://", "https://")) and len(self.links) < MOST_LINKS:
            self.links.append(Link(target.partition("#")[0], " ".join(self._words).strip()))
        self._link, self._words = "", []


def read(url: str, body: bytes, content_type: str = "") -> Page:
    """Return what a page says. Nothing of it is run or fetched; what is hidden stays unread."""
    reader = _Reader(url=url)
    reader.feed(decoded(body, content_type))
    reader.close()
    reader._end_link()
    return Page(
        url=url,
        title=_BLANKS.sub(" ", clean(reader.title).strip())[:TITLE_LENGTH],
        text=_tidy("".join(reader.parts))[:MOST_TEXT],
        links=tuple(reader.links),
        metas={name: tuple(said) for name, said in reader.metas.items()},
        sources=tuple(sorted(reader.sources - {""})),
        tables=reader.tables,
    )


def decoded(body: bytes, content_type: str = "") -> str:
    """Return a page as text, in the charset that it names; else UTF-8."""
    told = _CHARSET.search(content_type.encode("ascii", "replace")) or _CHARSET.search(body[:2_048])
    try:
        return body.decode(told[1].decode() if told else "utf-8", "replace")
    except (LookupError, ValueError):  # A charset that nobody has, or that is no charset.
        return body.decode("utf-8", "replace")


def _tidy(text: str) -> str:
    lines = _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
    return "\n".join(clean(line) for line in lines.split("\n"))


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:
        return ""
