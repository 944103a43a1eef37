"""Rule T11: what is worse is told ahead; what cannot be told counts as worse."""

import pytest

from affiliates.domain.terms_content import content_json, read_content
from affiliates.domain.terms_diff import Effect, differences, is_worse
from affiliates.domain.terms_document import TermsRefused
from affiliates.services import terms_words
from tests.affiliates.terms_world import CONTENT, content, rule

LINEN = {"rules": [rule()]}
CAPPED = {"rules": [rule(cap_minor=500)]}
TIERS = {"metric": "orders", "every": "month", "steps": [{"at": 10, "rate_bps": 2_500}]}
BONUS = {"key": "b", "name": "B", "kind": "goal", "minor": 5_000, "at": 10}
FLOOR = {"factor": {"floor_bps": 5_000}}
HOLD = {"category": ["linen"], "days": 45}


def tiers(**step):
    return {"tiers": {**TIERS, "steps": [{"at": 10, "rate_bps": 2_500, **step}]}}


def bonus(**changed):
    return {"bonuses": [{**BONUS, **changed}]}


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ({}, {"rate_bps": 2_100}, "better"),
        ({}, {"rate_bps": 1_999}, "worse"),
        ({}, {"window_days": 31}, "better"),
        ({}, {"window_days": 29}, "worse"),
        ({}, {"hold_days": 29}, "better"),
        ({}, {"hold_days": 31}, "worse"),
        ({}, {"minimum_payout_minor": 1_999}, "better"),
        ({}, {"minimum_payout_minor": 2_001}, "worse"),
        ({}, {"payment_days": [5, 10, 25]}, "better"),
        ({}, {"payment_days": [10]}, "worse"),
        ({}, {"basis": "actual"}, "worse"),
        ({}, {"currency": "GBP"}, "worse"),
        ({}, {"rules": LINEN}, "better"),
        ({}, {"rules": {"rules": [rule(rate_bps=1_999)]}}, "worse"),
        ({}, {"rules": {"rules": [rule(pays="net", rate_bps=9_000)]}}, "worse"),
        ({}, {"rules": {"rules": [rule(is_scaled=True)]}}, "worse"),
        ({"rules": LINEN}, {"rules": {}}, "worse"),
        ({"rules": {"rules": [rule(rate_bps=1_000)]}}, {"rules": {}}, "better"),
        (
            {"rules": {"rules": [rule(pays="nothing", rate_bps=None, reason="Gone")]}},
            {"rules": {}},
            "better",
        ),
        ({"rules": LINEN}, {"rules": {"rules": [rule(rate_bps=2_600)]}}, "better"),
        ({"rules": LINEN}, {"rules": {"rules": [rule(rate_bps=2_400)]}}, "worse"),
        ({"rules": LINEN}, {"rules": {"rules": [rule(name="Flax")]}}, "same"),
        ({"rules": LINEN}, {"rules": {"rules": [rule(when={})]}}, "worse"),
        ({"rules": LINEN}, {"rules": CAPPED}, "worse"),
        ({"rules": CAPPED}, {"rules": LINEN}, "better"),
        ({"rules": CAPPED}, {"rules": {"rules": [rule(cap_minor=600)]}}, "better"),
        ({"rules": CAPPED}, {"rules": {"rules": [rule(cap_minor=499)]}}, "worse"),
        ({"rules": CAPPED}, {"rules": {"rules": [rule(cap_minor=499, rate_bps=9_000)]}}, "worse"),
        ({}, {"rules": {"rules": [rule(rate_bps=9_000, cap_minor=500)]}}, "worse"),
        (
            {"rules": {"rules": [rule(rate_bps=2_000, cap_minor=500)]}},
            {"rules": {}},
            "better",
        ),
        (
            {"rules": {"rules": [rule(rate_bps=1_000), rule("b", priority=20, cap_minor=500)]}},
            {"rules": {"rules": [rule("b", priority=20, cap_minor=500)]}},
            "worse",
        ),
        (
            {"rules": {**LINEN, **FLOOR}},
            {"rules": {"rules": [rule(is_scaled=True)], **FLOOR}},
            "worse",
        ),
        ({"rules": FLOOR}, {"rules": {"is_base_scaled": True, **FLOOR}}, "worse"),
        ({"rules": {}}, {"rules": {"is_base_scaled": True}}, "better"),
        ({"rules": {"is_base_scaled": True}}, {"rules": {}}, "better"),
        ({"rules": {}}, {"rules": {"order_cap_minor": 5_000}}, "worse"),
        ({"rules": {"order_cap_minor": 5_000}}, {"rules": {"order_cap_minor": 6_000}}, "better"),
        ({"rules": {"month_cap_minor": 5_000}}, {"rules": {}}, "better"),
        ({"rules": {}}, {"rules": {"unknown_customer": "new"}}, "same"),
        ({"rules": {}}, {"rules": tiers()}, "better"),
        ({"rules": tiers()}, {"rules": {}}, "worse"),
        ({"rules": tiers()}, {"rules": tiers(at=11)}, "worse"),
        ({"rules": tiers()}, {"rules": tiers(at=9)}, "better"),
        ({"rules": tiers()}, {"rules": tiers(rate_bps=2_400)}, "worse"),
        ({"rules": {}}, {"rules": bonus()}, "better"),
        ({"rules": bonus()}, {"rules": {}}, "worse"),
        ({"rules": bonus()}, {"rules": bonus(minor=4_999)}, "worse"),
        ({"rules": bonus()}, {"rules": bonus(at=9)}, "better"),
        ({"rules": bonus()}, {"rules": bonus(name="C")}, "same"),
        ({"rules": {}}, {"rules": {"hold_from": "delivery"}}, "worse"),
        ({"rules": {}}, {"rules": {"undelivered_days": 100}}, "same"),
        ({"rules": {}}, {"rules": {"holds": [HOLD]}}, "worse"),
        ({"rules": {"holds": [HOLD]}}, {"rules": {}}, "better"),
        ({"rules": {"holds": [HOLD]}}, {"rules": {"holds": [{**HOLD, "days": 46}]}}, "worse"),
        ({"rules": {}}, {"rules": {"trusted_days": 10}}, "better"),
        ({"rules": {"trusted_days": 10}}, {"rules": {"trusted_days": 11}}, "worse"),
        ({"rules": {"trusted_days": 10}}, {"rules": {}}, "worse"),
        ({"rules": {}}, {"rules": {"factor": {"floor_bps": 5_000}}}, "same"),
    ],
)
def test_each_difference_is_better_worse_or_the_same(before, after, effect):
    (change,) = differences(content(**before), content(**after))

    assert change.effect == Effect(effect)


