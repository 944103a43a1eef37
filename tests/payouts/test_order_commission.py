"""Rules C8 and C9 of docs/rules/commission.md: rules of the terms over a whole order, its cap."""

import pytest

from affiliates.domain.rule_choice import LineFacts
from affiliates.domain.terms import Factor, Pays, Rule, TermsRules, When
from core.money import BPS
from payouts.domain.commission import Band, Deal, Line, earn
from payouts.domain.order_commission import earn_order, limit
from payouts.domain.tariffs import Tariff

BAND = Band(lower_bps=5_000, upper_bps=6_500, list_price_minor=10_000, reference_cost_minor=5_000)


def line(category="dresses", **overrides):
    facts = {
        "kind": "product",
        "quantity": 1,
        "net_minor": 10_000,
        "order_cost_minor": 0,
        "unit_cost_minor": 4_000,
        "band": BAND,
        "facts": LineFacts(category=category),
    }
    return Line(**{**facts, **overrides})


def rule(pays, *categories, priority=1, **overrides):
    return Rule(
        key=f"rule-{priority}",
        name=f"Rule {priority}",
        priority=priority,
        pays=Pays(pays),
        when=When(category=frozenset(categories)),
        **overrides,
    )


def deal(*rules, terms=None, **overrides):
    facts = {
        "basis": "reference",
        "rate_bps": 2_000,
        "share_bps": BPS,
        "terms_id": 1,
        "terms_version": 3,
        "rules": TermsRules(rules=rules, **(terms or {})),
    }
    return Deal(**{**facts, **overrides})


def amounts(lines, made):
    return [one.amount_minor for one in earn_order(lines, made, currency="EUR")]


@pytest.mark.parametrize(
    ("case", "lines", "made", "expected"),
    [
        ("no rule: the base", [line()], deal(), [1_000]),
        ("a rule of margin", [line()], deal(rule("margin", "dresses", rate_bps=3_000)), [1_500]),
        ("a rule of net", [line()], deal(rule("net", "dresses", rate_bps=800)), [800]),
        (
            "net is never more than the margin",
            [line(net_minor=5_300)],
            deal(rule("net", rate_bps=1_000)),
            [300],
        ),
        (
            "a flat amount once per order, split by net",
            [line(), line(net_minor=5_500)],
            deal(rule("flat", flat_minor=1_000)),
            [645, 355],
        ),
        (
            "a flat part is never more than the margin of its line",
            [line(), line(net_minor=5_100)],
            deal(rule("flat", flat_minor=1_000)),
            [662, 100],
        ),
        (
            "a flat amount leaves lines of other rules alone",
            [line(), line("shoes")],
            deal(rule("flat", "shoes", flat_minor=500)),
            [1_000, 500],
        ),
        (
            "half of the credit, half of the flat amount",
            [line(), line()],
            deal(rule("flat", flat_minor=501), share_bps=5_000),
            [126, 125],
        ),
        ("nothing, with a reason", [line()], deal(rule("nothing", reason="Gifts")), [0]),
        (
            "the lowest priority wins",
            [line()],
            deal(rule("net", rate_bps=100), rule("net", priority=2, rate_bps=900)),
            [100],
        ),
        (
            "the order cap takes in proportion, to the cent",
            [line(), line(), line(net_minor=7_000)],
            deal(terms={"order_cap_minor": 1_000}),
            [416, 417, 167],
        ),
        (
            "a rule's own cap takes in proportion, to the cent",
            [line(), line(), line(net_minor=7_000)],
            deal(rule("margin", rate_bps=2_000, cap_minor=1_000)),
            [416, 417, 167],
        ),
        (
            "a rule's own cap leaves lines of others alone",
            [line(), line("shoes"), line("shoes", net_minor=6_000)],
            deal(rule("net", "shoes", rate_bps=800, cap_minor=1_000)),
            [1_000, 625, 375],
        ),
        (
            "a rule's own cap is the same for a part of the credit",
            [line(), line(), line()],
            deal(rule("margin", rate_bps=2_000, cap_minor=1_000), share_bps=5_000),
            [333, 333, 334],
        ),
        (
            "the rule's cap first, then that of the order",
            [line(), line("shoes")],
            deal(
                rule("margin", "shoes", rate_bps=2_000, cap_minor=600),
                terms={"order_cap_minor": 800},
            ),
            [500, 300],
        ),
        (
            "a factor scales a rule",
            [line()],
            deal(
                rule("margin", rate_bps=2_000, is_scaled=True),
                terms={"factor": Factor(floor_bps=5_000)},
                factor_bps=4_000,
            ),
            [500],
        ),
        (
            "without a measured factor it is neutral",
            [line()],
            deal(rule("margin", rate_bps=2_000, is_scaled=True)),
            [1_000],
        ),
        (
            "a factor above one still pays no more than the margin",
            [line()],
            deal(
                rule("margin", rate_bps=6_000, is_scaled=True),
                terms={"factor": Factor(cap_bps=30_000)},
                factor_bps=25_000,
            ),
            [5_000],
        ),
        ("a tier replaces the base", [line()], deal(tier_bps=2_500), [1_250]),
        (
            "a tier leaves rules alone",
            [line()],
            deal(rule("margin", rate_bps=3_000), tier_bps=5_000),
            [1_500],
        ),
    ],
)
def test_worked_examples(case, lines, made, expected):
    assert amounts(lines, made) == expected, case


