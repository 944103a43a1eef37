"""What one body of a shop says, in our words: orders as they are now, and facts beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

from shop.domain.canonical import (
    CanonicalCost,
    CanonicalOrder,
    CanonicalProduct,
    CanonicalReturn,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """An order as it is now: every line that it ever had, and what is no longer there.

    ``removed``: units of a line, by its id, that an edit took out of the order. Units that came
    back through a refund are in ``returns`` alone, never here. A line that the platform no longer
    names is left out of the order's lines, or is there with all its units removed: both are one.

    ``returns``: every refund that the body tells, under the shop's own ids.
    ``knows_all_returns``: the body tells all there are; one that we know beside them was deleted.
    """

    order: CanonicalOrder
    removed: Mapping[str, int] = field(default_factory=dict)
    returns: tuple[CanonicalReturn, ...] = ()
    knows_all_returns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCost:
    """What one unit of a SKU costs from now on, in minor units.

    ``changed_at``: when the shop changed it; None: of when it came.
    """

    sku: str
    unit_cost_minor: int
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Pieces of a SKU to sell. ``changed_at``: since when; None: of when it came."""

    sku: str
    pieces: int
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A customer's wish that what is kept about them is erased."""

    customer_ref: str
    order_external_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """A customer's wish to know what is kept about them.

    ``asked_at``: None where the body does not tell: then it was asked when it was sent.
    """

    external_id: str
    customer_ref: str
    asked_at: datetime | None = None
    order_external_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that one body says. Whatever order bodies arrive in, the end is the same.

    ``wanted_orders``: ids that the body says have changed without saying how: they are read
    through the shop's API. ``gone_skus`` and ``gone_models`` are no longer sold. ``gone_orders``:
    ids of which the shop says only that it deleted them: cancelled as of when the body came.
    ``ignored``: why nothing is to be made of the body; a sentence for people.
    """

    orders: tuple[OrderState, ...] = ()
    returns: tuple[CanonicalReturn, ...] = ()
    costs: tuple[CanonicalCost, ...] = ()
    products: tuple[CanonicalProduct, ...] = ()
    unit_costs: tuple[UnitCost, ...] = ()
    stocks: tuple[Stock, ...] = ()
    gone_skus: tuple[str, ...] = ()
    gone_models: tuple[str, ...] = ()
    erasures: tuple[Erasure, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    wanted_orders: tuple[str, ...] = ()
    gone_orders: tuple[str, ...] = ()
    ignored: str = ""


def together(several: Iterable[Facts]) -> Facts:
    """Return as one what several bodies say: a platform's list is kept as one delivery.

    Ignored only when all of them are; then the first sentence says why.
    """
    told = list(several)
    names = [one.name for one in fields(Facts) if one.name != "ignored"]
    sums = {name: sum((getattr(one, name) for one in told), ()) for name in names}
    why = next((one.ignored for one in told if one.ignored), "")
    return Facts(**sums, ignored="" if any(sums.values()) else why)
