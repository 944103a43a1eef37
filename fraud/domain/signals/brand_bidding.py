from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Judge links that lead here from search results or advertisements.

    Of ``least_clicks``, surely more than ``share_bps`` come from search engines: hold. More than
    that carry the id of an advertisement: hold when most land on the home page (``home_bps``), as
    somebody does who searched for the shop, else review: a site may pass on the ids of its own
    advertisements.
    """
    traffic = evidence.traffic
    clicks = traffic.clicks
    if clicks < limits["least_clicks"]:
        return UNKNOWN
    search, paid = lower_bps(traffic.search, clicks), lower_bps(traffic.paid_ids, clicks)
    if max(search, paid) <= limits["share_bps"]:
        return None
    home = lower_bps(traffic.home_landings, clicks)
    is_held = search > limits["share_bps"] or home > limits["home_bps"]
    return SIGNAL.finding(
        Level.HOLD if is_held else Level.REVIEW,
        clicks=clicks,
        search=traffic.search,
        paid_ids=traffic.paid_ids,
        home_landings=traffic.home_landings,
        from_declared_sites=sum(one.clicks for one in evidence.referrers if one.is_declared),
    )


SIGNAL = AffiliateSignal(
    code="brand_bidding",
    number="DOM-09",
    version=1,
    family=Family.DOMAIN,
    limits={"least_clicks": 20, "share_bps": 2_000, "home_bps": 5_000},
    judge=judge,
)
