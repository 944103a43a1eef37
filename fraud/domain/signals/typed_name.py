from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps, upper_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Judge an audience that looks like people who type the shop's name.

    All of it, of ``least_clicks``: most typed (``typed_bps``) and on the home page (``home_bps``),
    as often known to the shop (less ``returning_less_bps``) and at a desk as those who come
    without us, on ``least_days`` days without a campaign (``spike_times`` the median). Nothing is
    said when most are known to have typed the link itself. Hold; review with a verified
    redirector: a printed address may have such visitors.
    """
    traffic, usual = evidence.traffic, evidence.usual
    if (
        traffic.clicks < limits["least_clicks"]
        or usual.returning_bps is None
        or usual.desktop_bps is None
    ):
        return UNKNOWN
    typed = lower_bps(traffic.typed_bare, traffic.clicks)
    home = lower_bps(traffic.home_landings, traffic.clicks)
    returning = upper_bps(traffic.returning, traffic.clicks)
    is_like_typing = (
        typed > limits["typed_bps"]
        and home > limits["home_bps"]
        and returning >= usual.returning_bps - limits["returning_less_bps"]
        and upper_bps(traffic.desktop, traffic.clicks) >= usual.desktop_bps
    )
    if not is_like_typing or not _is_steady(evidence, limits) or _is_own_link(evidence, limits):
        return None
    level = Level.REVIEW if evidence.redirectors_verified else Level.HOLD
    return SIGNAL.finding(
        level,
        clicks=traffic.clicks,
        days=traffic.days,
        typed_bps=typed,
        home_bps=home,
        returning_bps=returning,
        usual_returning_bps=usual.returning_bps,
    )


def _is_steady(evidence: AffiliateEvidence, limits: Limits) -> bool:
    traffic = evidence.traffic
    is_long = traffic.days >= limits["least_days"]
    return is_long and traffic.busiest_day <= traffic.median_day * limits["spike_times"]


def _is_own_link(evidence: AffiliateEvidence, limits: Limits) -> bool:
    """Tell whether surely fewer than half of the typed visits came through a redirector."""
    traffic = evidence.traffic
    is_known = traffic.redirect_known >= limits["least_redirects"]
    return is_known and upper_bps(traffic.redirect_hidden, traffic.redirect_known) < 5_000


SIGNAL = AffiliateSignal(
    code="typed_name",
    number="DOM-05",
    version=1,
    family=Family.DOMAIN,
    limits={
        "least_clicks": 100,
        "typed_bps": 5_000,
        "home_bps": 8_000,
        "returning_less_bps": 500,
        "least_days": 14,
        "spike_times": 3,
        "least_redirects": 30,
    },
    judge=judge,
)
