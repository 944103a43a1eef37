from __future__ import annotations

from fraud.domain.conduct import lands_on_home
from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Judge typed visits that came through a redirector of which we were told nothing.

    Hold when all of it is so: of ``least_known`` of which it is known, surely more than
    ``hold_bps`` did; they are surely more than ``typed_bps`` of all clicks; and the visitors look
    like people who type the shop's name: there are as many landings on its home page as
    ``home_bps`` of the typed visits, or surely ``returning_more_bps`` more visitors are known to
    the shop than of those who come without us. Else review above ``review_bps``: a rival may have
    put a look-alike before an honest link, and such visits are held one by one (hidden_redirector).
    Shorteners, printed addresses and mailing services are honest: a redirector that is declared
    and waits for our look is reviewed, one that is verified ends it.
    """
    traffic, usual = evidence.traffic, evidence.usual.returning_bps
    if traffic.redirect_known < limits["least_known"]:
        return UNKNOWN
    share = lower_bps(traffic.redirect_hidden, traffic.redirect_known)
    if evidence.redirectors_verified or share <= limits["review_bps"]:
        return None
    returning = lower_bps(traffic.returning, traffic.clicks)
    is_known = usual is not None and returning >= usual + limits["returning_more_bps"]
    is_held = (
        share > limits["hold_bps"]
        and lower_bps(traffic.typed_bare, traffic.clicks) > limits["typed_bps"]
        and (is_known or lands_on_home(traffic, limits))
        and not evidence.redirectors_declared
    )
    return SIGNAL.finding(
        Level.HOLD if is_held else Level.REVIEW,
        known=traffic.redirect_known,
        hidden=traffic.redirect_hidden,
        typed=traffic.typed_bare,
        clicks=traffic.clicks,
        lower_bps=share,
        home_landings=traffic.home_landings,
        returning_bps=returning,
        usual_returning_bps=usual,
        declared=evidence.redirectors_declared,
    )


SIGNAL = AffiliateSignal(
    code="hidden_redirectors",
    number="DOM-04",
    version=1,
    family=Family.DOMAIN,
    limits={
        "least_known": 30,
        "review_bps": 3_500,
        "hold_bps": 5_000,
        "typed_bps": 5_000,
        "home_bps": 7_000,
        "returning_more_bps": 1_000,
    },
    judge=judge,
)
