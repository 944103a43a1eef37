from __future__ import annotations

from fraud.domain.evidence import AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family

#: How heavy each weighs. Money goes to one person; an office or a phone may serve several.
_LEVELS = {
    "iban": Level.HOLD,
    "tax_number": Level.HOLD,
    "phone": Level.REVIEW,
    "email": Level.REVIEW,
    "site": Level.REVIEW,
    "address": Level.INFO,
}
_HEAVIEST_FIRST = list(Level)


def judge(evidence: AffiliateEvidence, _limits: Limits) -> Answer:
    """Judge what identifies the affiliate's people and other accounts have too.

    Hold for a bank account or a tax number, review for a phone number, an e-mail address or a
    site, info for an address. An agency that pays several creators says so, and is excepted.
    """
    known = [one for one in evidence.shared if one.kind in _LEVELS and one.affiliate_ids]
    if not known:
        return None
    level = min((_LEVELS[one.kind] for one in known), key=_HEAVIEST_FIRST.index)
    return SIGNAL.finding(
        level,
        kinds=sorted({one.kind for one in known}),
        affiliate_ids=sorted({pk for one in known for pk in one.affiliate_ids}),
    )


SIGNAL = AffiliateSignal(
    code="shared_identity", number="ID-03", version=1, family=Family.IDENTITY, judge=judge
)
