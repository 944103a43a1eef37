"""The month: how many come, what they do, and which of it is assumed."""

from __future__ import annotations

from dataclasses import dataclass

#: Orders 3 % of the visitors and returns 25 % of the orders are the task's. The rest is assumed,
#: and named in the report: set it as your own shop's figures are.
VISITORS = 11_000_000
#: Days of the month, and how much busier its busiest hour is than its average one.
DAYS, PEAK = 30, 6.0
#: How much of the processors a machine may be at in that hour.
MOST_LOAD = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What happens in ``scale`` of a month, compressed into as much of ``minutes``."""

    visitors: int = VISITORS
    visits_per_visitor: float = 1.3
    pages_per_visit: int = 4
    #: Visits that come through a link of the programme.
    affiliate_share: float = 0.10
    consent_share: float = 0.65
    order_share: float = 0.03
    return_share: float = 0.25
    lines_per_order: int = 2
    scale: float = 1.0
    minutes: float = 60.0
    seed: int = 1

    @property
    def seconds(self) -> float:
        """How long the load lasts."""
        return self.minutes * 60 * self.scale

    @property
    def visits(self) -> int:
        return round(self.visitors * self.visits_per_visitor * self.scale)

    @property
    def orders(self) -> int:
        return round(self.visitors * self.order_share * self.scale)

    def expected(self) -> dict[str, int]:
        """Return how many requests of each kind the month has, on the average."""
        seen = self.visits * self.consent_share
        return {
            "landing": round(self.visits * self.affiliate_share),
            "journey": round(seen * self.pages_per_visit),
            "order": self.orders,
            "return": round(self.orders * self.return_share),
        }

    def assumptions(self) -> list[str]:
        """Return what the month was made of, a line each."""
        return [
            f"{self.visitors:,} unique visitors a month, {self.visits_per_visitor} visits each,"
            f" {self.pages_per_visit} pages a visit",
            f"{self.affiliate_share:.0%} of the visits come through links,"
            f" {self.consent_share:.0%} of all visitors agree",
            "whoever agrees tells of every page (/j), whether an affiliate brought them or not",
            f"orders: {self.order_share:.0%} of the visitors, {self.lines_per_order} products each;"
            f" returns: {self.return_share:.0%} of the orders",
            f"the busiest hour has {PEAK:g} times the visits of the average one,"
            f" and finds the processors at {MOST_LOAD:.0%}",
        ]
