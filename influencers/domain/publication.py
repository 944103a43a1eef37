"""When two addresses are the same publication: nobody is paid for one post twice (CA11)."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

#: Doors to the same page: for phones, with and without a name of its own.
_DOORS = ("www.", "m.", "mobile.")
#: What networks add when a post is shared: it says who shared it, never which post it is.
_SHARED = frozenset({
    "feature", "fbclid", "gclid", "igsh", "igshid", "is_copy_url", "is_from_webapp", "mibextid",
    "ref", "s", "sender_device", "si", "t",
})  # fmt: skip


def page_of(url: str) -> str:
    """Return what names the publication at ``url``: its host and path, and what of the query
    tells it from others. Equal for addresses that lead to the same one; empty for no address."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    if not host:
        return ""
    door = next((door for door in _DOORS if host.startswith(door)), "")
    told = [
        (name, value)
        for name, value in parse_qsl(parts.query)
        if name.lower() not in _SHARED and not name.lower().startswith("utm_")
    ]
    query = f"?{urlencode(sorted(told))}" if told else ""
    return f"{host.removeprefix(door)}{parts.path.rstrip('/')}{query}"
