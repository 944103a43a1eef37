"""What any shop says, in our words: connectors translate into this, services take only this."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalLine:
    """One order line. Amounts are of the whole line, in minor units, without VAT."""

    external_id: str
    kind: str  # shop.models.LineKind
    sku: str
    title: str
    quantity: int
    net_minor: int  # After every discount.
    discount_minor: int = 0
    tax_minor: int = 0
    unit_cost_minor: int | None = None
    presentment_net_minor: int | None = None  # In the currency that the customer saw.


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalOrder:
    """One order in its newest state. References to people are hashed before they get here."""

    external_id: str
    number: str
    placed_at: datetime
    updated_at: datetime
    currency: str
    lines: tuple[CanonicalLine, ...]
    is_test: bool = False
    cancelled_at: datetime | None = None
    customer_ref: str = ""
    email_key: str = ""
    phone_key: str = ""
    address_key: str = ""
    has_disposable_email: bool | None = None
    is_new_customer: bool | None = None
    country: str = ""
    store: str = ""
    codes: tuple[str, ...] = ()
    click_tokens: tuple[str, ...] = ()
    delivered_at: datetime | None = None
    follows_external_id: str = ""  # The order that this one exchanges or adds to.
    presentment_currency: str = ""  # What the customer saw, where it is not ``currency``.
    awaits_payment: bool = False  # Pending or authorized only: tracked, not payable (A8).
    remarks: tuple[str, ...] = ()  # Codes of ``shop.domain.remarks``: what a person should know.

    def content_hash(self) -> str:
        """Return the SHA-256 of what must not change when the order is sent again: its lines.

        A title may be corrected and a cost be sent late: neither makes it another order.
        """
        lines = sorted(
            (line.external_id, line.kind, line.sku, line.quantity, line.net_minor,
             line.discount_minor, line.tax_minor)
            for line in self.lines
        )  # fmt: skip
        return hashlib.sha256(repr((self.currency, lines)).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalReturnLine:
    """A quantity of one order line that came back; ``line_external_id`` empty when unknown.

    Quantity zero: money without goods, for the line or, without a line, for the whole order.
    """

    external_id: str
    line_external_id: str
    sku: str
    quantity: int
    net_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalReturn:
    """What came back, was cancelled or refunded; ``order_external_id`` empty when unknown."""

    external_id: str
    order_external_id: str
    reason: str  # shop.models.ReturnReason
    returned_at: datetime
    lines: tuple[CanonicalReturnLine, ...]

    def content_hash(self) -> str:
        """Return the SHA-256 of what must not change when the return is sent again."""
        lines = sorted(
            (line.external_id, line.line_external_id, line.sku, line.quantity, line.net_minor)
            for line in self.lines
        )
        return hashlib.sha256(repr((self.order_external_id, lines)).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalCost:
    """What a unit of some lines of an order really cost, by their ids, in minor units."""

    external_id: str
    order_external_id: str
    corrected_at: datetime
    unit_costs: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalProduct:
    """One SKU of the catalogue. The list price includes VAT; the unit cost never does.

    ``changed_at``: when the shop last changed any of what is said here, stock and cost too; a
    connector whose time does not cover those tells them as ``UnitCost`` and ``Stock``.
    """

    sku: str
    name: str
    category: str
    brand: str
    list_price_minor: int
    vat_bps: int
    currency: str
    unit_cost_minor: int | None
    url: str = ""
    image_url: str = ""
    is_active: bool = True
    collections: tuple[str, ...] = ()
    model: str = ""  # What its sizes and colours have in common.
    color: str = ""
    size: str = ""
    stock: int | None = None  # Pieces to sell; none: not told.
    changed_at: datetime | None = None  # None: of when it came.
