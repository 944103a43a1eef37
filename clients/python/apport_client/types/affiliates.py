"""What is answered and sent: affiliates.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from apport_client.money import Money
from apport_client.types.shared import AffiliateKind

AffiliateStatus = Literal["active", "suspended", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliate:
    """An account that earns by sending customers."""

    id: UUID
    name: str
    kind: AffiliateKind | str
    group: str
    country: str
    status: AffiliateStatus | str
    status_changed_at: datetime
    joined_at: datetime
    store: str
    """Of an employee."""
    orders_30_days: int
    earned_30_days: tuple[Money, ...]
    """By currency."""
    last_order_at: datetime | None
    """In these 30 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AffiliateDetail(Affiliate):
    """An account with the sites on which it promotes."""

    sites: tuple[str, ...]
    """Return the declared sites that stand."""
