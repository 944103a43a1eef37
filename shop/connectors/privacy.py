"""Credentials never travel where they can be read on the way."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from core.wording import Said

_PRIVATE = frozenset({"https", "sftp"})

IN_THE_CLEAR = Said(
    "Begin the address with https:// (of a file server: sftp://). With anything else the"
    " credentials could be read on the way."
)


def goes_in_the_clear(address: str) -> bool:
    """Tell whether what is sent to ``address`` can be read on the way; without one: nothing is.

    Only a machine that is this one may be spoken to over http.
    """
    if not address:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    if parts.scheme in _PRIVATE:
        return False
    return parts.scheme != "http" or not _is_this_machine(parts.hostname or "")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":  # RFC 6761: it is never another's.
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
