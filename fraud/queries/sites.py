"""Which hosts are sites that affiliates declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from affiliates.models import Property


@dataclass(frozen=True, slots=True)
class Sites:
    """The hosts of the sites that affiliates declared."""

    hosts: Mapping[int, frozenset[str]]

    def is_of(self, affiliate_id: int, host: str) -> bool:
        """Tell whether a host is a declared site of the affiliate, or a sub-domain of one."""
        return bool(self.declared(affiliate_id, host))

    def declared(self, affiliate_id: int, host: str) -> str:
        """Return the declared site that a host belongs to, or nothing."""
        bare = bare_host(host)
        for site in self.hosts.get(affiliate_id, ()):
            if bare and (bare == site or bare.endswith(f".{site}")):
                return site
        return ""


def sites_of(affiliate_ids: Collection[int]) -> Sites:
    """Return the declared sites of affiliates. One query."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Property.objects.filter(affiliate__in=affiliate_ids)
    for affiliate_id, url in rows.values_list("affiliate", "url"):
        found[affiliate_id].add(bare_host(urlsplit(url).hostname or ""))
    return Sites({affiliate_id: frozenset(hosts - {""}) for affiliate_id, hosts in found.items()})


def bare_host(host: str) -> str:
    """Return a host in small letters, without ``www.``."""
    return host.lower().removeprefix("www.")
