from __future__ import annotations

from fraud.domain.conduct import often_late, rewards_buyers, seldom_late, within
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Judge a click of somebody who had changed a basket, not empty, within ``within_s`` before.

    A basket that is merely there says nothing: readers keep old ones. Refuse when the affiliate or
    the site that sent them rewards buyers, or when its own visits surely often begin like that
    (``often_bps``). Review when it is well known that they seldom do (``seldom_bps``,
    ``seldom_sales_bps``). Else hold.
    """
    if evidence.click is None:
        return None
    if evidence.session is None:
        return UNKNOWN
    session, record = evidence.session, evidence.record
    if not session.basket_items or not within(session.basket_before_s, limits["within_s"]):
        return None
    is_usual = often_late(record, limits)
    if is_usual or rewards_buyers(evidence):
        level = Level.REFUSE
    else:
        level = Level.REVIEW if seldom_late(record, limits) else Level.HOLD
    return SIGNAL.finding(
        level,
        basket_before_s=session.basket_before_s,
        items=session.basket_items,
        is_usual=is_usual,
        visits_known=record.session_known,
        visits_with_basket=record.basket_before,
    )


SIGNAL = CreditSignal(
    code="basket_before_click",
    number="SES-02",
    version=1,
    family=Family.SESSION,
    limits={
        "within_s": 3_600,
        "least_known": 20,
        "often_bps": 1_500,
        "seldom_bps": 2_000,
        "seldom_sales_bps": 500,
    },
    judge=judge,
)
