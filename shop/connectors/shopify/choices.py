"""What a manager chose for the connection, beside its credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.money import BPS, ratio

DEFAULT_VAT_BPS = 2_000
DEFAULT_VERSION = "2026-10"
_NO = frozenset({"no", "false", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The options of a connection, read. What was left empty has its default."""

    prices_include_tax: bool = True
    vat_bps: int = DEFAULT_VAT_BPS
    storefront: str = ""
    fee_skus: frozenset[str] = frozenset()
    version: str = DEFAULT_VERSION

    @classmethod
    def of(cls, options: Mapping[str, str]) -> Choices:
        """Return what was chosen; what cannot be read counts as left empty."""
        vat = options.get("vat_bps", "").strip()
        known = vat.isascii() and vat.isdecimal() and int(vat[:9]) <= BPS
        return cls(
            prices_include_tax=options.get("prices_include_tax", "").strip().lower() not in _NO,
            vat_bps=int(vat) if known and len(vat) < 9 else DEFAULT_VAT_BPS,
            storefront=options.get("storefront", "").strip().rstrip("/"),
            fee_skus=frozenset(
                filter(None, (sku.strip() for sku in options.get("fee_skus", "").split(",")))
            ),
            version=options.get("api_version", "").strip() or DEFAULT_VERSION,
        )

    def with_tax(self, minor: int, vat_bps: int) -> int:
        """Return a price of the catalogue with VAT, half away from zero."""
        return minor if self.prices_include_tax else ratio(minor * (BPS + vat_bps), BPS)
