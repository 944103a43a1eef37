"""What a basket costs. Prices include VAT; what is reported to the programme does not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.money import BPS, ratio
from demo.catalogue import VAT_BPS, Product

SHIPPING_MINOR = 490
FREE_SHIPPING_FROM_MINOR = 10_000
#: The shop's own rule for partners' codes: letters, then digits, are worth 10 %.
PARTNER_CODE = re.compile(r"[A-Z][A-Z0-9]{1,30}[0-9]{1,4}")
PARTNER_DISCOUNT_BPS = 1_000


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A quantity of one product in one size."""

    product: Product
    size: str
    quantity: int

    @property
    def total_minor(self) -> int:
        return self.product.list_price_minor * self.quantity


@dataclass(frozen=True, slots=True)
class PricedLine:
    """What the buyer pays for a line, and the same without VAT. All of the whole line."""

    line: BasketLine
    paid_minor: int
    net_minor: int
    discount_minor: int  # Without VAT.

    @property
    def tax_minor(self) -> int:
        return self.paid_minor - self.net_minor


@dataclass(frozen=True, slots=True)
class Quote:
    """The whole basket, priced."""

    lines: tuple[PricedLine, ...]
    code: str
    discount_bps: int

    @property
    def goods_minor(self) -> int:
        return sum(priced.line.total_minor for priced in self.lines)

    @property
    def paid_for_goods_minor(self) -> int:
        return sum(priced.paid_minor for priced in self.lines)

    @property
    def discount_minor(self) -> int:
        """What the code saves, with VAT."""
        return self.goods_minor - self.paid_for_goods_minor

    @property
    def shipping_minor(self) -> int:
        return 0 if self.paid_for_goods_minor >= FREE_SHIPPING_FROM_MINOR else SHIPPING_MINOR

    @property
    def missing_for_free_shipping_minor(self) -> int:
        return max(0, FREE_SHIPPING_FROM_MINOR - self.paid_for_goods_minor)

    @property
    def total_minor(self) -> int:
        return self.paid_for_goods_minor + self.shipping_minor


def without_vat(minor: int) -> int:
    """Return ``minor`` without VAT, rounded half away from zero."""
    return ratio(minor * BPS, BPS + VAT_BPS)


def discount_of(code: str, discounts: Mapping[str, int]) -> int | None:
    """Return what ``code`` saves in bps; None when the shop does not take it."""
    if code in discounts:
        return discounts[code]
    return PARTNER_DISCOUNT_BPS if PARTNER_CODE.fullmatch(code) else None


def quote(lines: Sequence[BasketLine], *, code: str, discount_bps: int) -> Quote:
    """Price ``lines``: the discount is taken from each line and rounded there."""
    return Quote(tuple(_priced(line, discount_bps) for line in lines), code, discount_bps)


def _priced(line: BasketLine, discount_bps: int) -> PricedLine:
    paid = ratio(line.total_minor * (BPS - discount_bps), BPS)
    net = without_vat(paid)
    return PricedLine(line, paid, net, without_vat(line.total_minor) - net)
