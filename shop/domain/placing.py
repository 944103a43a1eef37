"""Which lines a returned quantity belongs to, when some of them have come back already."""

from __future__ import annotations

from collections.abc import Hashable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.money import Money

Place = TypeVar("Place", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Part(Generic[Place]):
    """A share of a returned quantity. ``place`` None: nothing was left to return it to."""

    place: Place | None
    quantity: int
    net_minor: int


def take(
    quantity: int,
    net_minor: int,
    *,
    places: Sequence[Place],
    left: MutableMapping[Place, int],
) -> list[Part[Place]]:
    """Take ``quantity`` out of ``left``, from the first of ``places`` on; return the parts.

    ``net_minor`` is split by quantity, losing nothing (largest remainder). What exceeds all that
    is left is the last part, without a place: it is never dropped. Rule O8.
    """
    wanted, taken = quantity, []
    for place in places:
        amount = min(wanted, left[place])
        if amount > 0:
            left[place] -= amount
            wanted -= amount
            taken.append((place, amount))
    amounts = [amount for _place, amount in taken] + ([wanted] if wanted else [])
    found: list[Place | None] = [place for place, _amount in taken]
    nets = Money(net_minor, "").split(amounts)
    return [
        Part(place, amount, net.minor)
        for place, amount, net in zip([*found, None], amounts, nets, strict=False)
    ]


def share(net_minor: int, *, places: Sequence[Place], worth: Sequence[int]) -> list[Part[Place]]:
    """Share money without goods over ``places`` by ``worth``, losing nothing (largest remainder).

    Of places that are all worth nothing the first takes it; without any it has no place. Rule O14.
    """
    if not any(worth):
        return [Part(next(iter(places), None), 0, net_minor)]
    shares = Money(net_minor, "").split(worth)
    return [
        Part(place, 0, part.minor) for place, part in zip(places, shares, strict=True) if part.minor
    ]
