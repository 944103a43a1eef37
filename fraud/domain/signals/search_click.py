from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact, Navigation


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Judge a link that a search result or an advertisement led to.

    Refuse when the click came from a search engine with the id of an advertisement: somebody paid
    for an advertisement that leads here. Hold with one of the two: search engines list links that
    nobody gave them, and some sites pass on the ids of their own advertisements.
    """
    click = evidence.click
    if click is None:
        return None
    is_search, is_paid = Fact.SEARCH in click.facts, Fact.PAID_ID in click.facts
    if not is_search and not is_paid:
        return UNKNOWN if click.navigation == Navigation.UNKNOWN and not click.facts else None
    return SIGNAL.finding(
        Level.REFUSE if is_search and is_paid else Level.HOLD,
        is_search=is_search,
        is_paid=is_paid,
        host=click.referrer_host,
    )


SIGNAL = CreditSignal(
    code="search_click", number="DOM-08", version=1, family=Family.DOMAIN, judge=judge
)
