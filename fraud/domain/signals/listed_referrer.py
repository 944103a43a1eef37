from __future__ import annotations

from fraud.domain.conduct import INCENTIVE_HOSTS, INCENTIVES
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Hold a click from a promo code, cashback or extension site of an account that is none.

    A fan may post a link on such a site, so a person decides. Accounts admitted as such sites may
    send from them.
    """
    click = evidence.click
    if click is None or evidence.affiliate_kind in INCENTIVES:
        return None
    if evidence.referrer_list in INCENTIVE_HOSTS:
        return SIGNAL.finding(Level.HOLD, host=click.referrer_host, listed=evidence.referrer_list)
    return None if click.referrer_host or Fact.REFERRER_ABSENT in click.facts else UNKNOWN


SIGNAL = CreditSignal(
    code="listed_referrer", number="DOM-07", version=1, family=Family.DOMAIN, judge=judge
)
