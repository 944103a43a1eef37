"""Which hosts are sites that affiliates declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from affiliates.models import Property
from fraud.domain.hosts import host_of
from fraud.queries.hosts import HostIndex


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites that affiliates declared, by affiliate, in the order of their declaration."""

    of: Mapping[int, Mapping[str, str]]  # The host that was declared, by its site.
    hosts: HostIndex

    def is_of(self, affiliate_id: int, host: str) -> bool:
        """Tell whether a host belongs to a declared site of the affiliate."""
        return bool(host) and self.hosts.site(host) in self.of.get(affiliate_id, {})

    def shown(self, affiliate_id: int, host: str) -> str:
        """Return a host as it is told: by its site, in the words in which that was declared.

        A sub-domain of which more is known than of its site is told by itself.
        """
        site = self.hosts.site(host)
        if self.hosts.seen(host) != self.hosts.seen(site):
            return host
        return self.of.get(affiliate_id, {}).get(site, site)

    def declared(self, affiliate_id: int) -> Collection[str]:
        """Return the declared hosts of an affiliate, one for each site."""
        return self.of.get(affiliate_id, {}).values()


def sites_of(affiliate_ids: Collection[int], hosts: HostIndex) -> Sites:
    """Return the declared sites of affiliates. One query."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    rows = Property.objects.filter(affiliate__in=affiliate_ids).order_by("pk")
    for affiliate_id, url in rows.values_list("affiliate", "url"):
        host = host_of(url)
        if host:
            found[affiliate_id].setdefault(hosts.site(host), host)
    return Sites(found, hosts)
