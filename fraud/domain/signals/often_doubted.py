from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Hold the rest when something was found at very many of an affiliate's sales.

    ``least_doubted`` of them, and surely more than ``share_bps`` of those that were screened. A
    finding here and there is chance, and honest accounts have it too.
    """
    if not evidence.screened:
        return UNKNOWN
    share = lower_bps(evidence.doubted, evidence.screened)
    if evidence.doubted < limits["least_doubted"] or share <= limits["share_bps"]:
        return None
    return SIGNAL.finding(
        Level.HOLD, doubted=evidence.doubted, screened=evidence.screened, lower_bps=share
    )


SIGNAL = AffiliateSignal(
    code="often_doubted",
    number="ORD-09",
    version=1,
    family=Family.STATISTICS,
    limits={"least_doubted": 5, "share_bps": 3_000},
    judge=judge,
)
