"""The generated catalogue."""

from collections import Counter

from core.money import BPS, ratio
from demo import catalogue
from demo.shop import drawings, pages
from tests.builders import BANDS


def test_skus_are_unique_and_every_cut_is_drawn():
    skus = [product.sku for product in catalogue.products()]

    assert len(skus) == len(set(skus)) == 119
    assert {style.cut for style in catalogue.STYLES} == drawings.CUTS.keys()
    assert {style.category for style in catalogue.STYLES} == catalogue.CATEGORIES.keys()
    assert {*pages.FAVORITES, *pages.FACES.values()} <= set(skus)


def test_every_band_has_products_and_one_product_waits_for_its_cost():
    bands = Counter(band_of(product) for product in catalogue.products())

    assert bands.pop(None) == 1
    assert sorted(bands) == [lower for lower, _upper in BANDS]


def band_of(product):
    if product.unit_cost_minor is None:
        return None
    price = ratio(product.list_price_minor * BPS, BPS + catalogue.VAT_BPS)
    margin = ratio((price - product.unit_cost_minor) * BPS, price)
    return next(lower for lower, upper in BANDS if lower <= margin < upper)
