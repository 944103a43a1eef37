"""Which look-alike domains were seen to forward to an affiliate's link."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from fraud.domain.evidence import Chain
from fraud.models import LookalikeStatus, Probe


def chains_of(affiliate_ids: Collection[int]) -> dict[int, list[Chain]]:
    """Return the last chain from each look-alike to links of each affiliate. One query."""
    rows = (
        Probe.objects.filter(affiliate__in=affiliate_ids, status=LookalikeStatus.LEADS_TO_LINK)
        .exclude(lookalike__status=LookalikeStatus.OURS)
        .order_by("affiliate", "lookalike", "-at")
        .distinct("affiliate", "lookalike")
        .values_list("affiliate", "lookalike__host", "lookalike__name__name", "lookalike__level",
                     "at", "hops")
    )  # fmt: skip
    found: dict[int, list[Chain]] = defaultdict(list)
    for affiliate_id, host, name, level, at, hops in rows:
        chain = Chain(host=host, name=name, level=level, at=at, hops=len(hops))
        found[affiliate_id].append(chain)
    return found
