"""The lines of an order of Magento: what has parent and child is counted once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.money import ratio
from shop.connectors.body import Part, rounded
from shop.connectors.choices import Choices
from shop.connectors.magento.amounts import BASE, Amounts, of_item, of_shipping
from shop.domain.canonical import CanonicalLine

SHIPPING = "shipping"
_WRAPPING = (
    ("gift_wrapping", "gw_base_price", "gw_price", "gw_base_tax_amount"),
    ("gift_wrapping_items", "gw_items_base_price", "gw_items_price", "gw_items_base_tax_amount"),
    ("gift_wrapping_card", "gw_card_base_price", "gw_card_price", "gw_card_base_tax_amount"),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """An item that is a line of its own, and those below it that are not."""

    item: Part
    children: tuple[Part, ...] = ()

    @property
    def pieces(self) -> int:
        """Whole pieces; goods that are weighed are one piece."""
        return in_pieces(self.item.quantity("qty_ordered"))


@dataclass(frozen=True, slots=True)
class Money:
    """Currencies of an order: the shop's, and the customer's where that is another."""

    currency: str
    shown: str = ""


def counted(order: Part) -> tuple[Counted, ...]:
    """Return the items to count. A bundle whose children have prices is its children.

    :raises UnreadableBody: when an item is not as documented.
    """
    items = order.parts("items")
    ids = {item.id("item_id") for item in items}
    below: dict[str, list[Part]] = defaultdict(list)
    for item in items:
        below[item.optional_id("parent_item_id")].append(item)
    found: list[Counted] = []
    for item in items:
        parent = item.optional_id("parent_item_id")
        if parent in ids and parent != item.id("item_id"):
            continue
        children = below.get(item.id("item_id"), [])
        if _is_sum(item, children):
            found += [Counted(child) for child in children]
        else:
            found.append(Counted(item, tuple(children)))
    return tuple(one for one in found if one.pieces)


def lines(
    order: Part, found: Sequence[Counted], money: Money, choices: Choices
) -> tuple[CanonicalLine, ...]:
    """Return the lines of an order: goods, shipping, gift wrapping.

    :raises UnreadableBody: when one is not as documented.
    """
    goods = [_goods(one, money, choices) for one in found]
    shipping = of_shipping(order)
    method = order.text("shipping_description") or "Shipping"
    if shipping.net or shipping.discount:
        goods.append(_beside(order, SHIPPING, method, shipping, of_shipping(order, ""), money))
    for line_id, wrapped, shown in wrappings(order):
        goods.append(_beside(order, line_id, "Gift wrapping", wrapped, shown, money))
    return tuple(goods)


def wrappings(order: Part) -> tuple[tuple[str, Amounts, Amounts], ...]:
    """Return gift wrapping by its kind: in the shop's currency, and in the customer's.

    :raises UnreadableBody: when something is no amount.
    """
    beside = order.part("extension_attributes")
    found = []
    for line_id, base, shown, tax in _WRAPPING:
        told = (
            Amounts(net=beside.decimal(base), discount=Decimal(0), tax=beside.decimal(tax)),
            Amounts(net=beside.decimal(shown), discount=Decimal(0), tax=Decimal(0)),
        )
        if told[0].net:
            found.append((line_id, *told))
    return tuple(found)


def in_pieces(quantity: Decimal) -> int:
    """Return a quantity in whole pieces. Goods that are weighed are one piece."""
    return int(quantity) if quantity == int(quantity) else 1


def places(order: Part, found: Sequence[Counted]) -> Mapping[str, str]:
    """Return for each item of an order the id of its line; empty where it is counted elsewhere."""
    known = {one.item.id("item_id") for one in found}
    ids = [item.id("item_id") for item in order.parts("items")]
    return {item_id: item_id if item_id in known else "" for item_id in ids}


def _is_sum(item: Part, children: Sequence[Part]) -> bool:
    """Tell a bundle with prices of its parts: the parent's amount is their sum told again."""
    if item.text("product_type", 32) != "bundle":
        return False
    return any(child.decimal(f"{BASE}row_total") for child in children)


def _goods(one: Counted, money: Money, choices: Choices) -> CanonicalLine:
    item = one.item
    net, discount, tax = of_item(item).minor(item, money.currency)
    only_child = one.children[0] if len(one.children) == 1 else None
    is_variant = item.text("product_type", 32) == "configurable" and only_child is not None
    sku = (only_child.text("sku", 64) if is_variant and only_child else "") or item.text("sku", 64)
    is_gift_card = item.text("product_type", 32) == "giftcard" or sku in choices.gift_cards
    kind = "gift_card" if is_gift_card else "product"
    return CanonicalLine(
        external_id=item.id("item_id"),
        kind="adjustment" if net < 0 else kind,
        sku=sku,
        title=item.text("name"),
        quantity=one.pieces,
        net_minor=net,
        discount_minor=max(discount, 0),
        tax_minor=tax,
        unit_cost_minor=_unit_cost(one, money.currency),
        presentment_net_minor=_shown(item, of_item(item, ""), money),
    )


def _unit_cost(one: Counted, currency: str) -> int | None:
    """Return what a unit cost when it was ordered; none unless everything in it has a cost.

    The cost of a variant or of a bundle's parts is on the children. Nought is how a shop says that
    nobody entered one.
    """
    ordered = one.item.quantity("qty_ordered")
    parts = one.children or (one.item,)
    costs = [(part.decimal("base_cost"), part.quantity("qty_ordered")) for part in parts]
    if not all(cost > 0 for cost, _each in costs):
        own = one.item.decimal("base_cost")
        costs = [(own, ordered)] if own > 0 and len(one.children) <= 1 else []
    if not costs or not ordered:
        return None
    whole = sum((cost * (each or ordered) for cost, each in costs), Decimal(0))
    return ratio(rounded(whole, currency, one.item.at("base_cost")), one.pieces)


def _beside(
    order: Part, line_id: str, title: str, amounts: Amounts, shown: Amounts, money: Money
) -> CanonicalLine:
    net, discount, tax = amounts.minor(order, money.currency)
    kind = "shipping" if line_id == SHIPPING else "fee"
    return CanonicalLine(
        external_id=line_id,
        kind="adjustment" if net < 0 else kind,
        sku="",
        title=title,
        quantity=1,
        net_minor=net,
        discount_minor=max(discount, 0),
        tax_minor=tax,
        presentment_net_minor=_shown(order, shown, money),
    )


def _shown(part: Part, amounts: Amounts, money: Money) -> int | None:
    return amounts.minor(part, money.shown)[0] if money.shown else None
