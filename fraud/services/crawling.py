"""Declared sites read page by page, each kept as it came (docs/rules/vetting.md, V6 to V9)."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.conf import settings

from core.fetching import Fetched, Fetcher, Hop
from fraud.domain import robots
from fraud.domain.forwards import clean
from fraud.domain.hosts import host_of, split
from fraud.domain.lookalikes import site_of
from fraud.domain.pages import Page, read
from fraud.domain.robots import Robots
from fraud.models import Snapshot

AGENT = "ApportVetting"
MOST_PAGES = 6
MOST_HOPS = 8
MOST_BYTES = 512 * 1024
LONGEST_URL = 500
_HTML = ("text/html", "application/xhtml+xml")
#: Pages that say what a site lives on come first.
_TELLING = re.compile(
    r"promo|coupon|reduc|bons?-?plans?|cash-?back|deal|voucher|extension|compar|about|propos|"
    r"partenaire|partner|mentions|legal|categor|boutique|marchand|merchant|store",
    re.IGNORECASE,
)
_FILES = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|zip|mp[34]|css|js|xml|ico)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """What was read of one site. ``error``: why its first page was not."""

    pages: tuple[Page, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()  # Not kept yet.
    error: str = ""

    @property
    def final_url(self) -> str:
        """Where the first page was found in the end."""
        return self.snapshots[0].final_url if self.snapshots else ""


@dataclass(slots=True)
class _Crawler:
    fetcher: Fetcher
    now: datetime
    own_hosts: frozenset[str]
    rules: dict[str, Robots] = field(default_factory=dict)

    def allows(self, url: str) -> bool:
        """Tell whether robots.txt of the address lets us read it; asked once an origin."""
        parts = split(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self.rules:
            self.rules[origin] = _rules(self._fetch(f"{origin}/robots.txt"))
        path = parts.path or "/"
        return self.rules[origin].allows(f"{path}?{parts.query}" if parts.query else path)

    def page(self, url: str) -> tuple[Page | None, Snapshot]:
        """Return one page, and what is to be kept of it."""
        if not self.allows(url):
            return None, _snapshot(url, self.now, error="robots.txt asks not to read it")
        fetched = self._fetch(url)
        kind = {name.lower(): value for name, value in fetched.headers.items()}.get(
            "content-type", ""
        )
        is_page = kind.lower().startswith(_HTML) or (not kind and fetched.body[:1] == b"<")
        if fetched.error or not is_page:
            why = fetched.error or f"no page: {kind or 'nothing said'}"
            return None, _snapshot(url, self.now, fetched, error=why)
        page = read(fetched.url, fetched.body, kind)
        error = "" if fetched.status < 400 else f"answered {fetched.status}"
        return (None if error else page), _snapshot(url, self.now, fetched, page, error=error)

    def _fetch(self, url: str) -> Fetched:
        """Follow redirects as far as the first host of ours: reading must not count as a click."""
        hops: list[Hop] = []
        while True:
            fetched = self.fetcher.fetch(url, _headers(), follow=False)
            hops.extend(fetched.hops)
            url = fetched.hops[-1].location
            if not url or fetched.error:
                return replace(fetched, hops=tuple(hops))
            if (split(url).hostname or "") in self.own_hosts:
                return replace(fetched, hops=tuple(hops), error="leads to the shop")
            if len(hops) >= MOST_HOPS:
                return replace(fetched, hops=tuple(hops), error="too many redirects")


def crawl(
    url: str, *, fetcher: Fetcher, now: datetime, own_hosts: frozenset[str] = frozenset()
) -> Crawl:
    """Read a page and up to five that it links to on the same site. Nothing is kept yet.

    Redirects are followed, but not to ``own_hosts``, and every answer on the way is noted;
    robots.txt is honoured; pages are read, never run.
    """
    crawler = _Crawler(replace(fetcher, most_bytes=MOST_BYTES), now, own_hosts)
    home, snapshot = crawler.page(url)
    if home is None:
        return Crawl(snapshots=(snapshot,), error=snapshot.error)
    pages, snapshots = [home], [snapshot]
    for link in _next_pages(home):
        page, snapshot = crawler.page(link)
        snapshots.append(snapshot)
        if page is not None:
            pages.append(page)
    return Crawl(pages=tuple(pages), snapshots=tuple(snapshots))


def _next_pages(home: Page) -> Sequence[str]:
    host = host_of(home.url)
    site = site_of(host)
    found = dict.fromkeys(link.url for link in home.links if _is_of(link.url, host, site, home.url))
    by_sense = sorted(found, key=lambda one: not _TELLING.search(split(one).path))
    return by_sense[: MOST_PAGES - 1]


def _is_of(url: str, host: str, site: str, home: str) -> bool:
    parts, other = split(url), host_of(url)
    return (
        len(url) <= LONGEST_URL
        and bool(parts.hostname)
        and (other == host or (site == host and other.endswith(f".{host}")))
        and not _FILES.search(parts.path)
        and url.rstrip("/") != home.rstrip("/")
    )


def _rules(said: Fetched) -> Robots:
    if said.error and not said.status:
        return Robots()  # The page itself will not answer either, and says so.
    if said.status >= 500:
        return robots.NOTHING
    if said.status >= 400 or said.error:
        return Robots()
    return robots.parse(said.body.decode("utf-8", "replace"), AGENT)


def _headers() -> dict[str, str]:
    return {
        "User-Agent": f"Mozilla/5.0 (compatible; {AGENT}/1; +{settings.PUBLIC_URL})",
        "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
        "Accept-Language": "fr,en;q=0.5",
        "Accept-Encoding": "gzip, deflate",
    }


def _snapshot(
    url: str,
    now: datetime,
    fetched: Fetched | None = None,
    page: Page | None = None,
    *,
    error: str = "",
) -> Snapshot:
    body = fetched.body if fetched else b""
    return Snapshot(
        asked_url=url[:LONGEST_URL],
        final_url=clean(fetched.url)[:LONGEST_URL] if fetched else "",
        hops=list(_hops(fetched)) if fetched else [],
        status=(fetched.status or None) if fetched else None,
        error=clean(error)[:200],
        title=page.title if page else "",
        text=page.text if page else "",
        body=zlib.compress(body[:MOST_BYTES]) if body else b"",
        sha256=hashlib.sha256(body).hexdigest() if body else "",
        fetched_at=now,
    )


def _hops(fetched: Fetched) -> Iterable[dict[str, object]]:
    for hop in fetched.hops:
        yield {
            "url": clean(hop.url)[:LONGEST_URL],
            "status": hop.status,
            "location": clean(hop.location)[:LONGEST_URL],
            "error": clean(hop.error)[:200],
        }
