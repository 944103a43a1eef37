"""What is answered and sent: cases.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from apport_client.money import Money
from apport_client.types.shared import Named

CaseFamily = Literal["navigation", "session", "domain", "identity", "statistics"]
CaseSeverity = Literal["refuse", "hold", "review", "info"]
CaseStatus = Literal["open", "confirmed", "dismissed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A judgement that a person makes or made. What the evidence is stands on its page."""

    id: UUID
    affiliate: Named
    family: CaseFamily | str
    severity: CaseSeverity | str
    status: CaseStatus | str
    signals: tuple[str, ...]
    sales: int
    """How many it holds or held."""
    at_stake: tuple[Money, ...]
    """Held commissions, by currency."""
    assignee: str | None
    opened_at: datetime
    last_seen_at: datetime
    status_changed_at: datetime
    answer_due_at: datetime | None
    """The affiliate was asked."""
    message: str
    """What the affiliate was told."""
