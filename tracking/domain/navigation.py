"""What the browser's own headers say about how somebody came (docs/rules/attribution.md, N1-N7)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlsplit

HOST_LENGTH = 253


class Navigation(StrEnum):
    """The classes of requests to /c/<code>."""

    PREFETCH = "prefetch"  # N1: fetched ahead of a visit that may never come.
    EMBEDDED = "embedded"  # N2: an image, script, frame or fetch: nobody is going anywhere.
    INTERNAL = "internal"  # N3: from a page of the shop itself.
    TYPED = "typed"  # N4: address bar, bookmark, QR code, an app.
    FOLLOWED = "followed"  # N5: somebody followed a link on another site.
    FORWARDED = "forwarded"  # N6: a page of another site went here without anybody's gesture.
    UNKNOWN = "unknown"  # N7: the browser says nothing; absence is never held against anyone.


#: Requests that bring nobody to a page: they get neither token nor cookie.
NOT_A_VISIT = frozenset({Navigation.PREFETCH, Navigation.EMBEDDED})


def navigation_class(headers: Mapping[str, str]) -> Navigation:
    """Return the class of a request from its headers, whose names are read in any case."""
    said = {name.lower(): value.strip().lower() for name, value in headers.items()}
    purposes = [said.get(name, "") for name in ("sec-purpose", "purpose", "x-purpose", "x-moz")]
    if any("prefetch" in purpose or "preview" in purpose for purpose in purposes):
        return Navigation.PREFETCH
    if (
        said.get("sec-fetch-mode", "navigate") != "navigate"
        or said.get("sec-fetch-dest", "document") != "document"
    ):
        return Navigation.EMBEDDED
    site = said.get("sec-fetch-site", "")
    if site in {"same-origin", "same-site"}:
        return Navigation.INTERNAL
    if site == "none":
        return Navigation.TYPED
    if site == "cross-site":
        by_hand = said.get("sec-fetch-user") == "?1"
        return Navigation.FOLLOWED if by_hand else Navigation.FORWARDED
    return Navigation.UNKNOWN


def referrer_host(referrer: str) -> str:
    """Return the host of a Referer header in small letters, or nothing."""
    try:
        host = urlsplit(referrer).hostname or ""
    except ValueError:
        return ""
    return host if len(host) <= HOST_LENGTH and host.isprintable() else ""
