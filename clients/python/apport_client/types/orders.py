"""What is answered and sent: orders.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from apport_client.money import Money
from apport_client.types.shared import Named

OrderHas = Literal["returns", "blocks", "test"]
OrderLineKind = Literal["product", "gift_card", "shipping", "fee", "adjustment"]
OrderOutcome = Literal["attributed", "nobody", "waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order of the shop. Nothing of the customer."""

    id: int
    number: str
    shop: str
    placed_at: datetime
    received_at: datetime
    country: str
    """Empty: not told."""
    is_test: bool
    net: Money
    """All lines, without VAT and discounts."""
    outcome: OrderOutcome | str
    affiliates: tuple[str, ...]
    """By name."""
    commission: Money | None
    """As it was computed first."""
    has_returns: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCredit:
    """One affiliate's part of the order."""

    affiliate: Named
    share_bps: int
    checks: str | None
    """clear, info, review, hold, refuse."""
    commission_status: str | None
    commission: Money | None
    outstanding: Money | None
    """What is left of it."""
    is_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetail(Order):
    """An order with its lines, and who brought it."""

    lines: tuple[OrderLine, ...]
    credits: tuple[OrderCredit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A line of the order."""

    sku: str
    title: str
    kind: OrderLineKind | str
    quantity: int
    returned: int
    net: Money
    order_cost: Money
    """Its share of the order's costs, by the shop's tariff."""
    reference_margin: Money | None
    unit_cost: Money | None
    """Null unless costs were asked for."""
    actual_margin: Money | None
    """Null unless costs were asked for."""
