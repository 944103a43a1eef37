"""What is answered and sent: looks.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from apport_client.money import Money
from apport_client.types.shared import Status

LookState = Literal["draft", "submitted", "changes", "published", "scheduled", "hidden", "archived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A look of yours."""

    id: UUID
    title: str
    status: Status
    note: str
    """What is under way with its newest version."""
    url: str | None
    """Its public page; null while it has none."""
    link: str | None
    clicks: int
    earned: Money
    created_at: datetime
    published_at: datetime | None
    expires_at: datetime | None
    archived_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookDetail(Look):
    """A look with its figures and products."""

    views: int
    orders: int
    returned: int
    """Of them, those that came back."""
    surfaces: tuple[Surface, ...]
    products: tuple[LookProduct, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookProduct:
    """A product of a look, as it is shown now."""

    role: str
    sku: str | None
    name: str | None
    price: Money | None
    """With VAT."""
    is_sold_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What a look did in one place."""

    surface: str
    """offsite, page, creator, lookbook, pdp (a product's page) or embed."""
    views: int
    taps: int
    orders: int
    returned: int
    earned: Money
