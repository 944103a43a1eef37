from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, Answer, ClickSeen, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact, Navigation


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Refuse a click that came as from a look-alike domain seen to forward to the affiliate.

    As from it: its Referer is that host, or it was typed, and a redirect stood before ours. A
    click with another Referer did not; of one that may have, the account's own case decides.
    """
    click = evidence.click
    if click is None or not evidence.chains:
        return None
    chain = next((one for one in evidence.chains if one.host == click.referrer_host), None)
    if chain is None:
        is_redirected = _is_redirected(click)
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
    )


def _is_redirected(click: ClickSeen) -> bool | None:
    """Tell whether a hidden redirect led here; ``None`` is not known."""
    if click.navigation != Navigation.TYPED or Fact.REFERRER_SENT in click.facts:
        return None if click.navigation == Navigation.UNKNOWN else False
    if click.facts & (Fact.HIDDEN_REDIRECTOR | Fact.STRICT_MISSING):
        return True
    return False if Fact.OWN_HOP_ONLY in click.facts else None


SIGNAL = CreditSignal(
    code="proven_chain", number="DOM-03", version=1, family=Family.DOMAIN, judge=judge
)
