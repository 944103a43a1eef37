"""Rules T2, T3, T5 and T8 of docs/rules/terms.md, row by row."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from affiliates.domain.rule_choice import LineFacts, choose
from affiliates.domain.terms import Customer
from affiliates.domain.terms_document import read_rules
from payouts.domain.holds import hold_days, hold_until
from payouts.domain.tariffs import tariff_of
from tests.builders import NOW

DRESS = LineFacts(category="dresses", discount_bps=0, placed_on=date(2026, 6, 15))
SHOES = replace(DRESS, category="shoes")
ON_LOOK = replace(DRESS, surface="look:12:pdp")


def terms(*conditions, **others):
    """Return rules of priority 10, 20, …, each with one of the conditions."""
    rules = [
        {"key": f"{number}0", "name": "A rule", "priority": number * 10, "pays": "net",
         "rate_bps": 100, "when": when}
        for number, when in enumerate(conditions, 1)
    ]  # fmt: skip
    return read_rules({"rules": rules, **others})


@pytest.mark.parametrize(
    ("rules", "facts", "wins"),
    [
        (terms({"category": ["dresses"]}, {}), DRESS, "10"),
        (terms({"category": ["dresses"]}, {}), SHOES, "20"),
        (terms({"category": ["dresses"]}), SHOES, None),
        (
            terms({"category": ["dresses"], "code": ["SUMMER"]}),
            replace(DRESS, codes=frozenset({"summer"})),
            "10",
        ),
        (terms({"category": ["dresses"], "code": ["SUMMER"]}), DRESS, None),
        (terms({"discount_bps": {"at_least": 2_000}}), replace(DRESS, discount_bps=2_000), "10"),
        (terms({"discount_bps": {"at_least": 2_000}}), replace(DRESS, discount_bps=1_999), None),
        (terms({"discount_bps": {"below": 2_000}}), replace(DRESS, discount_bps=None), None),
        (terms({"surface": ["look:*"]}), ON_LOOK, "10"),
        (terms({"surface": ["look:1"]}), ON_LOOK, None),
        (terms({"weekday": [1]}), DRESS, "10"),
        (
            terms({"since": "2026-06-01", "until": "2026-06-15"}),
            replace(DRESS, placed_on=date(2026, 6, 15)),
            None,
        ),
        (terms({"customer": ["new"]}), DRESS, None),
        (terms({"customer": ["new"]}, unknown_customer="new"), DRESS, "10"),
        (
            terms({"affiliate_class": ["contracted"]}),
            replace(DRESS, classes=frozenset({"influencer", "contracted"})),
            "10",
        ),
    ],
)
def test_the_lowest_priority_whose_conditions_hold_wins(rules, facts, wins):
    rule = choose(rules, facts)

    assert (rule and rule.key) == wins


def test_an_unknown_customer_is_known_as_nothing_else():
    assert choose(terms({"customer": ["returning"]}), DRESS) is None
    assert choose(terms({"customer": ["unknown"]}), DRESS).key == "10"
    assert choose(terms({"customer": ["new"]}), replace(DRESS, customer=Customer.NEW)).key == "10"


@pytest.mark.parametrize(
    ("rate", "measured", "floor", "cap", "paid"),
    [
        (2_000, 6_000, 5_000, 10_000, 1_200),
        (2_000, 4_000, 5_000, 10_000, 1_000),
        (2_000, 13_000, 5_000, 12_000, 2_400),
        (33, 5_000, 0, 10_000, 17),
        (2_000, None, 5_000, 10_000, 2_000),
    ],
)
def test_a_measured_factor_scales_between_floor_and_cap(rate, measured, floor, cap, paid):
    rules = read_rules({"is_base_scaled": True, "factor": {"floor_bps": floor, "cap_bps": cap}})

    tariff = tariff_of(
        DRESS, rules=rules, rate_bps=rate, tier_bps=None, factor_bps=measured, terms_version=1
    )

    assert tariff.rate == paid


DRESSES_14 = {"category": ["dresses"], "days": 14}
DRESSES_45 = {"category": ["dresses"], "days": 45}
SHOES_60 = {"category": ["shoes"], "days": 60}


@pytest.mark.parametrize(
    ("said", "categories", "is_trusted", "delivered_after", "days"),
    [
        ({}, ["dresses"], False, None, 30),
        ({"holds": [DRESSES_45]}, ["dresses"], False, None, 45),
        ({"holds": [DRESSES_14]}, ["dresses"], False, None, 14),
        ({"holds": [DRESSES_14]}, ["dresses", "shoes"], False, None, 30),
        ({"holds": [DRESSES_14, SHOES_60]}, ["dresses", "shoes"], False, None, 60),
        ({"holds": [DRESSES_45], "trusted_days": 5}, ["dresses"], True, None, 5),
        ({"trusted_days": 90}, ["dresses"], True, None, 30),
        ({"hold_from": "delivery"}, ["dresses"], False, None, 90),
        ({"hold_from": "delivery"}, ["dresses"], False, 4, 34),
        ({"hold_from": "delivery"}, ["dresses"], False, 80, 90),
        ({"hold_from": "delivery", "undelivered_days": 10}, ["dresses"], False, None, 30),
    ],
)
def test_holds(said, categories, is_trusted, delivered_after, days):
    rules = read_rules(said)
    delivered = None if delivered_after is None else NOW + timedelta(days=delivered_after)

    found = hold_days(categories, rules, days=30, is_trusted=is_trusted)

    assert hold_until(NOW, delivered, rules, days=found) == NOW + timedelta(days=days)
