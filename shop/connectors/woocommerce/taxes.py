"""The tax rates of a WooCommerce shop at home, out of the table it keeps for all countries."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from shop.connectors.woocommerce.body import Part

#: Above this no place in a table and no rate is meant, and sums of it hold no number.
_MOST = 10**6


def home_rates(rows: Iterable[Part], home: str) -> dict[str, str]:
    """Return the rate in per cent of each tax class where the shop is.

    ``home``: ``FR``, or ``US:CA`` with a state. Of rows with one priority the first counts, those
    of several priorities add up. Rows for some postcodes or cities are left out: products are
    shown to everybody.
    """
    country, _colon, state = home.partition(":")
    found: dict[str, dict[str, Decimal]] = {}
    for row in sorted(rows, key=lambda row: _number(row.text("order", 10))):
        is_here = row.text("country", 8) in ("", "*", country)
        is_here = is_here and row.text("state", 20) in ("", "*", state)
        if is_here and not any(row.found.get(name) for name in _NARROWER):
            priorities = found.setdefault(row.text("class") or "standard", {})
            priorities.setdefault(row.text("priority", 10), _number(row.text("rate", 20)))
    return {name: str(sum(rates.values())) for name, rates in found.items()}


_NARROWER = ("postcode", "city", "postcodes", "cities")


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() and number.copy_abs() <= _MOST else Decimal(0)
