"""Credit slips as returns: what came back follows quantities, not the amount of the refund."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from core.money import ratio
from shop.connectors.prestashop.amounts import Scale
from shop.connectors.prestashop.part import Part
from shop.domain.canonical import CanonicalLine, CanonicalReturn, CanonicalReturnLine
from shop.domain.remarks import AMOUNT_ONLY

_SHIPPING = "shipping"
#: The id of the line of a return that is money for the whole order.
_WHOLE = "amount"


@dataclass(slots=True)
class _Left:
    """What of each line did not come back yet: pieces and minor units."""

    lines: Mapping[str, CanonicalLine]
    pieces: dict[str, int] = field(default_factory=dict)
    minor: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for line_id, line in self.lines.items():
            self.pieces[line_id], self.minor[line_id] = line.quantity, line.net_minor

    def goods(self, line_id: str, quantity: int) -> tuple[int, int]:
        """Take pieces of a line out; return how many there were, and their net."""
        line = self.lines[line_id]
        taken = min(quantity, self.pieces[line_id])
        net = min(ratio(line.net_minor * taken, line.quantity), self.minor[line_id])
        self.pieces[line_id] -= taken
        self.minor[line_id] -= net
        return taken, net

    def money(self, line_id: str, minor: int) -> int:
        """Take money off a line; return what there was of it."""
        taken = min(minor, self.minor[line_id])
        self.minor[line_id] -= taken
        return taken


def returns(
    body: Part, lines: Sequence[CanonicalLine], scale: Scale, zone: ZoneInfo
) -> tuple[tuple[CanonicalReturn, ...], set[str]]:
    """Return every credit slip as a return, and what is to be remarked about them.

    :raises UnreadableBody: with the place of what is wrong.
    """
    left = _Left({line.external_id: line for line in lines})
    came: list[CanonicalReturn] = []
    remarks: set[str] = set()
    for slip in sorted(body.parts("slips"), key=lambda one: int(one.needed("id"))):
        found = [*_details(slip, left, scale), *_shipping(slip, left, scale)]
        whole = scale.minor(slip.millionths("total_products_tax_excl"))
        if not slip.parts("details") and whole > 0:
            found.append(_money(_WHOLE, "", "", whole))
        if any(not one.quantity and one.line_external_id != _SHIPPING for one in found):
            remarks.add(AMOUNT_ONLY)
        if found:
            came.append(
                CanonicalReturn(
                    external_id=slip.needed("id"),
                    order_external_id=body.part("order").needed("id"),
                    reason="return",
                    returned_at=slip.needed_moment("date_add", zone),
                    lines=tuple(found),
                )
            )
    return tuple(came), remarks


def _details(slip: Part, left: _Left, scale: Scale) -> list[CanonicalReturnLine]:
    quantities: dict[str, int] = defaultdict(int)
    amounts: dict[str, int] = defaultdict(int)
    for detail in slip.parts("details"):
        line_id = detail.needed("id_order_detail")
        quantities[line_id] += detail.pieces("product_quantity")
        amounts[line_id] += detail.millionths("amount_tax_excl")
    found = []
    for line_id, quantity in quantities.items():
        one = _detail(line_id, quantity, scale.minor(amounts[line_id]), left)
        if one is not None:
            found.append(one)
    return found


def _detail(line_id: str, quantity: int, amount: int, left: _Left) -> CanonicalReturnLine | None:
    """PrestaShop has no refund of a line without a quantity, so little money is money (PS9)."""
    line = left.lines.get(line_id)
    if line is None:  # An edit took the line out of the order since.
        if not quantity and amount < 1:
            return None
        return CanonicalReturnLine(
            external_id=line_id, line_external_id=line_id, sku="", quantity=quantity,
            net_minor=max(amount, 0),
        )  # fmt: skip
    worth = ratio(line.net_minor * min(quantity, line.quantity), line.quantity)
    if not quantity or 0 < 2 * amount < worth:
        taken = left.money(line_id, amount)
        return _money(line_id, line_id, line.sku, taken) if taken > 0 else None
    pieces, net = left.goods(line_id, quantity)
    if not pieces:
        return None
    return CanonicalReturnLine(
        external_id=line_id, line_external_id=line_id, sku=line.sku, quantity=pieces, net_minor=net
    )


def _shipping(slip: Part, left: _Left, scale: Scale) -> list[CanonicalReturnLine]:
    amount = scale.minor(slip.millionths("total_shipping_tax_excl"))
    if _SHIPPING not in left.lines or amount < 1:
        return []
    taken = left.money(_SHIPPING, amount)
    return [_money(_SHIPPING, _SHIPPING, "", taken)] if taken else []


def _money(external_id: str, line_id: str, sku: str, minor: int) -> CanonicalReturnLine:
    return CanonicalReturnLine(
        external_id=external_id, line_external_id=line_id, sku=sku, quantity=0, net_minor=minor
    )
