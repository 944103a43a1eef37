from __future__ import annotations

from fraud.domain.conduct import lands_on_home, was_redirected
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Hold a typed visit through a redirector, where that is how an affiliate's visitors type.

    Of ``least_known`` typed visits of the look-back surely more than ``share_bps`` came through
    one, and there are as many landings on the home page as ``home_bps`` of them. One visit alone
    says nothing: shorteners are honest. A redirector that is declared or verified ends it.
    """
    if evidence.click is None or evidence.redirectors_declared or evidence.redirectors_verified:
        return None
    is_redirected = was_redirected(evidence.click)
    if not is_redirected:
        return UNKNOWN if is_redirected is None else None
    record = evidence.record
    if record.redirect_known < limits["least_known"]:
        return UNKNOWN
    share = lower_bps(record.redirect_hidden, record.redirect_known)
    if share <= limits["share_bps"] or not lands_on_home(record, limits):
        return None
    return SIGNAL.finding(
        Level.HOLD,
        known=record.redirect_known,
        hidden=record.redirect_hidden,
        typed=record.typed_bare,
        home_landings=record.home_landings,
        lower_bps=share,
    )


SIGNAL = CreditSignal(
    code="hidden_redirector",
    number="DOM-04",
    version=1,
    family=Family.DOMAIN,
    limits={"least_known": 30, "share_bps": 5_000, "home_bps": 7_000},
    judge=judge,
)
