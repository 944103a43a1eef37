from __future__ import annotations

from fraud.domain.conduct import was_redirected
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.marks import known_only_then, known_then, was_marked
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Refuse a click that came as from a look-alike domain seen to forward to the affiliate.

    As from it: its Referer is that host, or it was typed, and a redirect stood before ours. A
    click with another Referer did not; of one that may have, the account's own case decides. Hold
    what only the mark of the redirect says (S14): its Referer was seen to forward to the link of a
    partner, whoever that was.
    """
    click = evidence.click
    if click is None:
        return None
    was_known = was_marked(evidence, Fact.KNOWN_REDIRECTOR)
    chain = next((one for one in evidence.chains if one.host == click.referrer_host), None)
    if chain is None and was_known:
        return SIGNAL.finding(Level.HOLD, host=click.referrer_host, **known_only_then())
    if not evidence.chains:
        return None
    if chain is None:
        is_redirected = was_redirected(click)
        if not is_redirected:
            return UNKNOWN if is_redirected is None else None
        chain = max(evidence.chains, key=lambda one: one.at)
    return SIGNAL.finding(
        Level.REFUSE,
        host=chain.host,
        imitates=chain.name,
        nearness=chain.level,
        seen_at=chain.at.isoformat(),
        hops=chain.hops,
        **known_then(too=was_known),
    )


SIGNAL = CreditSignal(
    code="proven_chain", number="DOM-03", version=2, family=Family.DOMAIN, judge=judge
)
