"""Where a link may lead: the shop's own hosts, never anywhere else (rules L1 to L5)."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit, urlunsplit

URL_LENGTH = 1_000
#: Query parameters that only we may write.
OWN_PARAMETERS = frozenset({"ap_c", "ap_ref", "afsrc"})
#: What browsers read differently from each other or from us: "\" is "/" to them.
_AMBIGUOUS = re.compile(r"[\\\x00-\x20\x7f]")


def leads_to_shop(url: str, hosts: Collection[str]) -> bool:
    """Tell whether ``url`` is an http(s) address on one of ``hosts`` (``host`` or ``host:port``).

    Anything that two readers could understand differently is not.
    """
    if _AMBIGUOUS.search(url):
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return False
    name = host if port is None else f"{host}:{port}"
    return name in {allowed.lower() for allowed in hosts}


def without_own_parameters(url: str) -> str:
    """Return ``url`` without the query parameters that only we may write."""
    parts = urlsplit(url)
    kept = [
        field
        for field in parts.query.split("&")
        if field.partition("=")[0].lower() not in OWN_PARAMETERS
    ]
    return urlunsplit(parts._replace(query="&".join(kept)))


def landing_url(destination: str) -> str:
    """Return ``destination`` with ``afsrc=1``: shopping extensions that obey stand down by it."""
    parts = urlsplit(destination)
    query = f"{parts.query}&afsrc=1" if parts.query else "afsrc=1"
    return urlunsplit(parts._replace(query=query))
