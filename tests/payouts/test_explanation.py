"""What a computation says to both kinds of people: every step, and no cost to affiliates."""

import pytest
from django.utils import translation

from affiliates.domain.rule_choice import LineFacts
from affiliates.domain.terms import Factor, Pays, Rule, TermsRules
from core.money import BPS
from payouts.domain.commission import Band, Deal, Line
from payouts.domain.order_commission import BUDGET, MONTH_CAP, earn_order, limit
from payouts.explanation import all_sentences, partner_sentences

BAND = Band(lower_bps=5_000, upper_bps=6_500, list_price_minor=10_000, reference_cost_minor=5_000)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def computed(*rules, terms=None, line=None, **deal):
    facts = {
        "kind": "product",
        "quantity": 1,
        "net_minor": 10_000,
        "order_cost_minor": 0,
        "unit_cost_minor": 9_753,
        "band": BAND,
        "facts": LineFacts(),
    }
    made = {
        "basis": "reference",
        "rate_bps": 2_000,
        "share_bps": BPS,
        "terms_id": 1,
        "terms_version": 3,
        "rules": TermsRules(rules=rules, **(terms or {})),
    }
    line = Line(**{**facts, **(line or {})})
    return earn_order([line], Deal(**{**made, **deal}), currency="EUR")


def said(earned):
    return partner_sentences(earned[0].steps, "EUR")


def a_rule(pays, **overrides):
    return Rule(key="one", name="Summer dresses", priority=1, pays=Pays(pays), **overrides)


def test_a_rule_of_the_price_paid():
    assert said(computed(a_rule("net", rate_bps=800))) == [
        "Price paid without VAT, after discounts, for 1: €100.00.",
        "Reference cost: margin band 50 %–65 %, so €50.00 each (list price €100.00 less 50 %),"
        " €50.00 in all.",
        "Its share of the order's published costs: €0.00.",
        "Margin: €50.00.",
        "Rule of the terms: “Summer dresses”.",
        "Rate: 8 % of the price paid without VAT (terms, version 3).",
        "Commission: €8.00.",
    ]


@pytest.mark.parametrize(
    ("earned", "sentences"),
    [
        (
            computed(a_rule("flat", flat_minor=700), share_bps=5_000),
            [
                "Rule of the terms: “Summer dresses”.",
                "Fixed amount, once per order: €7.00 (terms, version 3).",
                "Share of the order: 50 %.",
                "This line's part of it, in proportion to the prices: €3.50.",
                "Commission: €3.50.",
            ],
        ),
        (
            computed(a_rule("net", rate_bps=1_000), line={"net_minor": 5_300}),
            ["No line earns more than its margin: €3.00.", "Commission: €3.00."],
        ),
        (
            computed(a_rule("nothing", reason="Gifts earn nothing.")),
            ["Rule of the terms: “Summer dresses”.", "It earns nothing: Gifts earn nothing."],
        ),
        (
            computed(tier_bps=2_500),
            [
                "Tier reached before this order: the rate is 25 % instead of 20 %.",
                "Rate: 25 % of margin (terms, version 3).",
                "Commission: €12.50.",
            ],
        ),
        (
            computed(
                terms={"is_base_scaled": True, "factor": Factor(floor_bps=5_000)}, factor_bps=4_000
            ),
            [
                "Measured incrementality: 40 %. By the terms it counts as 50 %, by which the rate"
                " is multiplied.",
                "Rate: 10 % of margin (terms, version 3).",
                "Commission: €5.00.",
            ],
        ),
        (
            computed(a_rule("margin", rate_bps=2_000, cap_minor=400)),
            [
                "The rule “Summer dresses” pays at most €4.00 for one order: €6.00 less on this"
                " line.",
                "Commission: €4.00.",
            ],
        ),
        (
            computed(terms={"order_cap_minor": 400}),
            [
                "The terms pay at most €4.00 for one order: €6.00 less on this line.",
                "Commission: €4.00.",
            ],
        ),
        (
            limit(computed(), 400, reason=MONTH_CAP, currency="EUR", of_minor=5_000),
            [
                "The terms pay at most €50.00 for the orders of one month, and that is reached:"
                " €6.00 less.",
                "Commission: €4.00.",
            ],
        ),
    ],
)
def test_every_step_has_its_sentence(earned, sentences):
    assert said(earned)[-len(sentences) :] == sentences


def test_how_large_the_programmes_budget_is_stays_inside():
    earned = limit(computed(), 400, reason=BUDGET, currency="EUR", of_minor=98_765)

    assert said(earned)[-2] == (
        "The programme's budget for the month of the order is used up: €6.00 less."
    )
    assert "€987.65" in all_sentences(earned[0].steps, "EUR")[-2]


@pytest.mark.parametrize(
    "rules",
    [(), (a_rule("net", rate_bps=5_000),), (a_rule("flat", flat_minor=5_000),)],
    ids=["margin", "net", "flat"],
)
def test_on_the_actual_basis_no_sentence_tells_the_cost_or_the_margin(rules):
    # A cost of 97.53 leaves 2.47, which limits what net and flat would pay.
    earned = computed(*rules, basis="actual", share_bps=5_000)

    words = " ".join(said(earned))

    assert "97.53" not in words
    assert "2.47" not in words
    assert "argin:" not in words
    assert "97.53" in " ".join(all_sentences(earned[0].steps, "EUR"))
