"""All that the webservice says about some products, one body per product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from shop.connectors.prestashop.webservice import Found, Resources, some, text

_PRODUCT = ("id", "reference", "name", "price", "wholesale_price", "active", "date_upd",
            "id_default_image", "manufacturer_name")  # fmt: skip
_COMBINATION = ("id", "reference", "price", "wholesale_price")
#: The root and "Home" of PrestaShop's tree are no collections.
_DEEPEST_ROOT = 1


def product_bundles(
    resources: Resources, products: Sequence[Found], shop: str, country: str
) -> list[Found]:
    """Return one body per product: what ``products.product_facts`` reads."""
    if not products:
        return []
    ids = [text(one.get("id")) for one in products]
    combinations: dict[str, list[Found]] = defaultdict(list)
    for row in resources.of("combinations", "id_product", ids):
        combinations[text(row.get("id_product"))].append(row)
    stocks = _stocks(resources, ids)
    vats = _vats(resources, country)
    categories = _categories(resources)
    found = []
    for product, product_id in zip(products, ids, strict=True):
        own = text(product.get("id_category_default"))
        others = (categories.get(one, "") for one in _linked(product, "categories") if one != own)
        found.append({
            "shop": shop,
            "product": some(product, *_PRODUCT) | stocks.get((product_id, "0"), {}),
            "category": categories.get(own, ""),
            "collections": [one for one in others if one],
            "vat": vats.get(text(product.get("id_tax_rules_group")), "0"),
            "combinations": [
                some(one, *_COMBINATION) | _looks(resources, one)
                | stocks.get((product_id, text(one.get("id"))), {})
                for one in combinations[product_id]
            ],
        })  # fmt: skip
    return found


def _linked(row: Mapping[str, Any], name: str) -> Iterator[str]:
    beside = row.get("associations")
    linked = beside.get(name) if isinstance(beside, dict) else None
    for one in linked if isinstance(linked, list) else []:
        yield text(one.get("id")) if isinstance(one, dict) else ""


def _stocks(resources: Resources, ids: Sequence[str]) -> dict[tuple[str, str], Found]:
    rows = resources.of(
        "stock_availables", "id_product", ids,
        "[id,id_product,id_product_attribute,quantity,out_of_stock]",
    )  # fmt: skip
    return {
        (text(one.get("id_product")), text(one.get("id_product_attribute"))): {
            "quantity": text(one.get("quantity")),
            "sells_without_stock": text(one.get("out_of_stock")) == "1",
        }
        for one in rows
    }


def _vats(resources: Resources, country: str) -> dict[str, str]:
    """The rate in per cent of each group of tax rules in ``country``, as a decimal."""
    countries = resources.all("countries", "[id,iso_code]")
    here = {key for key, one in countries.items() if text(one.get("iso_code")) == country}
    rates = resources.all("taxes", "[id,rate]")
    rules = resources.all("tax_rules", "[id,id_tax_rules_group,id_country,id_tax]")
    found: dict[str, str] = {}
    for rule in rules.values():
        rate = text(rates.get(text(rule.get("id_tax")), {}).get("rate"))
        if text(rule.get("id_country")) in here and _is_rate(rate):
            found.setdefault(text(rule.get("id_tax_rules_group")), rate)
    return found


def _is_rate(rate: str) -> bool:
    try:
        return Decimal(rate).is_finite()
    except InvalidOperation:
        return False


def _categories(resources: Resources) -> dict[str, str]:
    rows = resources.all("categories", "[id,name,level_depth]")
    return {
        key: text(one.get("name"))
        for key, one in rows.items()
        if int(text(one.get("level_depth")) or 0) > _DEEPEST_ROOT
    }


def _looks(resources: Resources, combination: Found) -> Found:
    """The colour and the size of a combination, by the groups of its options, and its image."""
    values = resources.all("product_option_values", "[id,id_attribute_group,name]")
    groups = resources.all("product_options", "[id,is_color_group]")
    found = {"color": "", "size": "", "image": next(_linked(combination, "images"), "")}
    for key in _linked(combination, "product_option_values"):
        value = values.get(key, {})
        group = groups.get(text(value.get("id_attribute_group")), {})
        name = "color" if text(group.get("is_color_group")) == "1" else "size"
        found[name] = found[name] or text(value.get("name"))
    return found
