"""Products of WooCommerce with their variations: one SKU each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from core.money import BPS, Money
from core.wording import Said
from shop.connectors.body import latest
from shop.connectors.contract import UnreadableBody
from shop.connectors.woocommerce.body import Part
from shop.connectors.woocommerce.costs import unit_cost
from shop.domain.canonical import CanonicalProduct
from shop.domain.states import Facts, Stock, UnitCost

#: A grouped product only shows others; an external one is sold by somebody else.
NOT_SOLD = frozenset({"grouped", "external"})
_VARIABLE = frozenset({"variable", "variable-subscription"})
_COLOR = frozenset({"color", "colour", "couleur", "coloris", "farbe", "kleur", "colore"})
_SIZE = frozenset({"size", "taille", "pointure", "größe", "groesse", "maat", "taglia", "talla"})
_BRAND = frozenset({"brand", "brands", "marque", "marke", "merk", "marca"})
_MOST_STOCK = 2_147_483_647
#: WordPress moves it whenever a product is saved, and so whenever stock or cost change.
_CHANGED = "date_modified_gmt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxes:
    """How the shop enters its prices, and its rate per tax class at home, in basis points."""

    are_included: bool
    rates: dict[str, int]

    @classmethod
    def of(cls, told: Part) -> Taxes:
        """Return what the poller found out.

        :raises UnreadableBody: when a rate is no number.
        """
        rates = told.part("rates")
        return cls(
            are_included=told.found.get("are_included") is not False,
            rates={name: _bps(rates, name) for name in rates.found},
        )

    def rate_bps(self, product: Part) -> int:
        """Return the rate of a product; an unknown class has the standard rate."""
        if product.text("tax_status", 20) in ("none", "shipping"):
            return 0
        standard = self.rates.get("standard", 0)
        return self.rates.get(product.text("tax_class") or "standard", standard)

    def with_tax(self, price: int, rate_bps: int, currency: str) -> int:
        """Return a price as the shop shows it, in minor units, half away from zero."""
        return (
            price if self.are_included else Money(price, currency).times_bps(BPS + rate_bps).minor
        )


def products(
    product: Part, variations: Sequence[Part], taxes: Taxes, currency: str
) -> tuple[CanonicalProduct, ...]:
    """Return what is sold of a product, one per SKU; what has no SKU is left out.

    :raises UnreadableBody: when something is not as documented.
    """
    if product.text("type", 40) in NOT_SOLD:
        return ()
    if product.text("type", 40) not in _VARIABLE:
        told = [_product(product, None, taxes, currency)]
    else:
        told = [_product(one, product, taxes, currency) for one in variations]
    by_sku: dict[str, list[CanonicalProduct]] = defaultdict(list)
    for one in told:
        by_sku[one.sku].append(one)
    return tuple(_together(same) for sku, same in by_sku.items() if sku)


def single_facts(product: Part, currency: str) -> Facts:
    """Return what a webhook's body says of a product, or of one variation.

    Prices wait for the API, which also says how they are taxed; the parent of variations says
    nothing of what each costs or has in stock.

    :raises UnreadableBody: when something is not as documented.
    """
    kind, sku = product.text("type", 40), product.text("sku", 64)
    if kind in NOT_SOLD:
        return Facts(ignored=Said("A product that this shop does not sell itself."))
    if product.text("status", 20) not in ("publish", ""):
        if kind == "variation":
            return Facts(gone_skus=(sku,)) if sku else _nameless()
        return Facts(gone_models=(product.id("id"),))
    if kind in _VARIABLE:
        return Facts(ignored=Said("A product with variations: they are read through the API."))
    if not sku:
        return _nameless()
    stock, at = _stock(product, None), product.optional_moment(_CHANGED)
    # Without the sum, a variation's cost may need its parent's, which is not in the body.
    has_sum = "total_value" in product.part("cost_of_goods_sold").found
    cost = unit_cost(product, currency) if has_sum or kind != "variation" else None
    return Facts(
        stocks=() if stock is None else (Stock(sku=sku, pieces=stock, changed_at=at),),
        unit_costs=()
        if cost is None
        else (UnitCost(sku=sku, unit_cost_minor=cost, changed_at=at),),
        ignored=Said("It says neither stock nor cost.") if stock is None and cost is None else "",
    )


def _nameless() -> Facts:
    return Facts(ignored=Said("A product without SKU."))


def _product(one: Part, parent: Part | None, taxes: Taxes, currency: str) -> CanonicalProduct:
    above = parent or one
    rate = taxes.rate_bps(one)
    price = one.optional_minor("price", currency)
    if price is None:
        price = one.optional_minor("regular_price", currency)
    categories = [row.text("name", 80) for row in above.parts("categories")]
    is_published = all(part.text("status", 20) in ("publish", "") for part in (one, above))
    return CanonicalProduct(
        sku=one.text("sku", 64),
        name=above.text("name"),
        category=categories[0] if categories else "",
        brand=_brand(above),
        list_price_minor=max(0, taxes.with_tax(price or 0, rate, currency)),
        vat_bps=rate,
        currency=currency,
        unit_cost_minor=unit_cost(one, currency, parent),
        url=_address(one, "permalink") or _address(above, "permalink"),
        image_url=_image(one) or _image(above),
        is_active=is_published and price is not None,
        collections=tuple(dict.fromkeys(name for name in categories[1:] if name)),
        model=above.id("id"),
        color=_option(one, _COLOR)[:40],
        size=_option(one, _SIZE)[:20],
        stock=_stock(one, parent),
        changed_at=latest(part.optional_moment(_CHANGED) for part in (one, above)),
    )


def _together(same: Sequence[CanonicalProduct]) -> CanonicalProduct:
    """Return one product of variations that share a SKU: those without one show their parent's."""
    first = same[0]
    if len(same) == 1:
        return first
    costs = {one.unit_cost_minor for one in same}
    stocks = [one.stock for one in same if one.stock is not None]
    return replace(
        first,
        color="",
        size="",
        unit_cost_minor=first.unit_cost_minor if len(costs) == 1 else None,
        is_active=any(one.is_active for one in same),
        stock=min(sum(stocks), _MOST_STOCK) if len(stocks) == len(same) else None,
        changed_at=latest(one.changed_at for one in same),
    )


