"""Whom a look at a look-alike domain pretends to be: people who typed its name, and a searcher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/150.0.0.0 Safari/537.36"
)
_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
)
_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0"
SEARCH = "https://www.google.com/"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser, and where it says to come from; nothing: its address was typed."""

    code: str
    user_agent: str
    referrer: str = ""

    def headers(self, referrer: str | None = None) -> Mapping[str, str]:
        """Return what the browser sends when somebody opens a page in it.

        ``referrer``: of a later page of the chain; none of its own when it is not given.
        """
        said = self.referrer if referrer is None else referrer
        sent = {
            "User-Agent": self.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5",
            "Accept-Encoding": "gzip, deflate",
            "Upgrade-Insecure-Requests": "1",
            "Sec-Fetch-Dest": "document",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Site": "cross-site" if said else "none",
            "Sec-Fetch-User": "?1",
        }
        return {**sent, "Referer": said} if said else sent


#: In this order, from another one on at each look: some forward only the first visit of a day.
VISITORS = (
    Visitor("chrome", _CHROME),
    Visitor("iphone", _IPHONE),
    Visitor("firefox", _FIREFOX),
    Visitor("search", _CHROME, SEARCH),
)


def of_look(number: int) -> tuple[Visitor, ...]:
    """Return who comes at the ``number``-th look, in the order in which they come."""
    first = number % len(VISITORS)
    return (*VISITORS[first:], *VISITORS[:first])


def origin_of(url: str) -> str:
    """Return what a browser says of the page that it leaves for another site: its origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
