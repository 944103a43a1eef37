from __future__ import annotations

from fraud.domain.conduct import INCENTIVES
from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps, share_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Hold when too many of the affiliate's visitors were in the shop already.

    The least that the share can well be (Wilson, 95 %), of ``least_known`` known visits or more,
    is above ``content_bps``, or ``incentive_bps`` for promo code and cashback sites, and above
    ``usual_times`` the median of the kind. The median never asks for more than ``most_bps``: a
    kind full of such affiliates excuses none of them.
    """
    traffic, usual = evidence.traffic, evidence.usual.session_open_bps
    if traffic.session_known < limits["least_known"]:
        return UNKNOWN
    is_incentive = evidence.kind in INCENTIVES
    allowed = limits["incentive_bps" if is_incentive else "content_bps"]
    if usual is not None:
        allowed = max(allowed, min(usual * limits["usual_times"], limits["most_bps"]))
    share = lower_bps(traffic.session_open, traffic.session_known)
    if share <= allowed:
        return None
    return SIGNAL.finding(
        Level.HOLD,
        known=traffic.session_known,
        open=traffic.session_open,
        basket=traffic.basket_before,
        checkout=traffic.checkout_before,
        clicks=traffic.clicks,
        share_bps=share_bps(traffic.session_open, traffic.session_known),
        lower_bps=share,
        usual_bps=usual,
        allowed_bps=allowed,
    )


SIGNAL = AffiliateSignal(
    code="open_sessions",
    number="SES-06",
    version=1,
    family=Family.SESSION,
    limits={
        "least_known": 20,
        "content_bps": 2_500,
        "incentive_bps": 4_000,
        "usual_times": 2,
        "most_bps": 5_000,
    },
    judge=judge,
)
