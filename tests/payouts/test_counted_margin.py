"""How much of a line's margin counts for tiers and goals: a table of docs/rules/adjustments.md."""

import pytest

from payouts.domain.achievements import SoldLine, margin_that_counts
from payouts.domain.refunds import Left


@pytest.mark.parametrize(
    ("facts", "margin"),
    [
        ({}, 5_000),
        ({"share_bps": 5_000}, 2_500),
        ({"quantity": 2, "left": (1, 10_000)}, 2_500),
        ({"quantity": 2, "left": (0, 10_000)}, 0),
        ({"left": (1, 8_800)}, 3_800),
        ({"left": (1, 1_000)}, 0),
        ({"quantity": 2, "left": (1, 8_800)}, 1_900),
        ({"share_bps": 3_333}, 1_667),
        ({"quantity": 3, "left": (2, 10_000), "share_bps": 5_000}, 1_667),
    ],
)
def test_b1_the_margin_of_a_line(facts, margin):
    line = {"margin_minor": 5_000, "net_minor": 10_000, "quantity": 1, "share_bps": 10_000, **facts}
    if "left" in facts:
        line["left"] = Left(quantity=facts["left"][0], net_minor=facts["left"][1])

    assert margin_that_counts([SoldLine(**line)]) == margin
