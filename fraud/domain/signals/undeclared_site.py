from __future__ import annotations

from fraud.domain.conduct import PERSONAL
from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits, ReferrerSeen
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps, share_bps
from tracking.domain.navigation import is_search_engine

#: Hosts of everybody's links (fraud.models.HostKind), which nobody can declare.
_OF_NOBODY = frozenset({"shim", "allowed"})


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Judge clicks from a site that the affiliate did not declare.

    From ``least_clicks`` and ``share_bps`` of its clicks on. Hold when surely more than
    ``most_bps`` of them come from there: that is its site. Else review; of influencers and
    employees, whose posts others share, info. Readers repost links, and translators and caches
    show pages under their own hosts.
    """
    clicks = evidence.traffic.clicks
    if clicks < limits["least_clicks"]:
        return UNKNOWN
    hosts = [one for one in evidence.referrers if _is_strange(one, clicks, limits)]
    if not hosts:
        return None
    largest = max(hosts, key=lambda one: (one.clicks, one.host))
    share = lower_bps(largest.clicks, clicks)
    if evidence.kind in PERSONAL:
        level = Level.INFO
    else:
        level = Level.HOLD if share > limits["most_bps"] else Level.REVIEW
    return SIGNAL.finding(
        level, host=largest.host, host_clicks=largest.clicks, clicks=clicks, hosts=len(hosts)
    )


def _is_strange(seen: ReferrerSeen, clicks: int, limits: Limits) -> bool:
    return (
        not seen.is_declared
        and seen.listed not in _OF_NOBODY
        and not is_search_engine(seen.host)
        and seen.clicks >= limits["least_clicks"]
        and share_bps(seen.clicks, clicks) >= limits["share_bps"]
    )


SIGNAL = AffiliateSignal(
    code="undeclared_site",
    number="DOM-06",
    version=1,
    family=Family.DOMAIN,
    limits={"least_clicks": 20, "share_bps": 500, "most_bps": 5_000},
    judge=judge,
)
