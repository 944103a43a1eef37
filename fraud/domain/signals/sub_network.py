from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Hold when a sub-network hides its publishers, or one of them brings people already here.

    Of ``least_clicks`` from listed sub-networks, surely more than ``unnamed_bps`` without a sub
    id; or surely more than ``open_bps`` of one sub id's ``least_known`` visits in open sessions.
    """
    sent = sum(one.clicks for one in evidence.referrers if one.listed == "sub_network")
    if sent < limits["least_clicks"]:
        return None
    if evidence.sub_id_clicks is None:
        return UNKNOWN
    unnamed = max(0, sent - evidence.sub_id_clicks)
    is_hidden = lower_bps(unnamed, sent) > limits["unnamed_bps"]
    late = [
        one
        for one in evidence.sub_ids
        if one.session_known >= limits["least_known"]
        and lower_bps(one.session_open, one.session_known) > limits["open_bps"]
    ]
    if not is_hidden and not late:
        return None
    return SIGNAL.finding(
        Level.HOLD,
        clicks=sent,
        unnamed=unnamed,
        sub_ids=sorted(one.sub_id for one in late),
    )


SIGNAL = AffiliateSignal(
    code="sub_network",
    number="SUB-01",
    version=1,
    family=Family.DOMAIN,
    limits={"least_clicks": 20, "unnamed_bps": 3_000, "least_known": 20, "open_bps": 3_000},
    judge=judge,
)
