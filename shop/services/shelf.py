"""What is left of orders' lines, and where a return of something added later belongs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Sum

from core.money import ratio
from shop.domain.placing import Part, share, take
from shop.models import OrderLine, Return, ReturnLine
from shop.services.following import roots_of


class Shelf:
    """What is left of the lines of some orders, loaded once and taken from in memory.

    What edits added to an order is stored as orders that follow it (rule O15): their lines are
    lines of the order that a shop's return names.
    """

    def __init__(self, order_ids: Collection[int]) -> None:
        self._lines: dict[int, OrderLine] = {}
        self._left: dict[int, int] = {}
        self._by_id: dict[tuple[int, str], list[int]] = defaultdict(list)
        self._by_sku: dict[tuple[int, str], list[int]] = defaultdict(list)
        if order_ids:
            self._load(set(order_ids))

    def _load(self, order_ids: set[int]) -> None:
        root_of = roots_of(order_ids)
        for line in OrderLine.objects.filter(order__in=root_of).order_by("pk"):
            self._lines[line.pk], self._left[line.pk] = line, line.quantity
            for order in {line.order_id, root_of[line.order_id]}:
                self._by_id[order, line.external_id].append(line.pk)
                self._by_sku[order, line.sku].append(line.pk)
        gone = ReturnLine.objects.filter(line__order__in=root_of).values_list("line_id")
        for pk, quantity in gone.annotate(Sum("quantity")).values_list("line_id", "quantity__sum"):
            self._left[pk] -= quantity

    def take(
        self, order_id: int | None, line_external_id: str, sku: str, quantity: int, net_minor: int
    ) -> list[Part[int]]:
        """Take a quantity from the line of that id; without an id, from the lines of that SKU.

        Money without goods takes nothing: it is of the whole order, or of that line and what edits
        added to it, each by the worth of what is left of it.
        """
        places: list[int] = []
        if order_id is not None and line_external_id:
            places = self._by_id[order_id, line_external_id]
        elif order_id is not None and sku:
            places = self._by_sku[order_id, sku]
        if not quantity:
            there = [place for place in places if self._left[place] > 0] or places[:1]
            return share(net_minor, places=there, worth=[self._worth(place) for place in there])
        return take(quantity, net_minor, places=places, left=self._left)

    def _worth(self, line_id: int) -> int:
        line = self._lines[line_id]
        return max(ratio(line.net_minor * self._left[line_id], line.quantity), 0)

    def order_of(self, line_id: int) -> int:
        """Return the order that a line is stored under."""
        return self._lines[line_id].order_id

    def left_by_order(self) -> dict[int, list[tuple[OrderLine, int]]]:
        """Return the lines of each order of which something is left, and how much."""
        found: dict[int, list[tuple[OrderLine, int]]] = defaultdict(list)
        for pk, quantity in self._left.items():
            if quantity > 0:
                found[self._lines[pk].order_id].append((self._lines[pk], quantity))
        return found


def to_companions(lines: Sequence[ReturnLine], shelf: Shelf) -> None:
    """Give lines that came back of an addition a return of that addition: one for each return.

    The lines are not stored yet, or are stored by the caller.
    """
    made: dict[tuple[int, int], Return] = {}
    for line in lines:
        if line.line_id is None:
            continue
        one, order_id = line.shop_return, shelf.order_of(line.line_id)
        if order_id == one.order_id:
            continue
        key = (one.pk, order_id)
        if key not in made:
            made[key], _new = Return.objects.get_or_create(
                shop_id=one.shop_id,
                external_id=f"{one.external_id}@{order_id}",
                defaults={
                    "order_external_id": one.order_external_id,
                    "order_id": order_id,
                    "reason": one.reason,
                    "returned_at": one.returned_at,
                    "received_at": one.received_at,
                },
            )
        line.shop_return = made[key]
