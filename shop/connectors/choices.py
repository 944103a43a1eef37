"""What a manager chose for a connection whose platform does not tell how its prices are taxed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.money import BPS, ratio
from shop.connectors.contract import Field

DEFAULT_VAT_BPS = 2_000
_NO = frozenset({"no", "non", "n", "false", "0"})

FIELDS = (
    Field(
        name="prices_include_tax",
        label=_("Catalogue prices include VAT"),
        help=_("yes or no. Empty: yes."),
        is_required=False,
    ),
    Field(
        name="vat_bps",
        label=_("VAT of the catalogue, in hundredths of a percent"),
        help=_("2000 is 20 %. Orders carry their own taxes. Empty: 2000."),
        is_required=False,
    ),
    Field(
        name="gift_cards",
        label=_("SKUs of gift cards"),
        help=_("With commas in between. Selling them earns nothing."),
        is_required=False,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The options of a connection, read. What was left empty has its default."""

    prices_include_tax: bool = True
    vat_bps: int = DEFAULT_VAT_BPS
    gift_cards: frozenset[str] = frozenset()

    @classmethod
    def of(cls, options: Mapping[str, str]) -> Choices:
        """Return what was chosen; what cannot be read counts as left empty."""
        vat = options.get("vat_bps", "").strip()
        is_known = vat.isascii() and vat.isdecimal() and len(vat) < 9 and int(vat) <= BPS
        skus = (sku.strip() for sku in options.get("gift_cards", "").split(","))
        return cls(
            prices_include_tax=options.get("prices_include_tax", "").strip().lower() not in _NO,
            vat_bps=int(vat) if is_known else DEFAULT_VAT_BPS,
            gift_cards=frozenset(filter(None, skus)),
        )

    def with_tax(self, price_minor: int) -> int:
        """Return a price of the catalogue with VAT, in minor units, half away from zero."""
        if self.prices_include_tax:
            return price_minor
        return ratio(price_minor * (BPS + self.vat_bps), BPS)
