"""Stores beside each other, per head, so that a small one can be first. Values in, values out.

The rules are LG1 to LG4 of ``docs/rules/standing.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSales:
    """What the employees of a store brought in a period, returns and refusals taken off.

    ``heads``: employees with an open account. ``orders``: credited to them, a shared one once.
    """

    store_id: int
    name: str
    region: str
    heads: int
    orders: int
    commission: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A store in the league. ``place`` None: nobody there takes part, so nothing is compared.

    ``orders_per_head``: in hundredths; ``commission_per_head``: minor units. Both rounded half
    away from zero.
    """

    sales: StoreSales
    place: int | None
    orders_per_head: int
    commission_per_head: Money


def league(stores: Iterable[StoreSales]) -> list[Placed]:
    """Return the stores by commission per head, then by orders per head (LG1 to LG3).

    Equal ones share a place, and the next place is skipped as many times. Names decide only the
    order in which equal ones are written.
    """
    found = sorted(stores, key=_order)
    taking_part = [one for one in found if one.heads]
    placed, before, place = [], None, 0
    for number, sales in enumerate(taking_part, start=1):
        rank = _exact(sales)
        if rank != before:
            place, before = number, rank
        placed.append(_placed(sales, place))
    return placed + [_placed(sales, None) for sales in found if not sales.heads]


def _order(sales: StoreSales) -> tuple[bool, int, int, str]:
    commission, orders = _exact(sales) if sales.heads else (0, 0)
    return (not sales.heads, -commission, -orders, sales.name)


def _exact(sales: StoreSales) -> tuple[int, int]:
    """Per head, fine enough that no two stores are equal by rounding alone."""
    return (
        _shared(sales.commission.minor * 1_000_000, sales.heads),
        _shared(sales.orders * 1_000_000, sales.heads),
    )


def _placed(sales: StoreSales, place: int | None) -> Placed:
    heads = max(1, sales.heads)
    return Placed(
        sales=sales,
        place=place,
        orders_per_head=_shared(sales.orders * 100, heads),
        commission_per_head=Money(
            _shared(sales.commission.minor, heads), sales.commission.currency
        ),
    )


def _shared(whole: int, heads: int) -> int:
    sign = -1 if whole < 0 else 1
    return sign * ((2 * abs(whole) + heads) // (2 * heads))
