"""Two worlds that differ in real costs within one band are one world to the affiliate (M7)."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.money import BPS
from tests.confidentiality.shop_world import (
    MOVED_EDGES,
    PRODUCTS,
    RULES,
    Plan,
    Secrets,
    Wish,
    make_stage,
    play,
)
from tests.shop.test_margin import EDGES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: Ranges of margin that lie in one band whichever edges are published.
RANGES = tuple(pairwise(sorted({*EDGES, *MOVED_EDGES})))


def costs_within(price, lower_bps, upper_bps):
    """Every unit cost whose margin at ``price`` is at least the lower and below the upper edge."""
    most = price * (BPS - lower_bps) // BPS if lower_bps else 2 * price
    least = price * (BPS - upper_bps) // BPS + 1 if upper_bps < BPS else 0
    return st.integers(least, most)


@st.composite
def pairs_of_secrets(draw):
    """Costs of two worlds: in one range when bands are given, anything at any other time."""
    worlds = [{}, {}]
    for sku, (price, _category) in PRODUCTS.items():
        lower, upper = draw(st.sampled_from(RANGES))
        for world in worlds:
            world[sku] = draw(costs_within(price, lower, upper))
    anything = st.fixed_dictionaries(
        {sku: st.integers(0, 2 * price) for sku, (price, _category) in PRODUCTS.items()}
    )
    on_lines = draw(st.sets(st.sampled_from(sorted(PRODUCTS))))
    return [
        Secrets(
            costs=world,
            later=draw(anything),
            on_lines={sku: minor for sku, minor in draw(anything).items() if sku in on_lines},
        )
        for world in worlds
    ]


@st.composite
def wishes(draw):
    quantity = draw(st.integers(1, 30))
    return Wish(
        sku=draw(st.sampled_from(sorted(PRODUCTS))),
        quantity=quantity,
        discount_bps=draw(st.integers(0, BPS)),
        returned=draw(st.integers(0, quantity)),
    )


plans = st.builds(
    Plan,
    rounds=st.lists(
        st.lists(wishes(), min_size=1, max_size=3).map(tuple), min_size=2, max_size=4
    ).map(tuple),
    late=st.frozensets(st.sampled_from(sorted(PRODUCTS))),
    moves_edges=st.booleans(),
    corrects_costs=st.booleans(),
)


LOWEST = {"DRESS": 3_501, "SHOES": 1_747, "BAG": 8_751}  # 50 to 65 %: the edges of one band,
HIGHEST = {"DRESS": 4_000, "SHOES": 1_996, "BAG": 10_000}  # 60 to 65 % under both sets of edges.
NOTHING = dict.fromkeys(PRODUCTS, 0)
EVERYTHING = {sku: 2 * price for sku, (price, _category) in PRODUCTS.items()}
BUSY = Plan(
    rounds=(
        (Wish("DRESS", 2, 500, returned=1), Wish("SHOES", 1, 0), Wish("BAG", 30, 100)),
        (Wish("BAG", 3, 1_000), Wish("DRESS", 40, 0), Wish("SHOES", 9, 5_000, returned=9)),
        (Wish("DRESS", 1, 4_999), Wish("DRESS", 1, 5_001), Wish("DRESS", 1, BPS)),
    ),
    late=frozenset({"SHOES"}),
    moves_edges=True,
    corrects_costs=True,
)
#: What a later change is called among the team, as a word and as a code.
COST_WORDS = (
    "cost found", "cost_found", "coût retrouvé", "cost corrected", "cost_corrected", "coût corrigé",
)  # fmt: skip


@pytest.fixture
def stage(db):
    return make_stage(RULES)


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(plan=plans, secrets=pairs_of_secrets())
def test_whatever_the_affiliate_orders_their_sales_read_the_same(stage, client, plan, secrets):
    one, other = (play(plan, secret, stage, client, is_brief=True) for secret in secrets)

    assert one.lines() == other.lines()


def test_every_page_export_refusal_document_and_mail_is_the_same_at_both_ends(stage, client):
    one = play(BUSY, Secrets(LOWEST, NOTHING, {"BAG": 0}), stage, client)
    other = play(BUSY, Secrets(HIGHEST, EVERYTHING, {"BAG": 50_000}), stage, client)

    assert one.lines() == other.lines()
    for word in COST_WORDS:
        assert not [line for line in one.lines() if word in line.lower()], word
    assert len(one.answers) > 90
    assert any("statement.pdf 200" in where for where, _body in one.answers)
    assert any(where.startswith("POST") and " 422 " in where for where, _body in one.answers)
    assert b"ada@example.com" in one.answers[-1][1]
    events = {where for where, _body in one.answers if where.startswith("event ")}
    assert {f"event sale.{act}" for act in ("tracked", "approved", "reversed")} <= events
    assert "event payout.sent" in events


def test_the_proof_would_find_a_cost_where_terms_pay_on_it(db, client):
    stage = make_stage({}, basis="actual")
    plan = Plan(rounds=((Wish("DRESS", 1, 0),),))

    one, other = (
        play(plan, Secrets(costs, costs, {}), stage, client, is_brief=True)
        for costs in (LOWEST, HIGHEST)
    )

    assert one.lines() != other.lines()
