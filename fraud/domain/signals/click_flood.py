from __future__ import annotations

from fraud.domain.conduct import unread
from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import bps, chi_square, lower_bps, unevenness_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Hold clicks that nobody reads and that come as software makes them.

    Of ``least_clicks``: more than ``per_visitor`` for each visitor, or surely more than
    ``network_bps`` from one network on a day, or round the clock. A post that goes viral is read,
    and comes in waves.
    """
    traffic = evidence.traffic
    if traffic.clicks < limits["least_clicks"]:
        return UNKNOWN
    signs = {
        "repeated": traffic.clicks + traffic.duplicates > traffic.visitors * limits["per_visitor"],
        "one_network": lower_bps(traffic.largest_network, traffic.clicks) > limits["network_bps"],
        "round_the_clock": _is_flat(evidence, limits),
    }
    if not any(signs.values()):
        return None
    is_unread = unread(traffic, evidence.usual, limits)
    if is_unread is None:
        return UNKNOWN
    if not is_unread:
        return None
    return SIGNAL.finding(
        Level.HOLD,
        clicks=traffic.clicks,
        visitors=traffic.visitors,
        told=traffic.told,
        read_on=traffic.read_on,
        **signs,
    )


def _is_flat(evidence: AffiliateEvidence, limits: Limits) -> bool:
    """Tell whether clicks come round the clock, where people here do not.

    ``chi_square_bps`` of the hours against the programme's has a probability below 1e-6 (23
    degrees of freedom), and they are at most a ``flat_part``-th part as uneven.
    """
    ours, usual = evidence.traffic.hours, evidence.usual.hours
    if len(usual) != len(ours) or not sum(usual):
        return False
    is_other = bps(chi_square(ours, usual)) > limits["chi_square_bps"]
    return is_other and unevenness_bps(ours) * limits["flat_part"] <= unevenness_bps(usual)


SIGNAL = AffiliateSignal(
    code="click_flood",
    number="BOT-02",
    version=1,
    family=Family.STATISTICS,
    limits={
        "least_clicks": 200,
        "per_visitor": 5,
        "network_bps": 2_000,
        "chi_square_bps": 712_000,
        "flat_part": 4,
        "least_told": 50,
        "read_bps": 500,
        "usual_bps": 1_000,
    },
    judge=judge,
)