def test_what_is_scaled_feels_the_limits_of_the_factor():
    scaled = {"is_base_scaled": True}
    lower = {**scaled, "factor": {"floor_bps": 5_000}}
    higher = {**scaled, "factor": {"cap_bps": 12_000}}

    assert is_worse(differences(content(rules=scaled), content(rules=lower)))
    assert not is_worse(differences(content(rules=scaled), content(rules=higher)))


def test_another_order_of_the_same_rules_is_worse_and_other_numbers_are_nothing():
    first, second = rule("a", priority=10), rule("b", priority=20)
    same = [{**first, "priority": 1}, {**second, "priority": 2}]
    turned = [{**first, "priority": 2}, {**second, "priority": 1}]
    before = content(rules={"rules": [first, second]})

    assert differences(before, content(rules={"rules": same})) == ()
    (change,) = differences(before, content(rules={"rules": turned}))
    assert (change.about, change.before, change.after) == ("order_of_rules", ("A", "B"), ("B", "A"))
    assert change.effect == Effect.WORSE


def test_the_same_terms_do_not_differ():
    assert differences(content(rules=LINEN), content(rules=LINEN)) == ()


def test_content_is_read_as_it_was_written():
    full = content(rules={**LINEN, **tiers(), **bonus(), "holds": [HOLD], "order_cap_minor": 1})

    assert read_content(content_json(full)) == full


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"rate_bps": 10_001}, "rate_bps is a whole number from 0 to 10000"),
        ({"window_days": 0}, "window_days is a whole number from 1 to 365"),
        ({"hold_days": -1}, "hold_days"),
        ({"currency": "eur"}, "currency is three capital letters"),
        ({"payment_days": []}, "payment_days: give at least one day"),
        ({"payment_days": [32]}, "payment_days is a whole number from 1 to 31"),
        ({"basis": "guess"}, "basis is one of"),
        ({"surprise": 1}, "there is no “surprise”"),
        (
            {"rules": {"rules": [rule(when={"since": "2026-02-01", "until": "2026-02-01"})]}},
            "rules.1.when.until: it ends after it begins",
        ),
        ({"rules": {"rules": [rule(cap_minor=0)]}}, "rules.1.cap_minor is a whole number from 1"),
        (
            {"rules": {"rules": [rule(pays="flat", rate_bps=None, flat_minor=5, cap_minor=5)]}},
            "rules.1 pays “flat”: it has flat_minor, and nothing else",
        ),
        (
            {"rules": {"rules": [rule(pays="nothing", rate_bps=None, reason="No", cap_minor=5)]}},
            "rules.1 pays “nothing”: it has reason, and nothing else",
        ),
        ({"rules": bonus(kind="campaign")}, "bonuses.1.since: a campaign has"),
        ({"rules": tiers(rate_bps=1_999)}, "tiers.steps: there is a step"),
        ({"rules": {"tiers": {**TIERS, "steps": []}}}, "tiers.steps: there is a step"),
        ({"rules": {"holds": [HOLD, {**HOLD, "days": 1}]}}, "holds.category: linen is there twice"),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_place(changed, sentence):
    with pytest.raises(TermsRefused) as refused:
        read_content({**CONTENT, **changed})

    assert sentence in str(refused.value)


def test_content_without_a_needed_part_is_refused():
    with pytest.raises(TermsRefused, match="terms: rate_bps is missing"):
        read_content({name: value for name, value in CONTENT.items() if name != "rate_bps"})


@pytest.mark.parametrize("reason", ["Gift sets.", "Gift sets"])
def test_a_reason_ends_with_one_full_stop(reason):
    (read,) = content(
        rules={"rules": [rule(pays="nothing", rate_bps=None, reason=reason)]}
    ).rules.rules

    said = terms_words.rule_sentence(read, "EUR")

    assert said == "nothing: Gift sets. When: Category: linen."


def test_a_rule_says_its_cap_after_what_it_pays():
    (read,) = content(
        rules={"rules": [rule(pays="net", is_scaled=True, cap_minor=550)]}
    ).rules.rules

    assert terms_words.rule_sentence(read, "EUR") == (
        "25% of the price paid without VAT, at most the margin, times the measured factor, and no"
        " more than €5.50 for one order. When: Category: linen."
    )
