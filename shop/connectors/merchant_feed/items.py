"""What one item of a Google Merchant feed says of a product: docs/rules/connectors/files.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from core.wording import Said
from shop.connectors.contract import UnreadableBody, minor
from shop.domain.canonical import CanonicalProduct

#: The attributes that are read, as Google names them. Everything else of an item is passed over.
WANTED = frozenset({
    "id", "item_group_id", "title", "price", "sale_price", "availability", "image_link", "link",
    "brand", "google_product_category", "product_type", "color", "size", "cost_of_goods_sold",
    "quantity",
})  # fmt: skip
USUAL_VAT = "20"
_OUT = "out_of_stock"
_AVAILABILITIES = frozenset({"", "in_stock", _OUT, "preorder", "backorder", "limited_availability"})
_LONGEST_ID, _LONGEST_TITLE, _LONGEST_ADDRESS = 64, 200, 500
_LONGEST_BRAND, _LONGEST_COLOR, _LONGEST_SIZE, _LONGEST_CATEGORY = 80, 40, 20, 200
_MOST_MINOR = 10**15
_AMOUNT = re.compile(
    r"(?:(?P<before>[A-Za-z]{3})\s*)?"
    r"(?P<number>\d{1,3}(?:,\d{3})+\.\d{1,6}|\d{1,12}(?:\.\d{1,6}|,\d{1,2})?)"
    r"(?:\s*(?P<after>[A-Za-z]{3}))?",
    re.ASCII,
)

Item = Mapping[str, str]


def vat_bps(percent: str) -> int:
    """Return a rate such as ``20`` or ``5.5`` in basis points.

    :raises UnreadableBody: when it is no rate from 0 to 100 with at most two decimals.
    """
    try:
        rate = Decimal(percent.strip().replace(",", "."))
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite() or not 0 <= rate <= 100 or rate * 100 != int(rate * 100):
        raise UnreadableBody(Said("The rate of VAT is a number from 0 to 100, such as 20."))
    return int(rate * 100)


def product(item: Item, *, currency: str, vat: int) -> CanonicalProduct:
    """Translate an item. Prices are with VAT of ``vat`` basis points, the cost is without.

    :raises UnreadableBody: with the attribute that is missing or cannot be read.
    """
    price = item.get("price") or item.get("sale_price") or ""
    cost = item.get("cost_of_goods_sold", "")
    return CanonicalProduct(
        sku=_name(item, "id"),
        name=_needed(item, "title")[:_LONGEST_TITLE],
        category=(item.get("product_type") or item.get("google_product_category") or "")[
            :_LONGEST_CATEGORY
        ],
        brand=item.get("brand", "")[:_LONGEST_BRAND],
        list_price_minor=_amount(price, currency, "price"),
        vat_bps=vat,
        currency=currency,
        unit_cost_minor=_amount(cost, currency, "cost_of_goods_sold") if cost else None,
        url=_address(item, "link"),
        image_url=_address(item, "image_link"),
        model=_name(item, "item_group_id") if item.get("item_group_id") else "",
        color=item.get("color", "")[:_LONGEST_COLOR],
        size=item.get("size", "")[:_LONGEST_SIZE],
        stock=_stock(item),
    )


def _needed(item: Item, name: str) -> str:
    if not item.get(name):
        raise UnreadableBody(Said("The item has no %(name)s.", name=name))
    return item[name]


def _name(item: Item, name: str) -> str:
    """A name that orders and other items say too: never cut, which would make it another's."""
    said = _needed(item, name)
    if len(said) > _LONGEST_ID:
        raise UnreadableBody(
            Said("At %(place)s: more than %(most)s signs.", place=name, most=_LONGEST_ID)
        )
    return said


def _amount(said: str, currency: str, place: str) -> int:
    found = _AMOUNT.fullmatch(said)
    if found is None or bool(found["before"]) == bool(found["after"]):
        raise UnreadableBody(
            Said("At %(place)s: an amount and its currency, as 49.90 EUR.", place=place)
        )
    if (found["before"] or found["after"]).upper() != currency:
        raise UnreadableBody(
            Said("At %(place)s: the shop sells in %(currency)s.", place=place, currency=currency)
        )
    number = found["number"]
    plain = number.replace(",", "") if "." in number else number.replace(",", ".")
    amount = minor(plain, currency, place)
    if amount > _MOST_MINOR:
        raise UnreadableBody(Said("At %(place)s: this is not an amount.", place=place))
    return amount


def _address(item: Item, name: str) -> str:
    """A web address that fits; others are left out: cut, they would lead elsewhere."""
    said = item.get(name, "")
    is_web = said.startswith(("https://", "http://"))
    return said if is_web and len(said) <= _LONGEST_ADDRESS else ""


def _stock(item: Item) -> int | None:
    availability = item.get("availability", "").lower().replace(" ", "_")
    if availability not in _AVAILABILITIES:
        raise UnreadableBody(Said("At %(place)s: this is none of Google's.", place="availability"))
    said = item.get("quantity", "")
    if said and not (said.isascii() and said.isdecimal() and len(said) <= 9):
        raise UnreadableBody(Said("At %(place)s: not a number of pieces.", place="quantity"))
    if availability == _OUT:
        return 0
    return int(said) if said else None
