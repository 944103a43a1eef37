"""What is known of the hosts that clicks come from: the programme's lists and look-alikes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from fraud.domain.hosts import domains_of
from fraud.domain.lookalikes import Name, match, names_of, site_of
from fraud.models import HostKind, ListedHost, WatchedName
from shop.models import Shop


class HostSeen(NamedTuple):
    """What is known of a host; empty: nothing."""

    listed: str = ""  # fraud.models.HostKind
    imitates: str = ""  # The watched name.
    level: str = ""  # How near: fraud.domain.lookalikes


@dataclass(slots=True)
class HostIndex:
    """The lists and the watched names, held for one run."""

    domains: dict[str, str] = field(default_factory=dict)
    patterns: list[tuple[str, str]] = field(default_factory=list)
    names: tuple[Name, ...] = ()
    shared: frozenset[str] = frozenset()
    own: set[str] = field(default_factory=set)
    _seen: dict[str, HostSeen] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Self:
        """Return what is in force now. Three queries."""
        index = cls()
        rows = ListedHost.objects.filter(removed_at__isnull=True).order_by("-pk")
        listed = [(one.lower(), kind) for one, kind in rows.values_list("pattern", "kind")]
        for pattern, kind in listed:
            index._list(pattern, kind)
        index.shared = frozenset(one for one, kind in listed if kind == HostKind.SHARED)
        watched = WatchedName.objects.filter(removed_at__isnull=True).order_by("pk")
        index.names = names_of(watched.values_list("name", flat=True))
        for home, hosts in Shop.objects.values_list("home_url", "link_hosts"):
            index.own |= {host.lower() for host in (urlsplit(home).hostname or "", *hosts)}
        return index

    def is_own(self, host: str) -> bool:
        """Tell whether a host is one of the shops'."""
        return host in self.own

    def site(self, host: str) -> str:
        """Return the site that a host belongs to: what somebody registered, or has as a guest."""
        return site_of(host, self.shared)

    def seen(self, host: str) -> HostSeen:
        """Return what is known of a host in small letters."""
        found = self._seen.get(host)
        if found is None:
            found = self._seen[host] = self._look_up(host) if host else HostSeen()
        return found

    def _list(self, pattern: str, kind: str) -> None:
        if kind in {HostKind.DISPOSABLE, HostKind.SHARED} or "/" in pattern:
            return  # Of mail addresses, of guests, and of paths: a Referer tells no path.
        if "*" in pattern:
            self.patterns.append((pattern, kind))
        else:
            self.domains[pattern] = kind

    def _look_up(self, host: str) -> HostSeen:
        named = next((self.domains[one] for one in domains_of(host) if one in self.domains), "")
        bare = host.removeprefix("www.")
        kind = named or next((kind for one, kind in self.patterns if fnmatchcase(bare, one)), "")
        near = match(host, self.names, self.shared)
        if near is None or kind == HostKind.ALLOWED or self.is_own(host):
            return HostSeen(listed=kind)
        return HostSeen(listed=kind, imitates=near.name, level=near.level)


def shared_hosts() -> frozenset[str]:
    """Return the listed hosts whose sub-domains are sites of their own. One query."""
    rows = ListedHost.objects.filter(kind=HostKind.SHARED, removed_at__isnull=True)
    return frozenset(rows.values_list("pattern", flat=True))
