from __future__ import annotations

from fraud.domain.conduct import within
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact, Navigation


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Judge a click that says it comes from another site, with a cookie that none can bring.

    Refuse when the visitor had looked at a page of the shop within ``open_s`` before: the click
    left from there, or from an extension. Else review: an article that somebody reads inside an
    extension, such as a reader of feeds, looks the same.
    """
    click = evidence.click
    if click is None:
        return None
    if Fact.STRICT_CONTRADICTION not in click.facts:
        is_told = Fact.STRICT_SEEN in click.facts or click.navigation != Navigation.UNKNOWN
        return None if is_told else UNKNOWN
    seconds = evidence.session.page_before_s if evidence.session else None
    level = Level.REFUSE if within(seconds, limits["open_s"]) else Level.REVIEW
    return SIGNAL.finding(level, page_before_s=seconds, is_session_known=bool(evidence.session))


SIGNAL = CreditSignal(
    code="strict_contradiction",
    number="NAV-05",
    version=1,
    family=Family.NAVIGATION,
    limits={"open_s": 3_600},
    judge=judge,
)
