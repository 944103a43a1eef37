"""A shop whose costs are secret, and an affiliate who may order whatever they like in it.

A world is played in full: catalogue, orders, attribution, screening, commissions, returns,
payout, statement, mails. Two worlds with the same ``Plan`` differ in their ``Secrets`` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from unittest.mock import patch

import time_machine
from django.db import connection
from django.test import Client

from affiliates.models import Affiliate, AffiliateKind, Programme
from affiliates.services import announcing as of_accounts
from config import roles
from core.money import BPS, ratio
from fraud.services import announcing as of_cases
from fraud.services import screening
from payouts.services import (
    accruals,
    band_notices,
    bonuses,
    commissions,
    costs,
    returns,
    statements,
    tiers,
)
from payouts.services import announcing as of_money
from payouts.services.batches import NothingToPay
from shop.domain.canonical import (
    CanonicalCost,
    CanonicalLine,
    CanonicalOrder,
    CanonicalProduct,
    CanonicalReturn,
    CanonicalReturnLine,
)
from shop.models import Shop
from shop.services import catalogue, cost_corrections, orders
from shop.services import returns as shop_returns
from tests import builders
from tests.affiliates.hook_world import make_endpoint
from tests.builders import NOW, make_affiliate, make_code, make_payee, make_shop, make_user
from tests.confidentiality.everything_received import Received, receive
from tests.payouts.paydays import PAYDAY, sent_batch
from tests.postgresql.base import acting_as
from tests.undo import undone
from tracking.services import announcing as of_links
from tracking.services import attributions

#: Where the ids of a stage's worlds begin, above those of all stages before it.
FIRST_IDS = count(1_000_000, 1_000_000)
ORDER_COST_MINOR, ORDER_COST_BPS = 450, 145
DAY = timedelta(days=1)
#: List prices without VAT, in minor units, and the category that the terms treat in its own way.
PRODUCTS = {"DRESS": (10_000, "dresses"), "SHOES": (4_990, "shoes"), "BAG": (25_000, "bags")}
MOVED_EDGES = (0, 3_000, 6_000, BPS)
RULES = {
    "rules": [
        {"key": "shoes", "name": "Shoes", "priority": 1, "pays": "flat", "flat_minor": 700,
         "when": {"category": ["shoes"]}},
        {"key": "bags", "name": "Bags", "priority": 2, "pays": "net", "rate_bps": 2_500,
         "when": {"category": ["bags"], "discount_bps": {"at_least": 100}}},
    ],
    "order_cap_minor": 20_000,
    "month_cap_minor": 90_000,
    "tiers": {"metric": "margin", "every": "month", "steps": [{"at": 3_000, "rate_bps": 3_000}]},
    "bonuses": [{"key": "first", "name": "First sale", "kind": "first_sale", "minor": 500}],
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """An order of the affiliate's own choosing, and how much of it comes back."""

    sku: str
    quantity: int
    discount_bps: int
    returned: int = 0


@dataclass(frozen=True)
class Plan:
    """What happens in both worlds alike. ``late`` SKUs have no cost before the second round."""

    rounds: tuple[tuple[Wish, ...], ...]
    late: frozenset[str] = frozenset()
    moves_edges: bool = False
    corrects_costs: bool = False


@dataclass(frozen=True)
class Secrets:
    """What only the retailer knows. ``costs`` are those by which products are put into bands.

    ``later`` are the catalogue's costs after that, and ``on_lines`` those that come with orders.
    """

    costs: dict[str, int]
    later: dict[str, int]
    on_lines: dict[str, int]


@dataclass(frozen=True)
class Stage:
    """What every world begins with. Rows of the worlds have ids from ``first_id`` on."""

    shop: Shop
    ada: Affiliate
    first_id: int


@contextmanager
def a_fresh_start(stage: Stage) -> Iterator[None]:
    """Undo whatever the block stores; every row in it gets the id it would get again."""
    builders._numbers = count(50_000)
    # Short codes that are proposed at random are proposed alike.
    with undone(), patch("secrets.randbits", Random(1).getrandbits):
        with acting_as(connection, roles.OWNER) as cursor:
            cursor.execute(
                "SELECT count(setval(format('%%I.%%I', schemaname, sequencename)::regclass, %s))"
                " FROM pg_sequences WHERE schemaname = 'public'",
                [stage.first_id],
            )
        yield


def make_stage(rules: dict[str, Any], basis: str = "reference") -> Stage:
    """The shop with its published costs of an order, and Ada with bank details and a code."""
    shop = make_shop(order_cost_minor=ORDER_COST_MINOR, order_cost_bps=ORDER_COST_BPS)
    group = builders.make_group(terms={"rules": rules, "hold_days": 20, "basis": basis})
    ada = make_affiliate(
        group=group,
        user=make_user(email="ada@example.com", name="Ada Blanchet"),
        name="Le Carnet d'Ada",
        kind=AffiliateKind.CONTENT,
    )
    make_payee(ada)
    make_code(ada, code="ADA10", discount_bps=1_000)
    builders.make_link(ada, label="Dress", destination_url="https://shop.example/dress")
    make_endpoint(ada)
    return Stage(shop, ada, next(FIRST_IDS))


