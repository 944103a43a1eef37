"""What the policy lists may name: a domain, a pattern of sub-domains, or a host with a path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, urlsplit

LONGEST = 200
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?")
_PATH = re.compile(r"/[a-z0-9._~/%-]+")


def tidy_pattern(text: str) -> str:
    """Return what was typed as the lists keep it: small letters, no scheme, no ``www.``, ASCII.

    Nothing for what names no host: ``codepromo.*`` and ``*.example.com`` do, ``*`` does not.
    """
    bare = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.strip().lower()).removeprefix("www.")
    host, slash, path = bare.partition("/")
    host, path = _ascii(host.partition(":")[0].rstrip(".")), f"{slash}{path}".rstrip("/")
    whole = host + path
    is_whole = len(whole) <= LONGEST and (not path or _PATH.fullmatch(path) is not None)
    return whole if is_whole and _is_host(host) else ""


def holds(pattern: str, url: str) -> bool:
    """Tell whether an address falls under a pattern of the lists."""
    host = host_of(url)
    named, slash, path = pattern.partition("/")
    is_there = host == named or host.endswith(f".{named}")
    if "*" in named:
        is_there = fnmatchcase(host, named)
    return is_there and (not slash or _is_below(split(url).path.lower(), f"/{path}"))


def domains_of(host: str) -> Iterable[str]:
    """Yield a host and the domains that hold it, the nearest first."""
    while host:
        yield host
        host = host.partition(".")[2]


def host_of(url: str) -> str:
    """Return the host of an address in small letters, without ``www.``; nothing, if it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def declared_as(url: str) -> str:
    """Return an address as two accounts would both declare it: many sites share one host."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    return host_of(url) + path.rstrip("/").lower()


def split(url: str) -> SplitResult:
    """Return the parts of an address; of nothing, for what is none."""
    try:
        parts = urlsplit(url)
        if parts.hostname is None or parts.port == 0:
            return urlsplit("")
    except ValueError:
        return urlsplit("")
    return parts


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith((f"{top}/", f"{top}?"))


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return ""


def _is_host(host: str) -> bool:
    labels = host.split(".")
    named = [label for label in labels if label != "*"]
    return (
        len(labels) > 1
        and bool(named)
        and all(_LABEL.fullmatch(label) for label in named)
        and labels.count("*") <= 1
        and "*" not in labels[1:-1]
    )
