"""What the books of a rail say of one payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A transfer as the rail has it. ``item_id`` is the payout it was told, 0 for none of ours."""

    reference: str
    group: str
    item_id: int
    amount: Money
    reversed_minor: int
    at: datetime
