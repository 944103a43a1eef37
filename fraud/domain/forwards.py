"""How a page sends its visitor on without a redirect of HTTP (docs/rules/lookalikes.md, W5)."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from fraud.domain.markup import Markup

#: Pages that turn themselves over later are not forwards: a newspaper does so.
LONGEST_WAIT_S = 120
MOST_TEXT = 300_000
LONGEST_TEXT = 2_000
MOST_PARTS = 50
#: A page with a frame and less to read than this is that frame.
LEAST_WORDS = 200
_REFRESH = re.compile(r"\s*(\d*)[\d.]*\s*[;,]?\s*(?:url\s*=)?\s*(.*)", re.IGNORECASE | re.DOTALL)
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\$]|\\.)*)`")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_VARIABLE = re.compile(r"(?:var|let|const)\s+([A-Za-z_$][\w$]*)\s*=")
_MOVE = re.compile(
    r"(?<![\w$.])(?:(?:window|document|self|top|parent|globalThis)\s*\.\s*)*location"
    r"(?:(?:\s*\.\s*href)?\s*=(?!=)|\s*\.\s*(?:replace|assign)\s*\()"
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


class Forward(NamedTuple):
    """Where a page sends its visitor, and how: refresh, meta, script or frame."""

    url: str
    way: str


@dataclass
class _Page(Markup):
    """What matters of a page: refreshes, scripts, frames, and how much there is to read."""

    base: str = ""
    refreshes: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    letters: int = 0
    _inside: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in {"script", "style", "title"}:
            self._inside = tag if not said.get("type", "").endswith("json") else "data"
        elif tag == "meta" and said.get("http-equiv", "").strip().lower() == "refresh":
            self.refreshes.append(said.get("content", ""))
        elif tag == "base" and not self.base:
            self.base = said.get("href", "")
        elif tag in {"frame", "iframe"} and said.get("src"):
            self.frames.append(said["src"])

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "title"}:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts.append(data)
        elif not self._inside:
            self.letters += len(data.strip())


def forward_of(url: str, headers: Mapping[str, str], body: bytes) -> Forward | None:
    """Return where the page at ``url`` sends whoever opens it, if anywhere but to itself.

    It understands the ``Refresh`` header, the refresh in the page, an address that a script
    writes into ``location`` as text, and a frame on a page with nothing else to read. Scripts are
    read, never run.
    """
    page = _Page()
    page.feed(body[:MOST_TEXT].decode("utf-8", "replace"))
    page.close()
    base = _joined(url, page.base) if page.base else url
    told = {name.lower(): value for name, value in headers.items()}
    waited = [(said, "meta", base) for said in page.refreshes]
    for said, way, start in [(told.get("refresh", ""), "refresh", url), *waited]:
        target = _refreshed(said)
        if target and (found := _forward(url, start, target, way)):
            return found
    for script in page.scripts:
        for target in moves_in(script):
            if found := _forward(url, base, target, "script"):
                return found
    if page.letters < LEAST_WORDS:
        for source in page.frames:
            if found := _forward(url, base, source, "frame"):
                return found
    return None


def moves_in(script: str) -> list[str]:
    """Return the addresses that a script writes into ``location``, as far as they are text."""
    known: dict[str, str] = {}
    for found in _VARIABLE.finditer(script):
        known[found[1]] = _text_at(script, found.end(), known)[:LONGEST_TEXT]
    targets = [_text_at(script, found.end(), known) for found in _MOVE.finditer(script)]
    return [target for target in targets if target]


def clean(text: str) -> str:
    """Return a text of a stranger without signs that no database keeps."""
    return _CONTROL.sub("", text)


def _forward(url: str, base: str, target: str, way: str) -> Forward | None:
    whole = _joined(base, clean(target).strip())
    if not whole.startswith(("http://", "https://")) or whole.partition("#")[0] == url:
        return None
    return Forward(whole, way)


def _joined(base: str, target: str) -> str:
    try:
        whole = urljoin(base, target)
        urlsplit(whole)
    except ValueError:  # A host like http://[ : nobody can go there.
        return ""
    return whole


def _refreshed(content: str) -> str:
    found = _REFRESH.fullmatch(content)
    if found is None or int(found[1][:6] or 0) > LONGEST_WAIT_S:
        return ""
    target = found[2].strip()
    if target[:1] in {"'", '"'}:
        return target[1:].partition(target[0])[0]
    return target


def _text_at(script: str, start: int, known: Mapping[str, str]) -> str:
    """Return the text that begins at ``start``: strings and known names, joined by plus signs."""
    parts, at = [], start
    while True:
        at += len(script[at : at + 40]) - len(script[at : at + 40].lstrip())
        is_coded = script.startswith("atob(", at)
        at += len("atob(") if is_coded else 0
        if found := _STRING.match(script, at):
            said = _unescaped(next(group for group in found.groups() if group is not None))
            parts.append(_decoded(said) if is_coded else said)
        elif (found := _NAME.match(script, at)) and found[0] in known:
            parts.append(_decoded(known[found[0]]) if is_coded else known[found[0]])
        else:
            return "".join(parts)
        rest = script[found.end() + is_coded : found.end() + 40]
        if not rest.lstrip().startswith("+") or len(parts) > MOST_PARTS:
            return "".join(parts)
        at = found.end() + is_coded + rest.index("+") + 1


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if found[1] or found[2] else found[3],
        text,
    )


def _decoded(text: str) -> str:
    try:
        return b64decode(text, validate=True).decode("latin-1")
    except ValueError:
        return ""
