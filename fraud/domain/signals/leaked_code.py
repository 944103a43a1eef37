from __future__ import annotations

from fraud.domain.conduct import PERSONAL
from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Judge a code that is used without a click of its owner: it may stand on promo code sites.

    From more than ``least_uses`` on, when they are surely more than ``share_bps`` of the sales:
    review; of influencers and employees, who say their codes aloud, info.
    """
    sales = evidence.sales
    if not sales.orders:
        return UNKNOWN
    share = lower_bps(sales.by_code_only, sales.orders)
    if sales.by_code_only <= limits["least_uses"] or share <= limits["share_bps"]:
        return None
    level = Level.INFO if evidence.kind in PERSONAL else Level.REVIEW
    return SIGNAL.finding(level, by_code_only=sales.by_code_only, orders=sales.orders)


SIGNAL = AffiliateSignal(
    code="leaked_code",
    number="ORD-06",
    version=1,
    family=Family.STATISTICS,
    limits={"least_uses": 10, "share_bps": 4_000},
    judge=judge,
)
