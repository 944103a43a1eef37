from __future__ import annotations

from datetime import timedelta

from fraud.domain.conduct import within
from fraud.domain.evidence import Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Judge an order within ``at_once_s`` of the click: nobody buys so fast who is not buying.

    Refuse when the visitor had looked at a page within ``open_s`` before the click. Else hold: a
    saved card and a clock that differs make honest orders fast. One that comes before its click
    is another signal's (order_before_click).
    """
    if evidence.click is None:
        return None
    seconds = (evidence.ordered_at - evidence.click.at) // timedelta(seconds=1)
    if not 0 <= seconds < limits["at_once_s"]:
        return None
    session = evidence.session
    is_open = session is not None and within(session.page_before_s, limits["open_s"])
    level = Level.REFUSE if is_open else Level.HOLD
    return SIGNAL.finding(level, seconds=seconds, is_session_open=is_open if session else None)


SIGNAL = CreditSignal(
    code="order_at_once",
    number="ORD-02",
    version=1,
    family=Family.STATISTICS,
    limits={"at_once_s": 15, "open_s": 3_600},
    judge=judge,
)
