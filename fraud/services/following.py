"""One visit to a stranger's domain, followed hop by hop to where it ends (W3 to W6).

What leads to one of our links is not asked: looking must not count as a click.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import urlsplit

from core.fetching import Fetched, Fetcher
from fraud.domain.forwards import clean, forward_of
from fraud.domain.lookalikes import site_of
from fraud.domain.visitors import Visitor, origin_of
from fraud.models import LookalikeStatus

MOST_HOPS = 12
MOST_SECONDS = 25
LONGEST_URL = 1_000
_LINK = re.compile(r"/c/([^/?#]+)/?")
_COOKIE = re.compile(r"(?:^|,\s*)([^=;,\s]+)=([^;,]*)")


class Step(NamedTuple):
    """One question of a visit, its answer, and how that sent the visitor on."""

    url: str
    address: str = ""
    status: int = 0  # 0: no answer, or not asked because it is ours.
    way: str = ""  # http, refresh, meta, script, frame; empty: it ended here.
    location: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A whole visit. ``code``: of the link of ours that it led to."""

    visitor: Visitor
    steps: tuple[Step, ...]
    status: LookalikeStatus
    code: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """Where our links are, and the shops."""

    hosts: frozenset[str]
    shared: frozenset[str] = frozenset()

    def holds(self, url: str) -> bool:
        """Tell whether an address is one of ours."""
        return (_host(url) or "-") in self.hosts

    def code_of(self, url: str) -> str:
        """Return the code of an address that is a link of ours; nothing of any other."""
        found = _LINK.fullmatch(urlsplit(url).path) if self.holds(url) else None
        return found[1] if found else ""


@dataclass(slots=True)
class _Visit:
    """What the visitor carries along: cookies by host, and the page that they come from."""

    referrer: str | None = None
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def headers(self, visitor: Visitor, url: str) -> Mapping[str, str]:
        kept = self.cookies.get(_host(url), {})
        cookie = "; ".join(f"{name}={value}" for name, value in kept.items())
        return {**visitor.headers(self.referrer), **({"Cookie": cookie} if cookie else {})}

    def keep(self, url: str, headers: Mapping[str, str]) -> None:
        told = {name.lower(): value for name, value in headers.items()}
        given = _COOKIE.findall(told.get("set-cookie", "")[:4_000])
        self.cookies.setdefault(_host(url), {}).update(given)


def follow(
    url: str, *, visitor: Visitor, fetcher: Fetcher, ours: Ours, seconds: float = MOST_SECONDS
) -> Trail:
    """Return the visit that begins at ``url``: redirects, refreshes, scripts and frames followed.

    Cookies live as long as the visit. It ends at our links, at a page, when nothing answers, after
    ``MOST_HOPS`` or ``seconds``, or when it comes back to where it was with nothing new.
    """
    until = time.monotonic() + seconds
    visit, steps, been = _Visit(), list[Step](), set[str]()
    while True:
        if ours.holds(url):
            return _trail(visitor, [*steps, Step(url[:LONGEST_URL])], ours)
        left = until - time.monotonic()
        headers = visit.headers(visitor, url)
        place = f"{url} {headers.get('Cookie', '')}"
        reason = _end_of(len(steps), left, is_loop=place in been)
        if reason:
            return _trail(visitor, steps, ours, reason)
        been.add(place)
        limited = replace(fetcher, seconds=min(fetcher.seconds, left))
        page = limited.fetch(url, headers, follow=False)
        visit.keep(url, page.headers)
        step = _step(url, page)
        steps.append(step)
        if not step.location:
            return _trail(visitor, steps, ours, page.error)
        if step.way != "http":
            visit.referrer = origin_of(url)
        url = step.location


def _end_of(hops: int, left: float, *, is_loop: bool) -> str:
    if is_loop:
        return "goes round in circles"
    if hops >= MOST_HOPS:
        return "too many redirects"
    return "no time left" if left <= 0 else ""


def _step(url: str, page: Fetched) -> Step:
    hop = page.hops[-1]
    asked = clean(url)[:LONGEST_URL]
    if page.error:
        return Step(asked, hop.address, hop.status, error=clean(page.error)[:200])
    if hop.location:
        return Step(asked, hop.address, hop.status, "http", clean(hop.location))
    forward = forward_of(url, page.headers, page.body)
    if forward is None:
        return Step(asked, hop.address, hop.status)
    return Step(asked, hop.address, hop.status, forward.way, forward.url)


def _trail(visitor: Visitor, steps: list[Step], ours: Ours, error: str = "") -> Trail:
    code = ours.code_of(steps[-1].url) if steps else ""
    return Trail(
        visitor=visitor,
        steps=tuple(steps),
        status=_status(steps, code, ours),
        code=code,
        error=clean(error)[:200],
    )


def _status(steps: list[Step], code: str, ours: Ours) -> LookalikeStatus:
    if code:
        return LookalikeStatus.LEADS_TO_LINK
    if ours.holds(steps[-1].url):
        return LookalikeStatus.LEADS_TO_US
    sites = {site_of(_host(step.url), ours.shared) for step in steps}
    goal = steps[-1].location
    if goal:
        sites.add(site_of(_host(goal), ours.shared))
    if len(sites) > 1:
        return LookalikeStatus.LEADS_ELSEWHERE
    if any(step.status for step in steps):
        return LookalikeStatus.PAGE
    return LookalikeStatus.SILENT


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")
