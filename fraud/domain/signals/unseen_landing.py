from __future__ import annotations

from fraud.domain.conduct import within
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Judge a landing page in the background that was never looked at.

    Hold when the visitor was buying before (basket within ``basket_s``, checkout within
    ``checkout_s``), or had a page open within ``page_s`` and no gesture led to the landing. Else
    info: readers open links in background tabs, and may never come to them.
    """
    click, session = evidence.click, evidence.session
    if click is None:
        return None
    was_seen = session.was_seen if session else None
    if was_seen is None and Fact.LANDED in click.facts:
        was_seen = Fact.UNSEEN not in click.facts
    if was_seen is None:
        return UNKNOWN
    if was_seen:
        return None
    is_buying = session is not None and (
        within(session.basket_before_s, limits["basket_s"])
        or within(session.checkout_before_s, limits["checkout_s"])
    )
    is_moved = (
        session is not None
        and Fact.NO_GESTURE in click.facts
        and within(session.page_before_s, limits["page_s"])
    )
    level = Level.HOLD if is_buying or is_moved else Level.INFO
    return SIGNAL.finding(level, was_buying=is_buying, without_gesture=is_moved)


SIGNAL = CreditSignal(
    code="unseen_landing",
    number="NAV-11",
    version=1,
    family=Family.NAVIGATION,
    limits={"basket_s": 3_600, "checkout_s": 1_800, "page_s": 1_800},
    judge=judge,
)
