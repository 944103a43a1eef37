"""The UCI "Online Retail" file: a real year of a giftware wholesaler, its dirt included.

Columns: InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country.
Invoices that begin with C cancel earlier purchases without naming them. docs/guide/import.md says
what becomes of every kind of row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.money import BPS, Money, ratio
from shop.connectors.countries import iso_of
from shop.connectors.history import RETURNS, Fact, Tally, Tick, numbered_rows
from shop.connectors.people import customer_ref
from shop.domain.canonical import (
    CanonicalLine,
    CanonicalOrder,
    CanonicalProduct,
    CanonicalReturn,
    CanonicalReturnLine,
)
from shop.domain.placing import take

CURRENCY = "GBP"
ZONE = ZoneInfo("Europe/London")
COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice",
           "CustomerID", "Country")  # fmt: skip

PRODUCT, ADJUSTMENT = "product", "adjustment"
#: Stock codes that are no goods, and what they are. All other codes are goods, also those that
#: are not five digits: DCGS... and PADS have descriptions of goods and stand on shelves.
NOT_GOODS = {
    "POST": "shipping",  # Postage.
    "DOT": "shipping",  # Postage of the web shop.
    "C2": "shipping",  # Carriage.
    "BANK CHARGES": "fee",
    "AMAZONFEE": "fee",
    "CRUK": "fee",  # What the charity Cancer Research UK received of a sale.
    "M": ADJUSTMENT,  # Typed by hand, without goods.
    "D": ADJUSTMENT,  # A discount given afterwards.
    "S": ADJUSTMENT,  # Samples.
    "B": ADJUSTMENT,  # A bad debt written off.
}
GIFT_CARD_PREFIX = "GIFT_"
_LARGEST_QUANTITY = 1_000_000
_LARGEST_PRICE = Decimal(10_000_000)

Purchase = tuple[str, str]  # An invoice and the id of its line.


class Row(NamedTuple):
    """One readable row. ``minor`` is price times quantity, rounded to the penny."""

    number: int
    invoice: str
    sku: str
    title: str
    quantity: int
    at: datetime  # Without zone: London, as the file has it.
    price: Decimal
    customer: str
    country: str

    @property
    def minor(self) -> int:
        return Money.from_decimal(self.price * self.quantity, CURRENCY).minor

    @property
    def cancels(self) -> bool:
        return self.invoice.startswith("C")

    @property
    def kind(self) -> str:
        return ADJUSTMENT if self.price < 0 else kind_of(self.sku)


@cache
def kind_of(sku: str) -> str:
    """Return the kind of order line that a stock code stands for."""
    code = sku.upper()
    return "gift_card" if code.startswith(GIFT_CARD_PREFIX) else NOT_GOODS.get(code, PRODUCT)


class Refused(Exception):
    """A row that cannot be stored: the reason, and what it comes to as far as it can be read."""

    def __init__(self, reason: str, minor: int = 0, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.minor, self.detail = reason, minor, detail


class OnlineRetail:
    """See ``history.History``. ``cost_share_bps`` makes up unit costs as a share of list price."""

    def __init__(self, path: Path, *, shop_code: str, cost_share_bps: int | None) -> None:
        self.tally = Tally()
        self._path = path
        self._shop_code = shop_code
        self._cost_share_bps = cost_share_bps
        self._last_row: dict[str, int] = {}
        self._prices: dict[str, Counter[Decimal]] = {}
        self._titles: dict[str, Counter[str]] = {}
        self._returns: dict[str, list[CanonicalReturn]] = {}
        self._costs: dict[str, int] = {}
        self._row_count = 0

    def survey(self, tick: Tick) -> int:
        """Learn list prices, match cancellations to purchases; two readings of the file."""
        cancelled: list[tuple[int, Row]] = []
        for ordinal, row in self._rows(tick):
            self._last_row[row.invoice] = row.number
            if row.cancels:
                cancelled.append((ordinal, row))
            elif row.kind == PRODUCT:
                self._learn(row)
        self._costs = {sku: self._cost(self._list_price(sku)) for sku in self._prices}
        purchases = self._purchases({(row.customer, row.sku) for _number, row in cancelled}, tick)
        cancelled.sort(key=lambda item: (item[1].at, item[1].number))
        self._returns = _match(cancelled, purchases)
        return self._row_count

    def products(self) -> Iterator[CanonicalProduct]:
        """Yield the goods at their modal price: the file has no catalogue, and no VAT."""
        for sku in self._prices:
            titles = self._titles.get(sku)
            yield CanonicalProduct(
                sku=sku,
                name=titles.most_common(1)[0][0] if titles else sku,
                category="",
                brand="",
                list_price_minor=self._list_price(sku),
                vat_bps=0,
                currency=CURRENCY,
                unit_cost_minor=None if self._cost_share_bps is None else self._costs[sku],
            )

    def facts(self, tick: Tick) -> Iterator[Fact]:
        """Yield each order when its last row was read, each return with its cancellation."""
        invoices: dict[str, list[tuple[int, Row, int]]] = defaultdict(list)
        for ordinal, row in self._rows(tick, self.tally):
            minor = row.minor
            invoices[row.invoice].append((ordinal, row, minor))
            self.tally.input_minor += minor
            if row.number < self._last_row[row.invoice]:
                continue
            rows = invoices.pop(row.invoice)
            if row.cancels:
                yield from self._counted(self._returns.pop(row.invoice))
            else:
                yield self._order(rows)

    def _rows(
        self,
        tick: Tick,
        tally: Tally | None = None,
        only: Collection[tuple[str, str]] | None = None,
    ) -> Iterator[tuple[int, Row]]:
        """Yield the rows that can be stored, each with its ordinal inside its invoice.

        ``only`` names the customers and stock codes of interest; other rows are not even read.
        """
        ordinals: dict[str, int] = defaultdict(int)
        for number, cells in numbered_rows(self._path, COLUMNS, tick):
            self._row_count = number - 1
            invoice = cells[0] if cells else ""
            ordinals[invoice] += 1
            if only is not None and (len(cells) < 7 or (cells[6], cells[1]) not in only):
                continue
            if tally is not None:
                tally.rows += 1
            try:
                row = _read(number, cells)
            except Refused as refusal:
                if tally is not None:
                    tally.refuse(refusal.reason, number, refusal.minor, refusal.detail)
            else:
                yield ordinals[invoice], row

    def _learn(self, row: Row) -> None:
        prices = self._prices.setdefault(row.sku, Counter())
        if row.price > 0:
            prices[row.price] += 1
        if row.title:
            self._titles.setdefault(row.sku, Counter())[row.title] += 1

    def _list_price(self, sku: str) -> int:
        """Return the price most often asked, the lower of two equally frequent, in pence."""
        prices = self._prices[sku]
        if not prices:
            return 0
        often = max(prices.values())
        modal = min(price for price, times in prices.items() if times == often)
        return Money.from_decimal(modal, CURRENCY).minor

    def _cost(self, list_price_minor: int) -> int:
        return ratio(list_price_minor * (self._cost_share_bps or 0), BPS)

    def _purchases(
        self, wanted: set[tuple[str, str]], tick: Tick
    ) -> dict[tuple[str, str], list[tuple[datetime, int, Purchase, int]]]:
        """Read the file again for what customers bought of what they later cancelled."""
        found = defaultdict(list)
        for ordinal, row in self._rows(tick, only=wanted):
            if row.customer and not row.cancels and row.price >= 0:
                purchase = (row.invoice, str(ordinal))
                found[row.customer, row.sku].append((row.at, row.number, purchase, row.quantity))
        return found

    def _order(self, rows: list[tuple[int, Row, int]]) -> CanonicalOrder:
        first = rows[0][1]
        placed_at = _utc(min(row.at for _ordinal, row, _minor in rows))
        lines = tuple(self._line(*found) for found in rows)
        for line in lines:
            self.tally.sums[line.kind] += line.net_minor
        self.tally.orders += 1
        self.tally.lines += len(lines)
        return CanonicalOrder(
            external_id=first.invoice,
            number=first.invoice,
            placed_at=placed_at,
            updated_at=placed_at,
            currency=CURRENCY,
            lines=lines,
            customer_ref=customer_ref(self._shop_code, first.customer),
            country=iso_of(first.country),
        )

    def _line(self, ordinal: int, row: Row, minor: int) -> CanonicalLine:
        kind = row.kind
        knows_cost = kind == PRODUCT and self._cost_share_bps is not None
        return CanonicalLine(
            external_id=str(ordinal),
            kind=kind,
            sku=row.sku,
            title=row.title,
            quantity=row.quantity,
            net_minor=minor,
            unit_cost_minor=self._costs[row.sku] if knows_cost else None,
        )

    def _counted(self, returns: list[CanonicalReturn]) -> Iterator[CanonicalReturn]:
        for one in returns:
            for line in one.lines:
                self.tally.sums[RETURNS] -= line.net_minor
            yield one


def _match(
    cancelled: list[tuple[int, Row]],
    purchases: Mapping[tuple[str, str], list[tuple[datetime, int, Purchase, int]]],
) -> dict[str, list[CanonicalReturn]]:
    """Give every cancelled quantity to earlier purchases of it by that customer, newest first."""
    left = {
        purchase: quantity for rows in purchases.values() for _a, _n, purchase, quantity in rows
    }
    parts: dict[str, dict[str, list[CanonicalReturnLine]]] = {}
    moments: dict[str, datetime] = {}
    for ordinal, row in cancelled:
        earlier = sorted(
            (item for item in purchases.get((row.customer, row.sku), ()) if item[0] <= row.at),
            reverse=True,
        )
        moments.setdefault(row.invoice, row.at)
        by_order = parts.setdefault(row.invoice, {})
        taken = take(-row.quantity, -row.minor, places=[item[2] for item in earlier], left=left)
        for number, part in enumerate(taken):
            order, line = part.place or ("", "")
            by_order.setdefault(order, []).append(
                CanonicalReturnLine(
                    external_id=f"{ordinal}.{number}",
                    line_external_id=line,
                    sku=row.sku,
                    quantity=part.quantity,
                    net_minor=part.net_minor,
                )
            )
    return {
        invoice: [
            CanonicalReturn(
                external_id=f"{invoice}:{order or 'unmatched'}",
                order_external_id=order,
                reason="return",
                returned_at=_utc(moments[invoice]),
                lines=tuple(lines),
            )
            for order, lines in by_order.items()
        ]
        for invoice, by_order in parts.items()
    }


def _read(number: int, cells: list[str]) -> Row:
    """Return the row.

    :raises Refused: when it cannot be read or stored.
    """
    if len(cells) != len(COLUMNS):
        raise Refused("not eight cells", detail=f"{len(cells)} cells")
    invoice, sku, title, quantity_text, moment, price_text, customer, country = cells
    try:
        quantity, price, at = (
            int(quantity_text),
            Decimal(price_text),
            datetime.fromisoformat(moment),
        )
    except (ValueError, InvalidOperation) as error:
        detail = f"{quantity_text!r}, {price_text!r}, {moment!r}"
        raise Refused("quantity, price or date unreadable", detail=detail) from error
    if (
        not price.is_finite()
        or price.copy_abs() > _LARGEST_PRICE
        or abs(quantity) > _LARGEST_QUANTITY
    ):
        raise Refused("quantity or price out of bounds", detail=f"{quantity_text}, {price_text}")
    row = Row(number, invoice, sku, title.replace("\0", "")[:200].strip(), quantity,
              at.replace(tzinfo=None), price, customer, country)  # fmt: skip
    if not 0 < len(invoice) <= 40 or not 0 < len(sku) <= 64 or "\0" in invoice + sku:
        raise Refused("invoice or stock code missing or too long", row.minor)
    if row.cancels and quantity >= 0:
        raise Refused("cancellation without a quantity below zero", row.minor)
    if not row.cancels and quantity <= 0:
        raise Refused("quantity not above zero outside a cancellation", row.minor, title)
    return row


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZONE).astimezone(UTC)
