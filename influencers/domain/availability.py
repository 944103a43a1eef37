"""Which product a place in a look shows now: docs/rules/looks.md, LK10 to LK16.

Nothing of stock or price is kept in a look; it is asked for whenever a look is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from influencers.domain.look import LEAST_PRODUCTS

#: What the shop said of its stock is believed for so long.
FRESH_FOR = timedelta(minutes=15)


class Found(StrEnum):
    """How a place is filled, best first."""

    EXACT = "exact"
    SIZE = "size"  # The same thing in another size: nobody sees a difference.
    COLOR = "color"  # The same model in another colour.
    ALTERNATE = "alternate"  # What stands in by the creator's ranking.
    SOLD_OUT = "sold_out"

    @property
    def is_substitute(self) -> bool:
        """Whether it differs to the eye from what was worn."""
        return self in {Found.COLOR, Found.ALTERNATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stocked:
    """A product, as far as it matters whether it can be bought. ``stock`` none: not told."""

    product_id: int
    sku: str
    is_active: bool
    model: str = ""
    color: str = ""
    stock: int | None = None
    stock_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The product that a place shows; when nothing can be bought, the one that was worn."""

    product_id: int
    found: Found

    @property
    def is_sold_out(self) -> bool:
        return self.found == Found.SOLD_OUT

    @property
    def is_substitute(self) -> bool:
        """Whether it differs to the eye from what was worn."""
        return self.found.is_substitute


def can_be_bought(product: Stocked, now: datetime) -> bool:
    """Tell whether a product is to be had: sold by the shop, and not known to be out of stock."""
    if not product.is_active:
        return False
    is_fresh = product.stock_at is not None and now - product.stock_at <= FRESH_FOR
    return product.stock is None or not is_fresh or product.stock > 0


def choose(
    ranked: Sequence[Stocked], of_model: Mapping[str, Sequence[Stocked]], *, now: datetime
) -> Choice | None:
    """Return what a place with these options, best first, shows now; None without options.

    Of each option in turn: the very product, then another size of its colour, then another
    colour. Of several sizes or colours the first by SKU. ``of_model``: all products of a model.
    """
    for rank, worn in enumerate(ranked):
        found = _nearest(worn, of_model.get(worn.model, ()) if worn.model else (), now)
        if found is not None:
            is_worn = rank == 0
            return found if is_worn else Choice(found.product_id, Found.ALTERNATE)
    return Choice(ranked[0].product_id, Found.SOLD_OUT) if ranked else None


def _nearest(worn: Stocked, family: Sequence[Stocked], now: datetime) -> Choice | None:
    if can_be_bought(worn, now):
        return Choice(worn.product_id, Found.EXACT)
    others = sorted(
        (one for one in family if one.product_id != worn.product_id and can_be_bought(one, now)),
        key=lambda one: (one.color != worn.color, one.sku),
    )
    if not others:
        return None
    nearest = others[0]
    same_color = nearest.color == worn.color
    return Choice(nearest.product_id, Found.SIZE if same_color else Found.COLOR)


def is_placeable(
    places: Sequence[tuple[bool, Choice | None]], *, is_customers: bool = False
) -> bool:
    """Tell whether a look may be placed automatically: each place with whether it is required.

    Every required place is filled with something that can be bought, and two places at least are.
    A customer's photo shows what somebody bought rather than an outfit: one place is enough.
    """
    filled = [choice is not None and not choice.is_sold_out for _is_required, choice in places]
    if is_customers:
        return any(filled)
    complete = all(
        has or not is_required for has, (is_required, _) in zip(filled, places, strict=True)
    )
    return complete and sum(filled) >= LEAST_PRODUCTS
