"""Which look-alike domains were seen to forward to an affiliate's link."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Concat

from fraud.domain.evidence import Chain
from fraud.models import HostKind, ListedHost, LookalikeStatus, Probe


def chains_of(affiliate_ids: Collection[int] | None = None) -> dict[int, list[Chain]]:
    """Return the last chain from each look-alike to links of each affiliate, or of all. One query.

    Not from domains of ours, nor from those that the policy lists allow.
    """
    rows = (
        Probe.objects.filter(status=LookalikeStatus.LEADS_TO_LINK, affiliate__isnull=False)
        .filter(Q() if affiliate_ids is None else Q(affiliate__in=affiliate_ids))
        .exclude(lookalike__status=LookalikeStatus.OURS)
        .exclude(is_allowed("lookalike__host"))
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


def is_allowed(host_column: str) -> Exists:
    """Return the condition that a host, or a domain above it, is listed as allowed."""
    return Exists(
        ListedHost.objects.filter(kind=HostKind.ALLOWED, removed_at__isnull=True)
        .alias(host=ExpressionWrapper(OuterRef(host_column), output_field=CharField()))
        .filter(Q(pattern=F("host")) | Q(host__endswith=Concat(Value("."), F("pattern"))))
    )
