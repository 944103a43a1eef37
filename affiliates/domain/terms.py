"""What the rules of one version of terms say: which rule pays what, caps, tiers, bonuses, holds.

``TermsRules()`` is the simplest deal: the rate of the terms for every line, no cap, the hold days
of the terms. Rules T1 to T12 of docs/rules/terms.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from core.money import BPS

#: What an affiliate is, and whether it is under contract: the words of attribution policies too.
CONTRACTED = "contracted"
CLASSES = ("content", "influencer", "employee", "comparison", "coupon", "cashback", CONTRACTED)
ROLES = ("introducer", "influencer", "closer")


class Pays(StrEnum):
    """What a rule pays on."""

    MARGIN = "margin"  # Basis points of the margin of the terms' basis.
    NET = "net"  # Basis points of the price paid without VAT.
    FLAT = "flat"  # An amount, once per order, over the lines that the rule takes.
    NOTHING = "nothing"  # With a reason that the affiliate reads.


class Customer(StrEnum):
    """What the shop's history says of the buyer."""

    NEW = "new"
    RETURNING = "returning"
    UNKNOWN = "unknown"


class Metric(StrEnum):
    """What tiers and goals count, of commissions approved in a period."""

    MARGIN = "margin"  # Minor units of margin on the terms' basis.
    ORDERS = "orders"
    NEW_CUSTOMERS = "new_customers"


class Every(StrEnum):
    """The period over which a metric is counted, in the programme's time zone."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A half-open range; an end that is ``None`` is open."""

    at_least: int | None = None
    below: int | None = None

    def holds(self, value: int) -> bool:
        """Tell whether ``value`` lies in it."""
        return (self.at_least is None or self.at_least <= value) and (
            self.below is None or value < self.below
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """When a rule takes a line: every condition that is there must hold; none: always."""

    category: frozenset[str] = frozenset()
    brand: frozenset[str] = frozenset()
    collection: frozenset[str] = frozenset()
    sku: frozenset[str] = frozenset()
    customer: frozenset[str] = frozenset()
    affiliate_class: frozenset[str] = frozenset()
    role: frozenset[str] = frozenset()
    code: frozenset[str] = frozenset()  # Compared without regard to case.
    surface: frozenset[str] = frozenset()  # affiliates.domain.surfaces: "look:12:pdp", "look:*".
    discount_bps: Range | None = None  # Discount of the line's price before it.
    order_minor: Range | None = None  # Net of the order's product lines.
    weekday: frozenset[int] = frozenset()  # ISO: Monday is 1.
    since: date | None = None  # First day, in the programme's time zone.
    until: date | None = None  # First day no longer.


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. The lowest ``priority`` that takes a line wins."""

    key: str
    name: str  # The affiliate reads it.
    priority: int
    pays: Pays
    rate_bps: int = 0
    flat_minor: int = 0
    cap_minor: int | None = None  # Of one credit: over all the lines that the rule takes.
    reason: str = ""
    is_scaled: bool = False  # By the measured incrementality factor.
    when: When = When()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From ``at`` on, the base rate is ``rate_bps``."""

    at: int
    rate_bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """A better base rate for orders placed after a step was reached, until the period ends."""

    metric: Metric
    every: Every
    steps: tuple[Step, ...]


class BonusKind(StrEnum):
    """What a bonus is for."""

    FIRST_SALE = "first_sale"  # The first approved commission of the affiliate.
    GOAL = "goal"  # ``at`` of a metric within ``every`` period; once per period.
    CAMPAIGN = "campaign"  # ``at`` of a metric from ``since`` until ``until``; once.


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonus:
    """A flat amount on top, paid once for what it is for."""

    key: str
    name: str
    kind: BonusKind
    minor: int
    metric: Metric = Metric.ORDERS
    at: int = 1
    every: Every = Every.MONTH
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """How long lines of these categories wait, counted as the hold of the terms is."""

    category: frozenset[str]
    days: int


class HoldFrom(StrEnum):
    """What the hold days are counted from."""

    ORDER = "order"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """How far the measured incrementality factor may move an amount."""

    floor_bps: int = BPS
    cap_bps: int = BPS

    def clamp(self, factor_bps: int) -> int:
        """Return the factor that counts."""
        return min(max(factor_bps, self.floor_bps), self.cap_bps)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsRules:
    """Everything in ``Terms.rules``. Amounts are minor units of the currency of the terms."""

    rules: tuple[Rule, ...] = ()
    is_base_scaled: bool = False
    order_cap_minor: int | None = None  # Of one credit.
    month_cap_minor: int | None = None  # Of one affiliate and month of orders.
    unknown_customer: Customer = Customer.UNKNOWN  # As what an unknown buyer counts.
    tiers: Tiers | None = None
    bonuses: tuple[Bonus, ...] = ()
    hold_from: HoldFrom = HoldFrom.ORDER
    undelivered_days: int = 90  # The hold while no delivery is known.
    holds: tuple[Hold, ...] = ()
    trusted_days: int | None = None  # The hold of trusted affiliates.
    factor: Factor = field(default_factory=Factor)

    @property
    def is_scaled(self) -> bool:
        """Tell whether the measured factor changes anything that they pay."""
        return self.is_base_scaled or any(rule.is_scaled for rule in self.rules)