def _stock(one: Part, parent: Part | None) -> int | None:
    """Return the pieces to sell; none where the shop does not count and has some."""
    if one.text("stock_status", 20) == "outofstock":
        return 0
    managed = one.found.get("manage_stock")
    counted = parent if managed == "parent" and parent is not None else one
    if managed not in (True, "parent") or counted.found.get("stock_quantity") is None:
        return None
    told = counted.found["stock_quantity"]
    if isinstance(told, int) and told < 0:  # Sold on backorder: nothing is there.
        return 0
    return min(int(counted.quantity("stock_quantity")), _MOST_STOCK)


def _brand(product: Part) -> str:
    brands = [row.text("name", 80) for row in product.parts("brands")]
    return brands[0] if brands else _option(product, _BRAND)[:80]


def _option(one: Part, names: frozenset[str]) -> str:
    """Return what a variation has (``option``), or a product's only choice (``options``)."""
    for attribute in one.parts("attributes"):
        slug = attribute.text("slug").removeprefix("pa_")
        if attribute.text("name").casefold() not in names and slug.casefold() not in names:
            continue
        options = attribute.found.get("options")
        if isinstance(options, list) and len(options) == 1:
            return Part({"option": options[0]}, attribute.place).text("option")
        return attribute.text("option")
    return ""


def _image(one: Part) -> str:
    images = one.parts("images")
    return _address(images[0] if images else one.part("image"), "src")


def _address(part: Part, name: str) -> str:
    found = part.text(name, 501)
    return found if len(found) <= 500 and found.startswith(("https://", "http://")) else ""


def _bps(rates: Part, name: str) -> int:
    try:
        rate = Decimal(rates.text(name, 20))
    except InvalidOperation:
        rate = Decimal("NaN")
    if rate.is_finite() and 0 <= rate <= 100:
        return int((rate * 100).to_integral_value(ROUND_HALF_UP))
    raise UnreadableBody(Said("At %(place)s: this is not a rate.", place=rates.at(name)))
