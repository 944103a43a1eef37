"""What is answered and sent: claims.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from apport_client.money import Money
from apport_client.types.shared import Status
from apport_client.writing import UNSET, Unset

ClaimKind = Literal["missing", "wrong", "declined"]
ClaimStatus = Literal["open", "question", "granted", "declined", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What you say is missing, wrong or wrongly refused."""

    id: UUID
    kind: ClaimKind | str
    order_number: str
    ordered_on: date
    amount: Money | None
    """Price paid without VAT, as you said."""
    text: str
    status: Status
    granted: Money | None
    answer: str
    created_at: datetime
    due_at: datetime
    """By when it is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDetail(Claim):
    """A claim, and what our records say of the order."""

    found: tuple[str, ...]
    """In sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimInput:
    """A new claim. Files are added on its page."""

    kind: ClaimKind
    order_number: str
    """Or the id of a sale of yours: S-1025."""
    ordered_on: date
    """The day of the order."""
    amount: Money | None | Unset = UNSET
    """Price paid without VAT."""
    text: str | Unset = UNSET
    """Needed unless the sale is missing."""
