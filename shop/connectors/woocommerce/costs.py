"""What a product of WooCommerce costs: its own feature first, then the plugins that came before."""

from __future__ import annotations

from shop.connectors.woocommerce.body import Part

#: What plugins that know costs write on products: the cost of one unit.
_KEYS = ("_wc_cog_cost", "_alg_wc_cog_cost")


def unit_cost(product: Part, currency: str, parent: Part | None = None) -> int | None:
    """Return what a unit of a product or variation costs, in minor units; none if not entered.

    Where nobody entered a cost WooCommerce says nought: that is no cost, never a margin of 100 %.
    A variation's value comes on top of its ``parent``'s, unless it says that it replaces it.

    :raises UnreadableBody: when a cost is no amount.
    """
    feature = product.part("cost_of_goods_sold")
    whole = feature.optional_minor("total_value", currency)
    if whole is None:
        whole = _of_values(feature, currency, parent)
    if whole:
        return whole if whole > 0 else None
    return _of_plugins(product, currency) or (_of_plugins(parent, currency) if parent else None)


def _of_values(feature: Part, currency: str, parent: Part | None) -> int:
    own = sum(
        value.optional_minor("defined_value", currency) or 0 for value in feature.parts("values")
    )
    if parent is None or feature.found.get("defined_value_overrides_parent") is True:
        return own
    return own + _of_values(parent.part("cost_of_goods_sold"), currency, None)


def _of_plugins(product: Part, currency: str) -> int | None:
    metas = product.metas()
    for key in _KEYS:
        cost = metas.optional_minor(key, currency)
        if cost is not None and cost > 0:
            return cost
    return None
