from __future__ import annotations

from fraud.domain.evidence import AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family


def judge(evidence: AffiliateEvidence, _limits: Limits) -> Answer:
    """Hold the account when a look-alike domain forwarded to one of its links when we asked it.

    A rival may have set it up to do harm: to end the relation, something of another family is
    needed beside it.
    """
    if not evidence.chains:
        return None
    latest = max(evidence.chains, key=lambda chain: (chain.at, chain.host))
    return SIGNAL.finding(
        Level.HOLD,
        host=latest.host,
        imitates=latest.name,
        nearness=latest.level,
        seen_at=latest.at.isoformat(),
        hops=latest.hops,
        hosts=len({chain.host for chain in evidence.chains}),
    )


SIGNAL = AffiliateSignal(
    code="proven_chains", number="DOM-03", version=1, family=Family.DOMAIN, judge=judge
)
