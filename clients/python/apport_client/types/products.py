"""What is answered and sent: products.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass

from apport_client.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A published range of margin at list price: lower edge <= margin < upper edge."""

    lower_bps: int
    upper_bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product on sale that has a page."""

    sku: str
    shop: str
    name: str
    brand: str
    category: str
    color: str
    size: str
    url: str
    image_url: str
    """Empty: none."""
    price: Money
    """With VAT, as the shop shows it."""
    margin_band: Band | None
    """Null: none is published."""
    rate_bps: int | None
    """Your base rate, of the margin."""
    rule: str
    """The rule of your terms that takes it; empty: the base rate."""
    pays: str
    """What that rule pays, in words."""
    estimated_commission: Money | None
    """What one unit at list price earns; null while it cannot be said."""
