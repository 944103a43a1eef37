from __future__ import annotations

from fraud.domain.conduct import INCENTIVE_HOSTS, INCENTIVES
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.marks import known_only_then, known_then, was_marked
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Hold a click from a promo code, cashback or extension site of an account that is none.

    A fan may post a link on such a site, so a person decides. Accounts admitted as such sites may
    send from them. Review what only the mark of the redirect says (S14): the site was on the lists
    when the visit came, and no list says anything of it now.
    """
    click = evidence.click
    if click is None or evidence.affiliate_kind in INCENTIVES:
        return None
    was_known = was_marked(evidence, Fact.LISTED_SITE)
    if evidence.referrer_list in INCENTIVE_HOSTS:
        return SIGNAL.finding(
            Level.HOLD,
            host=click.referrer_host,
            listed=evidence.referrer_list,
            **known_then(too=was_known),
        )
    if was_known and not evidence.referrer_list:
        return SIGNAL.finding(Level.REVIEW, host=click.referrer_host, **known_only_then())
    return None if click.referrer_host or Fact.REFERRER_ABSENT in click.facts else UNKNOWN


SIGNAL = CreditSignal(
    code="listed_referrer", number="DOM-07", version=2, family=Family.DOMAIN, judge=judge
)
