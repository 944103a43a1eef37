"""What is answered and sent: codes.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apport_client.money import Money
from apport_client.types.shared import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoCode:
    """A promo code whose orders are credited to you."""

    code: str
    shop: str
    discount_bps: int
    """What the buyer saves, in basis points."""
    status: Status
    orders: int
    """Orders credited to it, ever."""
    earned: Money
    usage_limit: int | None
    """Orders it may earn."""
    valid_from: datetime
    valid_to: datetime | None
