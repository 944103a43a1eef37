"""What is kept of an IP address: a keyed hash of its network, under a salt that is soon gone."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address

HASH_BYTES = 8
DAY_US = 86_400_000_000
_V4_BYTES = 3  # /24
_V6_BYTES = 6  # /48


@lru_cache(maxsize=8192)
def ip_hash(address: str, salt: bytes) -> int | None:
    """Return the 64-bit hash of the /24 (IPv6: /48) of ``address``, or None for no address.

    Equal for neighbours on one day; without the day's ``salt`` it says nothing.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    if isinstance(ip, IPv6Address):
        ip = ip.ipv4_mapped or ip
    network = ip.packed[:_V4_BYTES] if ip.version == 4 else ip.packed[:_V6_BYTES]
    digest = blake2b(network, key=salt, digest_size=HASH_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


def client_address(peer: str, forwarded: str, trusted: int) -> str:
    """Return who asks, when ``trusted`` proxies of ours append to X-Forwarded-For.

    Without proxies of ours the header is anybody's word, and ``peer`` is who asks.
    """
    if not trusted or not forwarded:
        return peer
    hops = forwarded.split(",")
    return hops[max(-trusted, -len(hops))].strip()
