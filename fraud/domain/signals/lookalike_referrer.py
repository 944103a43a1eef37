from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.marks import known_only_then, known_then, was_marked
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact

#: Levels of fraud.domain.lookalikes: the name itself, and the name within another.
_SAME, _CONTAINS = "L1", "L2"


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Judge a click from a site whose name imitates the shop's.

    Refuse when it is the shop's name but for its spelling (L1) or contains it (L2). Hold when it
    is only near (L3, L4), or contains the name and is a site that the affiliate declared: a fan's
    site may be meant well. Allowed hosts imitate nothing. What only the mark of the redirect says
    (S14: L1 or L2 when the visit came) weighs one step less.
    """
    click = evidence.click
    if click is None:
        return None
    was_known = was_marked(evidence, Fact.LOOKALIKE_SITE)
    if not evidence.referrer_level and was_known:
        return SIGNAL.finding(
            Level.REVIEW if evidence.is_referrer_declared else Level.HOLD,
            host=click.referrer_host,
            is_declared=evidence.is_referrer_declared,
            **known_only_then(),
        )
    if not evidence.referrer_level:
        return None if click.referrer_host or Fact.REFERRER_ABSENT in click.facts else UNKNOWN
    is_clear = evidence.referrer_level == _SAME or (
        evidence.referrer_level == _CONTAINS and not evidence.is_referrer_declared
    )
    return SIGNAL.finding(
        Level.REFUSE if is_clear else Level.HOLD,
        host=click.referrer_host,
        imitates=evidence.referrer_imitates,
        nearness=evidence.referrer_level,
        is_declared=evidence.is_referrer_declared,
        **known_then(too=was_known),
    )


SIGNAL = CreditSignal(
    code="lookalike_referrer", number="DOM-01", version=2, family=Family.DOMAIN, judge=judge
)