def test_a_line_says_its_rule_what_it_pays_and_its_rate():
    [one] = earn_order([line()], deal(rule("net", rate_bps=800)), currency="EUR")

    assert (one.rule, one.pays, one.rate, one.cut_minor) == ("rule-1", Pays.NET, 800, 0)
    assert [step["step"] for step in one.steps] == [
        "net",
        "reference_cost",
        "order_cost",
        "margin",
        "rule",
        "rate",
        "amount",
    ]


def test_what_pays_nothing_waits_for_nothing():
    [one] = earn_order(
        [line(band=None, unit_cost_minor=None)], deal(rule("nothing", reason="Gifts")),
        currency="EUR",
    )  # fmt: skip

    assert (one.missing, one.steps[-1]["text"]) == ((), "Gifts")


def test_a_line_that_waits_says_already_how_it_is_paid():
    [one] = earn_order([line(band=None)], deal(rule("net", rate_bps=800)), currency="EUR")

    assert (one.amount_minor, one.missing, one.pays, one.rate) == (0, ("band",), Pays.NET, 800)


def test_a_frozen_tariff_is_not_decided_again():
    frozen = Tariff(rule="gone", pays=Pays.FLAT, rate=700)
    lines = [line(tariff=frozen), line(tariff=frozen)]

    earned = earn_order(lines, deal(rule("net", rate_bps=800)), currency="EUR")

    assert [(one.rule, one.amount_minor) for one in earned] == [("gone", 350), ("gone", 350)]


def test_a_cut_is_said_before_the_amount_that_is_left():
    [one] = earn_order([line()], deal(terms={"order_cap_minor": 400}), currency="EUR")

    assert (one.amount_minor, one.cut_minor) == (400, 600)
    assert one.steps[-2:] == (
        {"step": "cut", "reason": "order_cap", "minor": 600, "limit": 400},
        {"step": "amount", "minor": 400},
    )


def test_the_cap_of_a_rule_is_said_with_its_name_before_that_of_the_order():
    made = deal(rule("margin", rate_bps=2_000, cap_minor=600), terms={"order_cap_minor": 400})

    [one] = earn_order([line()], made, currency="EUR")

    assert (one.amount_minor, one.cut_minor) == (400, 600)
    assert [step for step in one.steps if step["step"] == "cut"] == [
        {"step": "cut", "reason": "rule_cap", "minor": 400, "limit": 600, "name": "Rule 1"},
        {"step": "cut", "reason": "order_cap", "minor": 200, "limit": 400},
    ]
    assert one.steps[-1] == {"step": "amount", "minor": 400}


def test_nothing_is_left_below_a_limit_that_is_used_up():
    earned = [earn(line(), deal(), currency="EUR")]

    [one] = limit(earned, -5, reason="budget", currency="EUR", of_minor=9_000)

    assert (one.amount_minor, one.cut_minor, one.steps[-2]["limit"]) == (0, 1_000, 9_000)
