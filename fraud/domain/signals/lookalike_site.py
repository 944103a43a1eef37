from __future__ import annotations

from fraud.domain.evidence import AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family


def judge(evidence: AffiliateEvidence, _limits: Limits) -> Answer:
    """Hold when the name of a declared site imitates the shop's: its use must be explained.

    Several names are honestly near to a short one, so a person decides at every level. A host
    that is allowed imitates nothing.
    """
    sites = [site for site in evidence.declared_sites if site.level]
    if not sites:
        return None
    nearest = min(sites, key=lambda site: (site.level, site.host))
    return SIGNAL.finding(
        Level.HOLD,
        host=nearest.host,
        imitates=nearest.imitates,
        nearness=nearest.level,
        sites=len(sites),
    )


SIGNAL = AffiliateSignal(
    code="lookalike_site", number="DOM-02", version=1, family=Family.DOMAIN, judge=judge
)
