"""A year of orders in the books: products with bands, promo codes, credits, commissions, returns.

Rows are written in bulk. Commissions are there to be read, with an amount of nothing: what they
come to in the books is not what is measured.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from affiliates.domain.terms_content import content_of
from affiliates.models import Affiliate, Group, Terms
from core.money import BPS
from fraud.models import Decision, Screening
from payouts.models import Commission
from shop.models import (
    BandAssignment,
    BandPeriod,
    CostSource,
    MarginBand,
    Order,
    OrderLine,
    Product,
    Return,
    ReturnLine,
    ReturnReason,
    Shop,
)
from tracking.models import (
    Attribution,
    AttributionPolicy,
    CouponCode,
    Credit,
    Outcome,
    Touchpoint,
    TouchpointKind,
)

BEGINS = datetime(2025, 11, 1, tzinfo=UTC)
PRODUCTS, AFFILIATES, CUSTOMERS = 500, 60, 20_000
BATCH = 2_000
CATEGORIES = ("bags", "dresses", "shoes", "coats", "knitwear")
RULES = {
    "rules": [
        {"key": "bags", "name": "Bags", "priority": 10, "pays": "margin", "rate_bps": 1_500,
         "when": {"category": ["bags"]}},
        {"key": "sale", "name": "Deep discounts", "priority": 20, "pays": "nothing",
         "reason": "Deep discounts earn nothing.", "when": {"discount_bps": {"at_least": 5_000}}},
        {"key": "new", "name": "New customers", "priority": 30, "pays": "margin",
         "rate_bps": 2_500, "when": {"customer": ["new"]}},
        {"key": "big", "name": "Big orders", "priority": 40, "pays": "net", "rate_bps": 600,
         "when": {"order_minor": {"at_least": 30_000}}},
    ],
    "order_cap_minor": 4_000,
    "month_cap_minor": 200_000,
}  # fmt: skip


def fill(orders: int) -> Group:
    """Write the rows and return the group whose terms are to be tried otherwise."""
    random = Random(1)  # noqa: S311
    shop = Shop.objects.create(
        code="bench", name="Bench", home_url="https://shop.example/", currency="EUR",
        link_hosts=["shop.example"], order_cost_minor=450, order_cost_bps=140,
    )  # fmt: skip
    group = Group.objects.create(slug="bench", name="Bench")
    terms = Terms.objects.create(
        group=group, version=1, valid_from=BEGINS - timedelta(days=400), rate_bps=2_000,
        window_days=30, hold_days=30, minimum_payout_minor=2_000, currency="EUR",
        payment_days=[10], rules=RULES,
    )  # fmt: skip
    content_of(terms)
    products = _products(shop, random)
    affiliates = _affiliates(group, shop)
    for first in range(0, orders, BATCH):
        _orders(range(first, min(first + BATCH, orders)), orders, shop, terms, products,
                affiliates, random)  # fmt: skip
    return group


def _products(shop: Shop, random: Random) -> list[Product]:
    products = Product.objects.bulk_create(
        Product(shop=shop, sku=f"P{number}", name=f"Product {number}",
                category=random.choice(CATEGORIES), brand=f"Brand {number % 20}",
                list_price_minor=random.randrange(2_400, 24_000, 120), currency="EUR")
        for number in range(PRODUCTS)
    )  # fmt: skip
    period = BandPeriod.objects.first() or BandPeriod.objects.create(
        name="Always", valid_from=BEGINS - timedelta(days=9_000), published_at=BEGINS
    )
    edges = [0, 2_000, 3_500, 5_000, 6_500, BPS]
    bands = [
        MarginBand.objects.get_or_create(
            period=period, lower_bps=lower, defaults={"upper_bps": upper}
        )[0]
        for lower, upper in zip(edges, edges[1:], strict=False)
    ]
    BandAssignment.objects.bulk_create(
        BandAssignment(product=product, band=random.choice(bands),
                       list_price_minor=product.list_price_ex_vat.minor, valid_from=BEGINS)
        for product in products
    )  # fmt: skip
    return products


def _affiliates(group: Group, shop: Shop) -> list[tuple[Affiliate, CouponCode]]:
    found = []
    for number in range(AFFILIATES):
        affiliate = Affiliate.objects.create(
            name=f"Affiliate {number}", kind="content", group=group, country="FR",
            status_changed_at=BEGINS, joined_at=BEGINS,
        )  # fmt: skip
        code = CouponCode.objects.create(
            affiliate=affiliate, shop=shop, code=f"CODE{number}", valid_from=BEGINS
        )
        found.append((affiliate, code))
    return found


def _orders(
    numbers: range,
    of: int,
    shop: Shop,
    terms: Terms,
    products: list[Product],
    affiliates: list[tuple[Affiliate, CouponCode]],
    random: Random,
) -> None:
    step = timedelta(days=365) / of
    pairs = [random.choice(affiliates) for _number in numbers]
    orders = Order.objects.bulk_create(
        Order(
            shop=shop, external_id=f"o{number}", number=f"#{number}",
            placed_at=BEGINS + number * step, currency="EUR",
            customer_ref=f"c{random.randrange(CUSTOMERS)}", codes=[code.code],
            source_updated_at=BEGINS, received_at=BEGINS, content_hash=str(number),
        )
        for number, (_affiliate, code) in zip(numbers, pairs, strict=True)
    )  # fmt: skip
    lines = OrderLine.objects.bulk_create(
        _line(order, place, random.choice(products), random)
        for order in orders
        for place in range(random.randrange(1, 4))
    )
    _credits(orders, pairs, terms)
    _returns(shop, [line for line in lines if random.random() < 0.15])


def _line(order: Order, place: int, product: Product, random: Random) -> OrderLine:
    price = product.list_price_ex_vat.minor
    discount = price * random.choice([0, 0, 0, 2, 4, 6]) // 10
    return OrderLine(
        order=order, external_id=str(place), product=product, sku=product.sku, title=product.name,
        quantity=1, net_minor=price - discount, discount_minor=discount,
        unit_cost_minor=price * 4 // 10, cost_source=CostSource.CATALOGUE,
    )  # fmt: skip


def _credits(orders: list[Order], pairs: list[tuple[Affiliate, CouponCode]], terms: Terms) -> None:
    policy = AttributionPolicy.objects.get(number=1)
    attributions = Attribution.objects.bulk_create(
        Attribution(order=order, outcome=Outcome.ATTRIBUTED, reason="last_eligible",
                    policy=policy, decided_at=order.placed_at)
        for order in orders
    )  # fmt: skip
    touchpoints = Touchpoint.objects.bulk_create(
        Touchpoint(attribution=attribution, kind=TouchpointKind.CODE, affiliate=affiliate,
                   at=attribution.decided_at, coupon_code=code, won=True, reason="last_eligible")
        for attribution, (affiliate, code) in zip(attributions, pairs, strict=True)
    )  # fmt: skip
    credits = Credit.objects.bulk_create(
        Credit(order=order, affiliate=affiliate, touchpoint=touchpoint, terms=terms,
               share_bps=BPS, created_at=order.placed_at)
        for order, touchpoint, (affiliate, _code) in zip(orders, touchpoints, pairs, strict=True)
    )  # fmt: skip
    Screening.objects.bulk_create(
        Screening(credit=credit, decision=Decision.CLEAR, screened_at=credit.created_at)
        for credit in credits
    )
    Commission.objects.bulk_create(
        Commission(credit=credit, affiliate_id=credit.affiliate_id, terms=terms,
                   basis=terms.basis, rate_bps=terms.rate_bps, amount_minor=0, currency="EUR",
                   hold_until=credit.created_at, status_changed_at=credit.created_at,
                   accrued_at=credit.created_at)
        for credit in credits
    )  # fmt: skip


def _returns(shop: Shop, lines: list[OrderLine]) -> None:
    returns = Return.objects.bulk_create(
        Return(shop=shop, external_id=f"r{line.pk}", order=line.order,
               order_external_id=line.order.external_id, reason=ReturnReason.RETURN,
               returned_at=line.order.placed_at + timedelta(days=9), received_at=BEGINS,
               content_hash=str(line.pk))
        for line in lines
    )  # fmt: skip
    ReturnLine.objects.bulk_create(
        ReturnLine(shop_return=made, external_id="1", line_external_id=line.external_id,
                   line=line, sku=line.sku, quantity=1, net_minor=line.net_minor)
        for made, line in zip(returns, lines, strict=True)
    )  # fmt: skip
