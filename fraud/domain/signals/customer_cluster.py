from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import share_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Judge orders that share an address, an e-mail address, a phone number or an account.

    Hold from ``least_orders`` on when they are ``share_bps`` of the affiliate's or more, else
    info: of many orders, some go to the same office.
    """
    sales = evidence.sales
    if not sales.orders:
        return UNKNOWN
    if sales.largest_cluster < limits["least_orders"]:
        return None
    share = share_bps(sales.largest_cluster, sales.orders)
    level = Level.HOLD if share >= limits["share_bps"] else Level.INFO
    return SIGNAL.finding(level, linked=sales.largest_cluster, orders=sales.orders)


SIGNAL = AffiliateSignal(
    code="customer_cluster",
    number="ID-04",
    version=1,
    family=Family.IDENTITY,
    limits={"least_orders": 5, "share_bps": 1_000},
    judge=judge,
)
