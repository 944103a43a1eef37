from __future__ import annotations

from fraud.domain.conduct import INCENTIVE_HOSTS, INCENTIVES
from fraud.domain.evidence import AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Hold when an account that is none has, or sends from, promo code or cashback sites.

    A declared one is enough; of others, ``least_clicks`` and surely more than ``share_bps`` of the
    clicks. One post on such a site by a fan is neither.
    """
    if evidence.kind in INCENTIVES:
        return None
    declared = [site for site in evidence.declared_sites if site.listed in INCENTIVE_HOSTS]
    senders = [one for one in evidence.referrers if one.listed in INCENTIVE_HOSTS]
    sent, clicks = sum(one.clicks for one in senders), evidence.traffic.clicks
    is_many = sent >= limits["least_clicks"] and lower_bps(sent, clicks) > limits["share_bps"]
    if not declared and not is_many:
        return None
    largest = max(declared or senders, key=lambda one: (one.clicks, one.host))
    return SIGNAL.finding(
        Level.HOLD,
        host=largest.host,
        listed=largest.listed,
        is_declared=bool(declared),
        listed_clicks=sent,
        clicks=clicks,
    )


SIGNAL = AffiliateSignal(
    code="listed_site",
    number="DOM-07",
    version=1,
    family=Family.DOMAIN,
    limits={"least_clicks": 20, "share_bps": 1_000},
    judge=judge,
)
