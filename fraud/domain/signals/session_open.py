from __future__ import annotations

from fraud.domain.conduct import within
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Review a click of somebody who had looked at a page within ``within_s`` before.

    A basket that changed since is another signal's. People compare in two tabs: the share of
    such visits says more than one (open_sessions).
    """
    if evidence.click is None:
        return None
    session = evidence.session
    if session is None:
        return UNKNOWN
    if session.basket_before_s is not None or not within(session.page_before_s, limits["within_s"]):
        return None
    return SIGNAL.finding(Level.REVIEW, page_before_s=session.page_before_s)


SIGNAL = CreditSignal(
    code="session_open",
    number="SES-03",
    version=1,
    family=Family.SESSION,
    limits={"within_s": 1_800},
    judge=judge,
)
