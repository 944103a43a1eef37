"""What is answered and sent: sales.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from apport_client.money import Money
from apport_client.types.shared import Status

SaleState = Literal[
    "tracked",
    "pending",
    "on_hold",
    "approved",
    "in_payout",
    "paid",
    "declined",
    "reversed",
    "clawed_back",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A later plus or minus."""

    at: datetime
    amount: Money
    reason: str
    """return, cancellation, refund, correction, bonus…"""
    text: str
    """The reason in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """What a sale earns, line by line."""

    sale: str
    amount: Money
    """What was computed first."""
    earned: Money
    """Now, every change taken in."""
    basis: str
    """The margin it is a share of: reference or actual."""
    terms: int
    """The id of the terms of the order's date."""
    computed_at: datetime
    hold_until: datetime
    approved_at: datetime | None
    lines: tuple[CommissionLine, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionLine:
    """What one line earned, and how that was computed."""

    title: str
    quantity: int
    returned: int
    """Of them, how many came back."""
    net: Money
    """Without VAT and discounts."""
    amount: Money
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the order."""

    title: str
    quantity: int
    returned: int
    """Of them, how many came back."""
    net: Money
    """Without VAT and discounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """An order that is credited to you, all of it or a part."""

    id: str
    """As in a claim."""
    order_reference: str
    """The end of the order's number."""
    placed_at: datetime
    link: str | None
    promo_code: str | None
    source: str
    """What brought it, in words."""
    sub_id: str
    """Your own mark."""
    share_bps: int
    """Your part of the order: 10000 is all of it."""
    items: int
    """Units of products."""
    basket: Money
    """Products, without VAT and discounts."""
    status: Status
    reason: str | None
    """Why it does not stand: returned, cancelled, self_purchase…"""
    earned: Money | None
    """Now, every change taken in; null: not yet."""
    computed: Money | None
    """What was computed first."""
    validation_at: datetime | None
    """When the return period ends."""
    payout: UUID | None
    """The payout that it is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleDetail(Sale):
    """A sale with its lines, and why it is yours."""

    why: str
    """Why the order is credited to you; empty: unknown."""
    lines: tuple[Line, ...]
