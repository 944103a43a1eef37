"""The worked numbers of docs/rules/experiments.md, one for one."""

import pytest

from experiments.domain import power
from experiments.domain.estimate import Moments, compare
from experiments.services.analysis import incremental_share


@pytest.mark.parametrize(("control", "units"), [(0.2, 21_592), (0.5, 13_490)])
def test_visitors_needed(control, units):
    assert power.units_needed(conversion=0.05, effect=0.2, control=control) == units


def test_what_a_plan_sees():
    found = power.effect_found(conversion=0.05, units=12_000, control=0.2)
    width = power.half_width(conversion=0.05, effect=0.2, units=21_592, control=0.2)
    assert found == pytest.approx(0.265, abs=0.001)
    assert width == pytest.approx(0.134, abs=0.001)


@pytest.mark.parametrize(("pairs", "orders"), [(8, 5.36), (20, 3.20)])
def test_what_blocks_see(pairs, orders):
    assert power.block_half_width(variance=25, pairs=pairs) == pytest.approx(orders, abs=0.01)


def test_a_single_pair_sees_nothing():
    with pytest.raises(ValueError, match="two pairs"):
        power.block_half_width(variance=25, pairs=1)


def arm(count, ordered):
    share = ordered / count
    return Moments(count, share, share * (1 - share) * count / (count - 1), ordered)


def test_what_was_seen():
    found = compare(arm(8_000, 400), arm(2_000, 80), planned=10_000)
    ends = (found.difference, found.low, found.high, found.always_low, found.always_high)
    assert [round(end * 1_000, 1) for end in ends] == [10.0, 0.2, 19.8, -5.2, 25.2]
    assert found.is_enough
    assert incremental_share(found.as_json()) == (2_000, 34, 3_966)
