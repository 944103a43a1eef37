"""What a link to a product would earn, by the rules of the terms (docs/rules/links.md)."""

import pytest

from core.money import Money
from portal.calculator import Offer, commission_on
from portal.formats import format_money
from tests.portal.partner_world import PRODUCT_URL
from tests.portal.test_link_pages import preview

pytestmark = pytest.mark.django_db


def test_the_preview_pays_by_the_rule_that_takes_the_product(ada, world):
    rules = [
        {"key": "dress", "name": "Dresses", "priority": 1, "pays": "margin", "rate_bps": 3_000,
         "when": {"category": ["dresses"], "code": [world.code.code]}},
        {"key": "none", "name": "No dresses", "priority": 2, "pays": "nothing",
         "reason": "Dresses earn nothing.", "when": {"category": ["dresses"]}},
    ]  # fmt: skip
    world.ada.group.terms.update(rules={"rules": rules})
    product = world.link.shop.products.get(name="Linen dress")
    product.category = "dresses"
    product.save()

    page = preview(ada, destination_url=PRODUCT_URL)

    assert "No dresses" in page
    assert "Dresses earn nothing." in page
    assert format_money(Money(0, "EUR")) in page
    with_code = preview(ada, destination_url=PRODUCT_URL, coupon_code=world.code.pk)
    _margin, reduced = commission_on(
        Offer(rate_bps=3_000, order_cost_minor=0, order_cost_bps=0, currency="EUR"),
        list_price_minor=10_000,
        paid_minor=9_000,
        lower_bps=product.bands.get().band.lower_bps,
    )
    assert format_money(reduced) in with_code
