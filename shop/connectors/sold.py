"""What an order sold: what its refunds are held against, on every platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.money import ratio
from shop.domain.canonical import CanonicalLine


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldOrder:
    """An order as its refunds need it. ``net_minor`` and ``gross_minor``: without and with tax."""

    order_id: str
    currency: str
    lines: Mapping[str, CanonicalLine]
    net_minor: int
    gross_minor: int

    def without_tax(self, minor: int) -> int:
        """Return an amount less tax, in the order's own proportion, half away from zero."""
        if self.gross_minor <= 0 or not 0 <= self.net_minor <= self.gross_minor:
            return minor
        return ratio(minor * self.net_minor, self.gross_minor)
