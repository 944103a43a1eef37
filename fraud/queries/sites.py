"""Which hosts are sites that affiliates declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from affiliates.models import Property
from fraud.domain.hosts import host_of
from fraud.queries.hosts import HostIndex


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites that affiliates declared, by affiliate, in the order of their declaration.

    One that was taken back explains the visits before, and no later ones.
    """

    of: Mapping[int, Mapping[str, str]]  # The host that was declared, by its site.
    removed: Mapping[int, Mapping[str, datetime]]  # When a site of these was taken back.
    hosts: HostIndex

    def is_of(self, affiliate_id: int, host: str, at: datetime) -> bool:
        """Tell whether a host belongs to a site that the affiliate had declared at ``at``, or has.

        What it declares later explains earlier visits, too.
        """
        site = self.hosts.site(host)
        removed_at = self.removed.get(affiliate_id, {}).get(site)
        is_known = bool(host) and site in self.of.get(affiliate_id, {})
        return is_known and (removed_at is None or at < removed_at)

    def shown(self, affiliate_id: int, host: str) -> str:
        """Return a host as it is told: by its site, in the words in which that was declared.

        A sub-domain of which more is known than of its site is told by itself.
        """
        site = self.hosts.site(host)
        if self.hosts.seen(host) != self.hosts.seen(site):
            return host
        return self.of.get(affiliate_id, {}).get(site, site)

    def declared(self, affiliate_id: int) -> Collection[str]:
        """Return the declared hosts of an affiliate, one for each site that it has still."""
        removed = self.removed.get(affiliate_id, {})
        found = self.of.get(affiliate_id, {})
        return [host for site, host in found.items() if site not in removed]


def sites_of(affiliate_ids: Collection[int], hosts: HostIndex) -> Sites:
    """Return the declared sites of affiliates. One query."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    removed: dict[int, dict[str, datetime]] = defaultdict(dict)
    rows = Property.objects.filter(affiliate__in=affiliate_ids)
    rows = rows.order_by("-removed_at", "pk")  # What stands first: it outweighs what does not.
    for affiliate_id, url, removed_at in rows.values_list("affiliate", "url", "removed_at"):
        host = host_of(url)
        if host:
            site = hosts.site(host)
            if removed_at is not None and site not in found[affiliate_id]:
                removed[affiliate_id][site] = removed_at
            found[affiliate_id].setdefault(site, host)
    return Sites(found, removed, hosts)
