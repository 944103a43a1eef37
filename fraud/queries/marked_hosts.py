"""The hosts that the redirect marks while it records a visit: DOM-01, DOM-03 and DOM-07, live."""

from __future__ import annotations

from fraud.domain.conduct import INCENTIVE_HOSTS
from fraud.models import HostKind, ListedHost, Lookalike, LookalikeStatus
from fraud.queries.chains import chains_of
from tracking.domain.navigation import Fact

#: Kinds of listed hosts from which no site of an affiliate sends.
_LISTED = INCENTIVE_HOSTS | {HostKind.SUB_NETWORK}
#: Nearnesses of fraud.domain.lookalikes that are no chance: the name, and the name within another.
_NEAR = ("L1", "L2")


def marked_hosts() -> dict[str, int]:
    """Return which hosts' visits are marked, with bits of ``Fact``; 0: allowed. Three queries.

    Patterns are taken along where one label stands before the star; paths are not, since a Referer
    tells none. The screening judges all of them, with what is known then.
    """
    found: dict[str, int] = {}
    near = Lookalike.objects.filter(level__in=_NEAR).exclude(status=LookalikeStatus.OURS)
    for host in near.values_list("host", flat=True):
        found[host] = int(Fact.LOOKALIKE_SITE)
    for chains in chains_of().values():
        for chain in chains:
            found[chain.host] = found.get(chain.host, 0) | int(Fact.KNOWN_REDIRECTOR)
    rows = ListedHost.objects.filter(removed_at__isnull=True).values_list("pattern", "kind")
    listed = [(pattern.lower(), kind) for pattern, kind in rows]
    for pattern, kind in listed:
        if kind in _LISTED and _is_looked_up(pattern):
            found[pattern] = found.get(pattern, 0) | int(Fact.LISTED_SITE)
    found.update({pattern: 0 for pattern, kind in listed if kind == HostKind.ALLOWED})
    return found


def _is_looked_up(pattern: str) -> bool:
    label, _dot, rest = pattern.partition(".")
    is_begun = "*" not in label and rest == "*"
    return "/" not in pattern and ("*" not in pattern or is_begun)