def play(
    plan: Plan,
    secrets: Secrets,
    stage: Stage,
    client: Client,
    *,
    is_brief: bool = False,
) -> Received:
    """Play a world to its end and return all that Ada received, in order.

    Briefly: without the payout, and at its end only the sales are read.
    """
    shop, ada = stage.shop, stage.ada
    received = Received()
    with a_fresh_start(stage):
        at = NOW - 2 * DAY
        tell_catalogue(shop, secrets.costs, at, without=plan.late)
        if plan.moves_edges:
            Programme.objects.update_or_create(pk=1, defaults={"notice_days": 0})
            band_notices.publish(name="Moved", edges=MOVED_EDGES, valid_from=NOW + DAY,
                                 actor_id=make_user().pk, now=at)  # fmt: skip
        for number, wishes in enumerate(plan.rounds):
            at = NOW + number * 2 * DAY
            order_all(shop, wishes, secrets, number, at)
            pull(at)
            if number == 0:
                tell_catalogue(shop, secrets.costs, at, without=frozenset())
                tell_catalogue(shop, secrets.later, at + timedelta(hours=1), without=frozenset())
                pull(at + timedelta(hours=2))
            if plan.corrects_costs:
                correct_costs(shop, secrets, wishes, number, at)
                pull(at + timedelta(hours=3))
            receive(client, ada, received, at + timedelta(hours=4), is_brief=True)
        pull(PAYDAY - DAY)
        if not is_brief:
            pay(PAYDAY)
        receive(client, ada, received, PAYDAY + DAY, is_brief=is_brief)
    return received


def tell_catalogue(
    shop: Shop, cost_of: dict[str, int], at: datetime, *, without: frozenset[str]
) -> None:
    """The shop sends its whole catalogue; some products without a cost."""
    products = [
        CanonicalProduct(
            sku=sku,
            name=sku.title(),
            category=category,
            brand="Atelier",
            list_price_minor=ratio(price * 12, 10),
            vat_bps=2_000,
            currency="EUR",
            unit_cost_minor=None if sku in without else cost_of[sku],
            url=f"https://shop.example/{sku.lower()}",
        )
        for sku, (price, category) in PRODUCTS.items()
    ]
    catalogue.upsert(shop_id=shop.pk, products=products, now=at)


def net_of(wish: Wish) -> int:
    """What the customer pays for a wish without VAT."""
    return ratio(PRODUCTS[wish.sku][0] * wish.quantity * (BPS - wish.discount_bps), BPS)


def order_all(
    shop: Shop, wishes: tuple[Wish, ...], secrets: Secrets, number: int, at: datetime
) -> None:
    """Order and return what the affiliate wished for, one order for each wish."""
    for place, wish in enumerate(wishes):
        full = PRODUCTS[wish.sku][0] * wish.quantity
        name, net = f"{number}-{place}", net_of(wish)
        line = CanonicalLine(
            external_id="1",
            kind="product",
            sku=wish.sku,
            title=wish.sku.title(),
            quantity=wish.quantity,
            net_minor=net,
            discount_minor=full - net,
            unit_cost_minor=secrets.on_lines.get(wish.sku),
        )
        order = CanonicalOrder(
            external_id=name,
            number=f"FR-{name}",
            placed_at=at,
            updated_at=at,
            currency="EUR",
            lines=(line,),
            codes=("ADA10",),
        )
        orders.record(shop_id=shop.pk, orders=[order], now=at)
        if wish.returned:
            back = CanonicalReturn(
                external_id=f"R-{name}",
                order_external_id=name,
                reason="return",
                returned_at=at,
                lines=(
                    CanonicalReturnLine(
                        external_id="1",
                        line_external_id="1",
                        sku=wish.sku,
                        quantity=wish.returned,
                        net_minor=ratio(net * wish.returned, wish.quantity),
                    ),
                ),
            )
            shop_returns.record(shop_id=shop.pk, returns=[back], now=at)


def correct_costs(
    shop: Shop, secrets: Secrets, wishes: tuple[Wish, ...], number: int, at: datetime
) -> None:
    """The shop says what the goods of some orders really cost."""
    found = [
        CanonicalCost(
            external_id=f"C-{number}-{place}",
            order_external_id=f"{number}-{place}",
            corrected_at=at,
            unit_costs=(("1", secrets.later[wish.sku]),),
        )
        for place, wish in enumerate(wishes)
    ]
    cost_corrections.record(shop_id=shop.pk, costs=found, now=at)


def pull(now: datetime) -> None:
    """What the workers do, until nothing waits."""
    with time_machine.travel(now, tick=False):
        attributions.attribute_pending(now=now)
        screening.screen_pending(now=now)
        accruals.accrue_pending(now=now)
        costs.complete_pending(now=now)
        returns.apply_pending(now=now)
        commissions.approve_due(now=now)
        tiers.note_reached(now=now, since=now - 60 * DAY)
        bonuses.award(now=now, since=now - 60 * DAY)
        for told in (of_accounts, of_links, of_cases, of_money):
            told.tell_pending(now=now, limit=500)


def pay(now: datetime) -> None:
    """Pay whoever is due something, and write the statements."""
    with time_machine.travel(now, tick=False):
        with suppress(NothingToPay):
            sent_batch(now=now)
        statements.issue_missing(now=now)
        of_money.tell_pending(now=now + DAY, limit=500)
