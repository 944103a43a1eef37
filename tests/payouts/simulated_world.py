"""A season of orders under terms with rules, in the books: what simulations are tested on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from affiliates.models import Affiliate, DraftStatus, Group, TermsDraft
from core.models import User
from fraud.models import Decision
from payouts.models import Commission, Simulation
from payouts.services import accruals, returns, simulation_runs, simulations
from shop.models import LineKind, Order, ReturnReason
from tests.builders import (
    NOW,
    make_affiliate,
    make_credit,
    make_group,
    make_order,
    make_product,
    make_return,
    make_screening,
    make_shop,
)

FIRST, END = date(2026, 4, 1), date(2026, 6, 1)
BEGINS = datetime(2026, 4, 1, 8, tzinfo=UTC)
RULES: dict[str, Any] = {
    "rules": [
        {
            "key": "bags", "name": "Bags", "priority": 1, "pays": "net", "rate_bps": 700,
            "cap_minor": 1_300, "when": {"category": ["bags"]},
        },
        {
            "key": "sale", "name": "Sale", "priority": 2, "pays": "nothing",
            "reason": "Deep discounts earn nothing.", "when": {"discount_bps": {"at_least": 5_000}},
        },
        {
            "key": "new", "name": "New customers", "priority": 3, "pays": "flat",
            "flat_minor": 333, "when": {"customer": ["new"]},
        },
    ],
    "order_cap_minor": 2_500,
}  # fmt: skip
CONTENT: dict[str, Any] = {
    "basis": "reference",
    "rate_bps": 2_000,
    "window_days": 30,
    "hold_days": 30,
    "minimum_payout_minor": 2_000,
    "currency": "EUR",
    "payment_days": [10, 25],
    "rules": {},
}


def make_season(
    *, seed: int = 1, orders: int = 24, rules: Mapping[str, Any] = RULES
) -> list[Affiliate]:
    """Orders of two months in the books, in the order of time: shared, returned, refused ones."""
    random = Random(seed)  # noqa: S311
    group = make_group(terms={"rules": rules})
    other = make_group(slug="others", terms={"rate_bps": 1_234})
    shop = make_shop(order_cost_minor=395, order_cost_bps=140)
    products = [
        make_product(shop=shop, category=random.choice(["bags", "dresses", "shoes"]),
                     cost_minor=random.randrange(1_000, 9_500))
        for _number in range(8)
    ]  # fmt: skip
    affiliates = [make_affiliate(group=group if place < 3 else other) for place in range(4)]
    for number in range(orders):
        order = _order(random, products, BEGINS + timedelta(hours=number * 60))
        _credit(random, order, affiliates)
        accruals.accrue_pending(now=order.placed_at + timedelta(minutes=1))
        _take_back(random, order)
    while returns.apply_pending(now=NOW):
        pass
    return affiliates


def _order(random: Random, products: list[Any], placed_at: datetime) -> Order:
    lines: list[dict[str, Any]] = []
    for product in random.sample(products, random.randrange(1, 4)):
        quantity, price = random.randrange(1, 4), product.list_price_ex_vat.minor
        discount = price * quantity * random.choice([0, 0, 1, 3, 6]) // 10
        lines.append({"product": product, "quantity": quantity, "discount_minor": discount,
                      "net_minor": price * quantity - discount})  # fmt: skip
    lines.append({"kind": LineKind.SHIPPING, "net_minor": 490})
    return make_order(
        shop=products[0].shop,
        placed_at=placed_at,
        lines=lines,
        is_test=random.random() < 0.05,
        is_new_customer=random.choice([None, True, False]),
        customer_ref=random.choice(["", "a", "b", "c"]),
    )


def _credit(random: Random, order: Order, affiliates: list[Affiliate]) -> None:
    chosen = random.choice(affiliates)
    decision = random.choices([Decision.CLEAR, Decision.HOLD, Decision.REFUSE], [8, 1, 1])[0]
    make_screening(make_credit(chosen, order), decision=decision)


def _take_back(random: Random, order: Order) -> None:
    lines = list(order.lines.filter(kind=LineKind.PRODUCT))
    what = random.random()
    if what < 0.15:
        make_return(order, reason=random.choice(list(ReturnReason)))
    elif what < 0.4:
        line = random.choice(lines)
        make_return(order, quantities={line: random.randrange(1, line.quantity + 1)})


def make_draft(
    holder: Group | Affiliate, *, author: User, status: str = DraftStatus.DRAFT, **content: Any
) -> TermsDraft:
    """A draft for a group or an affiliate: 20 % of reference margin unless ``content`` differs."""
    key = "group" if isinstance(holder, Group) else "affiliate"
    return TermsDraft.objects.create(
        name=f"Draft for {holder}", **{key: holder}, content={**CONTENT, **content}, author=author,
        status=status, status_changed_at=NOW, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def ask(author: User, **overrides: Any) -> Simulation:
    """A simulation of the two months under the terms in force."""
    asked: dict[str, Any] = {
        "name": "Spring",
        "draft_ids": [],
        "policy_number": None,
        "period_from": FIRST,
        "period_to": END,
        "author_id": author.pk,
        "now": NOW,
        **overrides,
    }
    return simulations.ask(**asked)


def run(simulation: Simulation) -> Simulation:
    """Run what waits, with the clock standing still."""
    while simulation_runs.run_next(clock=lambda: NOW):
        pass
    simulation.refresh_from_db()
    return simulation


def standing(affiliate: Affiliate) -> int:
    """What the commissions of an affiliate and the adjustments beside them come to."""
    return sum(
        commission.amount_minor + sum(one.amount_minor for one in commission.adjustments.all())
        for commission in Commission.objects.filter(affiliate=affiliate).exclude(status="reversed")
    )
