"""The estimates against textbooks, simulation and a published trial's arithmetic."""

import random
from datetime import UTC, datetime, timedelta
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.domain.assignment import is_control
from experiments.domain.estimate import compare, moments
from experiments.domain.normal import student_below, student_quantile
from experiments.domain.power import effect_found, half_width, units_needed
from experiments.domain.switchback import calendar, compare_blocks

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("probability", "degrees", "value"),
    [(0.975, 1, 12.706), (0.975, 5, 2.571), (0.975, 30, 2.042), (0.95, 10, 1.812), (0.5, 4, 0)],
)
def test_students_quantiles_are_those_of_the_tables(probability, degrees, value):
    assert student_quantile(probability, degrees) == pytest.approx(value, abs=0.001)
    assert student_below(value, degrees) == pytest.approx(probability, abs=0.001)


def test_less_than_one_degree_of_freedom_is_refused():
    with pytest.raises(ValueError, match="degree"):
        student_quantile(0.9, 0.5)


@pytest.mark.parametrize(
    ("conversion", "effect", "units"),
    [(0.03, 0.5, 9_271), (0.15, 0.5, 1_658), (0.03, 0.2, 65_720), (0.03, 0.1, 272_561)],
)
def test_a_plan_asks_for_as_many_units_as_the_formula(conversion, effect, units):
    needed = units_needed(conversion=conversion, effect=effect, control=0.1)
    assert needed == pytest.approx(units, rel=0.001)


def test_the_effect_that_is_found_is_the_inverse_of_the_units_that_are_needed():
    units = units_needed(conversion=0.05, effect=0.3, control=0.2)
    assert effect_found(conversion=0.05, units=units, control=0.2) == pytest.approx(0.3, abs=1e-3)
    assert effect_found(conversion=0.001, units=100, control=0.1) is None


def test_a_true_half_is_known_within_some_eleven_points():
    assert half_width(conversion=0.08, effect=0.5, units=20_000, control=0.1) == pytest.approx(
        0.118, abs=0.001
    )


@pytest.mark.parametrize("plan", [{"conversion": 0}, {"effect": 0}, {"control": 1}])
def test_a_plan_of_no_shares_is_refused(plan):
    with pytest.raises(ValueError, match="shares"):
        units_needed(**{"conversion": 0.1, "effect": 0.5, "control": 0.1, **plan})


def test_a_known_difference_has_its_interval():
    # 18.3 % of 1,000 against 10.6 % of 1,000: the interval of two shares by hand.
    treated = moments([1.0] * 183 + [0.0] * 817)
    control = moments([1.0] * 106 + [0.0] * 894)
    found = compare(treated, control)
    assert found.difference == pytest.approx(0.077)
    assert (found.low, found.high) == (
        pytest.approx(0.0464, abs=1e-3),
        pytest.approx(0.1076, abs=1e-3),
    )
    assert found.relative == pytest.approx(0.077 / 0.106)
    assert (found.is_enough, found.outcomes) == (True, 289)
    assert found.always_low < found.low < found.high < found.always_high


@pytest.mark.parametrize(("of_treated", "of_control"), [(0, 0), (1, 1), (1, 500), (99, 500)])
def test_few_units_are_not_enough(of_treated, of_control):
    found = compare(moments([1.0] * of_treated), moments([0.0] * of_control))
    assert not found.is_enough


def test_few_outcomes_are_not_enough():
    arm = moments([1.0] * 9 + [0.0] * 5_000)
    assert not compare(arm, arm).is_enough


def test_the_covariate_narrows_the_interval_and_keeps_the_estimate():
    chance = random.Random(1)
    before = [chance.gauss(100, 30) for _ in range(4_000)]
    after = [
        value + chance.gauss(0, 10) + (5 if one % 2 else 0) for one, value in enumerate(before)
    ]
    arms = [
        (after[one::2], before[one::2])  # Every second one was treated.
        for one in (1, 0)
    ]
    plain = compare(*(moments(outcomes) for outcomes, _covariates in arms))
    adjusted = compare(*(moments(outcomes, covariates) for outcomes, covariates in arms))
    assert adjusted.variance_kept < 0.2
    assert adjusted.high - adjusted.low < (plain.high - plain.low) / 2
    assert adjusted.low < 5 < adjusted.high


def test_a_unit_without_covariate_is_refused():
    with pytest.raises(ValueError, match="covariate"):
        moments([1.0, 2.0], [1.0])


def test_looking_often_at_nothing_rarely_finds_something():
    """The usual interval is wrong at one of 40 looks far more often than one time in 20."""
    wrong_once, wrong_always, trials = 0, 0, 200
    for trial in range(trials):
        chance = random.Random(trial)
        arms = {True: [], False: []}
        once = always = False
        for _look in range(40):
            for _unit in range(100):
                arms[chance.random() < 0.5].append(float(chance.random() < 0.2))
            found = compare(moments(arms[True]), moments(arms[False]), planned=4_000)
            once = once or found.low > 0 or found.high < 0
            always = always or found.always_low > 0 or found.always_high < 0
        wrong_once, wrong_always = wrong_once + once, wrong_always + always
    assert wrong_always <= 0.05 * trials
    assert wrong_once > 0.15 * trials


@given(st.integers(1, 5_000), st.text(min_size=1, max_size=20))
def test_an_arm_is_the_same_wherever_it_is_asked(control_bps, unit):
    asked = [is_control(b"key", "one", unit, control_bps) for _ in range(2)]
    assert asked[0] == asked[1]


def test_arms_have_their_shares_and_experiments_are_independent():
    units = [f"v{number}" for number in range(20_000)]
    one = [is_control(b"key", "one", unit, 1_000) for unit in units]
    other = [is_control(b"key", "other", unit, 1_000) for unit in units]
    assert fmean(one) == pytest.approx(0.1, abs=0.01)
    both = fmean(a and b for a, b in zip(one, other, strict=True))
    assert both == pytest.approx(0.01, abs=0.004)
    assert one != [is_control(b"else", "one", unit, 1_000) for unit in units]


def test_a_calendar_is_balanced_without_gaps_and_drawn_by_its_key():
    drawn = calendar(key=b"key", experiment="a", starts_at=START, block=3 * DAY, pairs=20)
    assert len(drawn) == 40
    assert sum(period.is_control for period in drawn) == 20
    assert all(one.ends_at == two.starts_at for one, two in zip(drawn, drawn[1:], strict=False))
    first = [period.is_control for period in drawn[::2]]
    assert len(set(first)) == 2
    other = calendar(key=b"else", experiment="a", starts_at=START, block=3 * DAY, pairs=20)
    assert [period.is_control for period in other] != [period.is_control for period in drawn]


def switched(on, off, pairs=12):
    drawn = calendar(key=b"key", experiment="a", starts_at=START, block=3 * DAY, pairs=pairs)
    chance = random.Random(2)
    blocks = [
        (period, round(chance.gauss(off if period.is_control else on, 8))) for period in drawn
    ]
    return compare_blocks(blocks, washout=DAY)


def test_blocks_show_what_an_affiliate_brings():
    found = switched(on=240, off=200)
    assert found.low < 20 < found.high  # Two days count of each block.
    assert found.low > 0
    assert found.relative == pytest.approx(0.2, abs=0.05)
    nothing = switched(on=200, off=200)
    assert nothing.low < 0 < nothing.high


def test_few_blocks_are_not_enough():
    assert not switched(on=300, off=100, pairs=3).is_enough
    assert not compare_blocks([], washout=DAY).is_enough
