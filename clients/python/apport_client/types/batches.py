"""What is answered and sent: batches.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from apport_client.money import Money
from apport_client.types.shared import Named

BatchItemStatus = Literal[
    "queued",
    "ready",
    "sending",
    "unknown",
    "sent",
    "settled",
    "skipped",
    "failed",
    "released",
    "returned",
]
BatchRail = Literal["sepa", "payroll", "stripe", "manual"]
BatchStatus = Literal[
    "draft",
    "in_review",
    "approved",
    "executing",
    "paused",
    "done",
    "done_with_exceptions",
    "cancelled",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A run of payouts."""

    id: UUID
    reference: str
    rail: BatchRail | str
    status: BatchStatus | str
    total: Money
    """Frozen when it is submitted; 0 before."""
    payouts: int
    """Likewise."""
    cutoff_at: datetime
    """What was validated before this moment is in."""
    execution_date: date
    created_at: datetime
    created_by: str
    submitted_at: datetime | None
    status_changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """One payout of a batch. Where it goes stands on its page."""

    id: UUID
    reference: str
    affiliate: Named
    amount: Money
    """What leaves, with VAT."""
    status: BatchItemStatus | str
    reason: str
