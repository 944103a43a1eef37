"""What is answered and sent: payouts.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from apport_client.money import Money
from apport_client.types.shared import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """One payment to you."""

    id: UUID
    reference: str
    """As on your bank statement."""
    status: Status
    method: str
    """sepa, payroll, stripe, manual."""
    amount: Money
    """What leaves, with VAT."""
    net: Money
    """The sum of its lines."""
    vat: Money
    """On top of them."""
    execution_date: date
    account_last4: str
    """Of the account."""
    lines: int
    first_order_at: datetime | None
    last_order_at: datetime | None
    statement: str | None
    """Its number; null: not issued yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutLine:
    """A commission or a later plus or minus in a payout."""

    sale: str | None
    """Null when it is about no sale."""
    order_reference: str
    """Empty without a sale."""
    at: datetime
    """When the order was placed."""
    what: str
    amount: Money
