from __future__ import annotations

from fraud.domain.conduct import unread
from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import Z99, lower_bps, share_bps, upper_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Judge a share of clicks that buy, far from the median of the kind.

    Surely (Wilson, 99 %) more than ``high_times`` it, of ``least_high`` clicks: hold. Surely less
    than the ``low_part``-th part, of ``least_low``: hold when nobody reads, else review. A private
    audience buys more, and a post that goes viral sells less.
    """
    traffic, usual = evidence.traffic, evidence.usual.conversion_bps
    clicks, bought = traffic.clicks, min(evidence.sales.by_click, traffic.clicks)
    if not usual or clicks < limits["least_high"]:
        return UNKNOWN
    if lower_bps(bought, clicks, Z99) > usual * limits["high_times"]:
        level, is_high = Level.HOLD, True
    elif clicks < limits["least_low"]:
        return None
    elif upper_bps(bought, clicks, Z99) * limits["low_part"] < usual:
        is_unread = unread(traffic, evidence.usual, limits)
        level, is_high = Level.HOLD if is_unread else Level.REVIEW, False
    else:
        return None
    return SIGNAL.finding(
        level,
        clicks=clicks,
        sales=bought,
        share_bps=share_bps(bought, clicks),
        usual_bps=usual,
        is_high=is_high,
    )


SIGNAL = AffiliateSignal(
    code="conversion_outlier",
    number="ORD-04",
    version=1,
    family=Family.STATISTICS,
    limits={
        "least_high": 200,
        "high_times": 3,
        "least_low": 2_000,
        "low_part": 5,
        "least_told": 50,
        "read_bps": 500,
        "usual_bps": 1_000,
    },
    judge=judge,
)
