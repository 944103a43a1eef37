"""What became of orders later: goods and money that went back, costs that were corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from affiliates.models import AmountOnly, Programme
from payouts.among import among
from payouts.domain.refunds import Back, Left, Sold, left_of
from shop.models import CostCorrection, OrderLine, ReturnLine

_RETURN_COLUMNS = (
    "pk", "shop_return__order", "shop_return__returned_at", "shop_return__external_id",
    "external_id", "line", "line_external_id", "sku", "quantity", "net_minor",
    "refund_ruling__policy",
)  # fmt: skip


class _ReturnRow(NamedTuple):
    """The columns above."""

    pk: int
    order_id: int
    at: datetime
    return_id: str
    external_id: str
    line_id: int | None
    line_external_id: str
    sku: str
    quantity: int
    net_minor: int
    policy: str | None


class Aftermath:
    """What went back of some orders, and what their goods really cost: three queries at most."""

    def __init__(self, order_ids: Collection[int]) -> None:
        self._order_ids = order_ids
        self._policy = Programme.get().amount_only_returns
        self._rows: dict[int, list[_ReturnRow]] = defaultdict(list)
        rows = ReturnLine.objects.filter(among("shop_return__order", order_ids))
        for row in rows.values_list(*_RETURN_COLUMNS):
            found = _ReturnRow(*row)
            self._rows[found.order_id].append(found)

    @cached_property
    def costs(self) -> dict[int, int]:
        """The corrected unit costs, by order line."""
        corrections = CostCorrection.objects.filter(among("line__order", self._order_ids))
        # The last of them that says something about a line counts: rule O13.
        in_time = corrections.order_by("corrected_at", "external_id")
        return dict(in_time.values_list("line", "unit_cost_minor"))

    def orders(self) -> set[int]:
        """Return the orders of which something went back."""
        return set(self._rows)

    def left(self, order_id: int, lines: Sequence[OrderLine]) -> dict[int, Left]:
        """Return what is left of each line; nothing at all when nothing came back."""
        if order_id not in self._rows:
            return {}
        return left_of(sold(lines), self.backs(order_id, lines).values())

    def backs(self, order_id: int, lines: Iterable[OrderLine]) -> dict[int, Back]:
        """Return what went back of an order and counts, by return line.

        ``lines``: all of the order. Refunds that the policy ignores, and what is about lines that
        nobody knows, are left out. Rules R1 and R3.
        """
        rows = self._rows.get(order_id, ())
        by_external_id = {one.external_id: one.pk for one in lines} if rows else {}
        found = ((row.pk, self._back(row, by_external_id)) for row in rows)
        return {pk: back for pk, back in found if back is not None}

    def _back(self, row: _ReturnRow, by_external_id: Mapping[str, int]) -> Back | None:
        line = row.line_id or by_external_id.get(row.line_external_id)
        is_of_order = not (row.quantity or row.line_external_id or row.sku)
        # As a refund was ruled when it came, else by the policy of today.
        is_ignored = not row.quantity and (row.policy or self._policy) == AmountOnly.IGNORED
        if is_ignored or (line is None and not is_of_order):
            return None
        return Back(
            at=row.at,
            key=f"{row.return_id} {row.external_id}",
            line=line,
            quantity=row.quantity,
            net_minor=row.net_minor,
        )


def sold(lines: Iterable[OrderLine]) -> list[Sold]:
    """Return order lines as they were sold."""
    return [
        Sold(line=one.pk, kind=one.kind, quantity=one.quantity, net_minor=one.net_minor)
        for one in lines
    ]
