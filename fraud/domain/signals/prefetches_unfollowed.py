from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import share_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Judge links that are fetched ahead and hardly ever followed.

    Review from ``least_prefetches`` when fewer than ``followed_bps`` visits come of a prefetch;
    hold from ``many_prefetches`` below ``never_bps``. A page that fetches all its links ahead is
    honest, and is followed now and then. A prefetch sets no cookie.
    """
    prefetches, visits = evidence.traffic.prefetches, evidence.traffic.visits
    if prefetches < limits["least_prefetches"]:
        return None
    if visits is None:
        return UNKNOWN
    share = share_bps(visits, prefetches)
    if share >= limits["followed_bps"]:
        return None
    is_never = prefetches >= limits["many_prefetches"] and share < limits["never_bps"]
    return SIGNAL.finding(
        Level.HOLD if is_never else Level.REVIEW,
        prefetches=prefetches,
        visits=visits,
        share_bps=share,
    )


SIGNAL = AffiliateSignal(
    code="prefetches_unfollowed",
    number="NAV-03",
    version=1,
    family=Family.NAVIGATION,
    limits={
        "least_prefetches": 200,
        "followed_bps": 200,
        "many_prefetches": 1_000,
        "never_bps": 20,
    },
    judge=judge,
)
