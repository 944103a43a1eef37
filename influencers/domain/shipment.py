"""What of a campaign's products a creator may still ask for: values in, values out.

The rules are CA17 to CA23 of ``docs/rules/campaigns.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.money import Money

#: How long the address of a parcel is kept once nothing happens to it any more (CA22).
ADDRESS_KEPT = timedelta(days=30)
#: And when nobody says for so long what becomes of it.
ADDRESS_FORGOTTEN = timedelta(days=90)


class Limit(StrEnum):
    """Which limit of the campaign something asked for would pass."""

    ITEMS = "items"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Asked:
    """Pieces of a product, and their value together excluding VAT."""

    quantity: int
    value: Money


@dataclass(frozen=True, slots=True)
class Allowance:
    """The most that one creator gets of a campaign, excluding VAT."""

    items: int
    value: Money


def over(allowance: Allowance, standing: Iterable[Asked], more: Asked) -> Limit | None:
    """Return which limit ``more`` would pass beside what stands (CA18). At a limit it is allowed.

    :raises CurrencyMismatch: for a value in another currency.
    """
    kept = [*standing, more]
    if sum(one.quantity for one in kept) > allowance.items:
        return Limit.ITEMS
    total = sum((one.value for one in kept), Money(0, allowance.value.currency))
    return Limit.VALUE if (total - allowance.value).minor > 0 else None
