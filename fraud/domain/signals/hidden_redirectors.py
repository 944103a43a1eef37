from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Judge typed visits that came through a redirector of which we were told nothing.

    Of ``least_known`` of which it is known, surely more than ``hold_bps`` did, and the visitors
    look like people who type the shop's name: they land on its home page (``home_bps``), or are
    surely known to the shop as often as those who come without us. Then hold; without that
    likeness, or above ``review_bps`` only, review. Shorteners, printed addresses and mailing
    services are honest: a redirector that is declared and verified ends it.
    """
    traffic, usual = evidence.traffic, evidence.usual.returning_bps
    if traffic.redirect_known < limits["least_known"]:
        return UNKNOWN
    share = lower_bps(traffic.redirect_hidden, traffic.redirect_known)
    if evidence.redirectors_verified or share <= limits["review_bps"]:
        return None
    home = lower_bps(traffic.home_landings, traffic.clicks)
    returning = lower_bps(traffic.returning, traffic.clicks)
    is_like_typing = home > limits["home_bps"] or (usual is not None and returning >= usual)
    is_held = share > limits["hold_bps"] and is_like_typing
    return SIGNAL.finding(
        Level.HOLD if is_held else Level.REVIEW,
        known=traffic.redirect_known,
        hidden=traffic.redirect_hidden,
        typed=traffic.typed_bare,
        lower_bps=share,
        home_bps=home,
        declared=evidence.redirectors_declared,
    )


SIGNAL = AffiliateSignal(
    code="hidden_redirectors",
    number="DOM-04",
    version=1,
    family=Family.DOMAIN,
    limits={"least_known": 30, "review_bps": 3_500, "hold_bps": 5_000, "home_bps": 5_000},
    judge=judge,
)
