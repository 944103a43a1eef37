"""An order that was edited at the shop, told as facts beside the lines that never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.money import ratio
from shop.domain.canonical import CanonicalLine, CanonicalReturnLine
from shop.domain.remarks import PRICE_RAISED
from shop.domain.states import OrderState

#: Only goods are added: shipping or a fee that grew earns nothing, so nothing is missed.
_ADDED_KINDS = frozenset({"product", "gift_card"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A line as it is stored, with all that edits added to it and took from it, in their order."""

    line_external_id: str
    kind: str
    sku: str
    present: int  # Units that no edit took out.
    worth_minor: int  # What they come to at the price that edits left.

    def net_of(self, quantity: int) -> int:
        """What ``quantity`` of the units that are there are worth, in minor units."""
        return ratio(self.worth_minor * quantity, self.present) if self.present else 0


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be stored so that an order is as its newest state says."""

    added: tuple[CanonicalLine, ...] = ()
    removed: tuple[CanonicalReturnLine, ...] = ()
    remarks: tuple[str, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


def edit(known: Mapping[str, Known], state: OrderState) -> Edit:
    """Return how the lines of ``state`` differ from those known, as facts.

    Units that are gone, and money taken off a price, are lines of a return; units that came are
    lines of an order that adds to it (rules O12, O15). Nothing is returned for what is the same,
    so a state that is told twice is told once. A price that was raised is only remarked: by how
    much a commission should rise is a person's decision.
    """
    said = {line.external_id: line for line in state.order.lines}
    added, removed, remarks = [], [], set()
    for line in said.values():
        before = known.get(line.external_id)
        there = max(line.quantity - state.removed.get(line.external_id, 0), 0)
        if before is None:
            if there and line.kind in _ADDED_KINDS:
                added.append(_part(line, there))
            continue
        if there > before.present and line.kind in _ADDED_KINDS:
            added.append(_part(line, there - before.present))
        elif there < before.present:
            removed.append(_gone(before, before.present - there))
        same = min(there, before.present)
        rise = ratio(line.net_minor * same, line.quantity) - before.net_of(same)
        if rise < -1:  # One minor unit is how platforms round a share of a line.
            removed.append(_cheaper(before, -rise))
        elif rise > 1:
            remarks.add(PRICE_RAISED)
    removed += [
        _gone(before, before.present)
        for line_id, before in known.items()
        if line_id not in said and before.present
    ]
    return Edit(tuple(added), tuple(removed), tuple(sorted(remarks)))


def taken_out(state: OrderState) -> tuple[CanonicalReturnLine, ...]:
    """Return what edits had taken out of an order before it was first told."""
    lines = (
        Known(
            line_external_id=line.external_id,
            kind=line.kind,
            sku=line.sku,
            present=line.quantity,
            worth_minor=line.net_minor,
        )
        for line in state.order.lines
    )
    return tuple(
        _gone(line, min(state.removed[line.line_external_id], line.present))
        for line in lines
        if state.removed.get(line.line_external_id, 0) > 0
    )


def _part(line: CanonicalLine, quantity: int) -> CanonicalLine:
    def share(minor: int) -> int:
        return ratio(minor * quantity, line.quantity)

    shown = line.presentment_net_minor
    return replace(
        line,
        quantity=quantity,
        net_minor=share(line.net_minor),
        discount_minor=share(line.discount_minor),
        tax_minor=share(line.tax_minor),
        presentment_net_minor=None if shown is None else share(shown),
    )


def _gone(before: Known, quantity: int) -> CanonicalReturnLine:
    return CanonicalReturnLine(
        external_id=before.line_external_id,
        line_external_id=before.line_external_id,
        sku=before.sku,
        quantity=quantity,
        net_minor=before.net_of(quantity),
    )


def _cheaper(before: Known, minor: int) -> CanonicalReturnLine:
    return CanonicalReturnLine(
        external_id=f"{before.line_external_id}~price",
        line_external_id=before.line_external_id,
        sku=before.sku,
        quantity=0,
        net_minor=minor,
    )
