from __future__ import annotations

from datetime import timedelta

from fraud.domain.evidence import Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Refuse when a click that came with the order was made after it.

    A visitor cannot follow a link after buying and have bought because of it: the click was
    planted on the way to, or on, the confirmation page. A sale by promo code has no click.
    ``tolerance_s``: the shop's clock and ours may differ; servers that keep time by NTP are far
    below a minute.
    """
    latest = max(evidence.click_ats, default=evidence.ordered_at)
    if latest - evidence.ordered_at <= timedelta(seconds=limits["tolerance_s"]):
        return None
    return SIGNAL.finding(
        Level.REFUSE,
        ordered_at=evidence.ordered_at.isoformat(),
        clicked_at=latest.isoformat(),
        seconds_before=(latest - evidence.ordered_at) // timedelta(seconds=1),
    )


SIGNAL = CreditSignal(
    code="order_before_click",
    number="ORD-01",
    version=1,
    family=Family.STATISTICS,
    limits={"tolerance_s": 60},
    judge=judge,
)
