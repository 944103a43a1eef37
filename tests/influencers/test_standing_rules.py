"""Rates, their bounds, labels and scores: values in, values out (docs/rules/standing.md)."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from influencers.domain.audience import (
    Rate,
    Snapshot,
    gamma_bound,
    jump,
    lower_bound,
    measure,
    middle,
    tier_of,
    usual,
    wilson_bound,
)
from influencers.domain.league import StoreSales, league
from influencers.domain.standing import (
    Gate,
    Label,
    Mark,
    Part,
    judge,
    percentile,
    places,
    pool_ratio_bps,
    reliability,
    returns_far_above,
    score,
    share_score,
)

TODAY = date(2026, 6, 15)
WEIGHTS = dict(zip(Part, (35, 20, 15, 15, 10, 5), strict=True))


def shot(days_ago, followers=20_000, *, source="staff", **figures):
    counts = {"posts": 20, "writers": 100, "replies": 200, "answered": 120, "interactions": 4_000}
    return Snapshot(
        day=TODAY - timedelta(days=days_ago),
        followers=followers,
        source=source,
        **{**counts, **figures},
    )


def known(followers=20_000, *, network="instagram", source="staff", **figures):
    days = (60, 30, 1)
    shots = [shot(day, followers, source=source, **figures) for day in days]
    return measure(network, shots, TODAY)


def near(value, expected):
    return abs(float(value) - expected) < 0.000_5


@pytest.mark.parametrize(
    ("members", "tier"),
    [(0, "nano"), (9_999, "nano"), (10_000, "micro"), (49_999, "micro"), (50_000, "mid"),
     (249_999, "mid"), (250_000, "large")],
)  # fmt: skip
def test_st1_size_tiers(members, tier):
    assert tier_of(members) == tier


def test_st1_members_are_the_median_of_the_window_and_not_todays():
    found = measure("tiktok", [shot(80, 1_000), shot(40, 9_000), shot(2, 40_000)], TODAY)

    assert (found.members, found.tier) == (9_000, "nano")
    assert measure("tiktok", [shot(2, 1_000), shot(1, 2_001)], TODAY).members == 1_500


def test_st2_to_st5_rates_are_what_was_counted():
    found = known()

    assert found.rate(Rate.ENGAGEMENT) == Fraction(100, 20_000)
    assert found.rate(Rate.INTERACTION) == Fraction(200, 20)
    assert found.rate(Rate.ANSWERED) == Fraction(120, 200)
    assert found.rate(Rate.SOCIAL) == Fraction(4_000, 20_000)
    assert known(replies=0, answered=0).rate(Rate.ANSWERED) is None


def test_st3_the_best_source_counts_alone():
    found = measure("blog", [shot(30, 5_000), shot(2, 90_000, source="declared")], TODAY)

    assert (found.members, found.newest.source, found.days) == (5_000, "staff", 28)


def test_figures_older_than_90_days_say_nothing():
    assert measure("blog", [shot(90)], TODAY) is None
    assert measure("blog", [shot(89)], TODAY) is not None
    assert measure("blog", [shot(-1)], TODAY) is None


@pytest.mark.parametrize(
    ("posts", "first", "enough"), [(5, 29, True), (4, 29, False), (5, 28, False)]
)
def test_st6_no_rank_under_five_posts_or_28_days(posts, first, enough):
    found = measure("tiktok", [shot(first, posts=posts), shot(1, posts=posts)], TODAY)

    assert found.is_enough is enough


def test_st7_few_posts_are_drawn_towards_what_is_usual():
    others = [known(replies=20) for _ in range(3)]
    loud = known(posts=5, replies=100, answered=0)
    usual_rates = usual([*others, loud], Rate.INTERACTION)

    assert usual_rates == {("instagram", "micro"): Fraction(1)}
    # (5 posts x 20 + 10 x 1) / 15 = 7.33 for each post, and surely more than 6.
    assert Fraction(6) < lower_bound(loud, Rate.INTERACTION, usual_rates) < Fraction(22, 3)


def test_st7_with_fewer_than_three_of_a_tier_the_networks_median_counts():
    small = known(2_000, replies=40)
    large = [known(replies=200), known(replies=200), known(replies=400)]

    assert usual([small, *large], Rate.INTERACTION)["instagram", "nano"] == 10


def test_st8_the_lower_end_of_wilsons_interval():
    """0.5 of 100 at z = 0.8416: (0.5 + z^2/200 - z*sqrt(0.25/100 + z^2/40000)) / (1 + z^2/100)."""
    assert near(wilson_bound(Fraction(1, 2), Fraction(100)), 0.458_07)
    assert wilson_bound(Fraction(0), Fraction(10)) == 0


def test_st8_a_gamma_quantile():
    """The fifth part of a gamma distribution of shape 100 lies below 91.5: SciPy says 91.50."""
    assert near(gamma_bound(Fraction(10), Fraction(10)) * 10 / 100, 0.915)
    assert gamma_bound(Fraction(0), Fraction(10)) == 0


def test_st9_what_is_only_declared_counts_less():
    peers = [known(writers=10) for _ in range(3)]
    for rate in Rate:
        read, said = known(), known(source="declared")
        rates = usual([*peers, read, said], rate)
        assert lower_bound(said, rate, rates) < lower_bound(read, rate, rates)


@given(st.integers(5, 500), st.integers(0, 1_000), st.integers(0, 1_000), st.integers(1_000, 10**7))
def test_a_bound_is_never_above_what_it_bounds(posts, replies, writers, followers):
    found = known(followers, posts=posts, replies=replies, answered=replies // 2, writers=writers)

    for rate in Rate:
        observed, low = found.rate(rate), lower_bound(found, rate, {})
        if observed is None:
            assert low is None
        else:
            assert 0 <= low <= observed


def test_st10_percentiles_count_equal_ones_half():
    assert percentile(3, [1, 2, 3]) == 83
    assert percentile(1, [1]) == 50
    assert percentile(1, [1, 1, 1, 1]) == 50
    assert percentile(1, [1, 2, 3, 4]) == 13


def grown(*followers):
    return [shot(len(followers) - place, count) for place, count in enumerate(followers)]


def test_st11_a_jump_of_more_than_six_deviations_is_told():
    steady = [20_000 + 15 * day for day in range(20)]

    assert jump(grown(*steady)) is None
    assert jump(grown(*steady[:15], *[count + 9_000 for count in steady[15:]])) == (
        TODAY - timedelta(days=5)
    )
    assert jump(grown(20_000, 40_000)) is None  # Too few changes say nothing.


def test_st11_a_fall_is_no_jump():
    assert jump(grown(*[20_000] * 10, *[9_000] * 5)) is None


def marks(*kinds, days_ago=10):
    return [Mark(kind, TODAY - timedelta(days=days_ago)) for kind in kinds]


@pytest.mark.parametrize(
    ("kinds", "label", "points"),
    [
        ((), Label.NEUTRAL, 0),
        (("look", "look"), Label.NEUTRAL, 4),  # Two kinds of praise are needed.
        (("look", "mention", "code"), Label.AMBASSADOR, 4),
        (("look", "mention"), Label.NEUTRAL, 3),
        (("look", "look", "mention", "strike"), Label.NEUTRAL, 4),  # Never with a strike.
        (("look", "look", "mention", "negative"), Label.AMBASSADOR, 4),
        (("negative",), Label.NEUTRAL, -1),
        (("complaint",), Label.DETRACTOR, -2),
        (("negative", "returns"), Label.DETRACTOR, -2),
        (("complaint", "mention"), Label.NEUTRAL, -1),
    ],
)
def test_st12_to_st14_labels(kinds, label, points):
    found = judge(marks(*kinds), TODAY)

    assert (found.label, found.points) == (label, points)


def test_st12_what_is_older_than_180_days_counts_no_more():
    assert judge(marks("complaint", days_ago=179), TODAY).label == Label.DETRACTOR
    assert judge(marks("complaint", days_ago=180), TODAY).label == Label.NEUTRAL
    assert judge(marks("complaint", days_ago=-1), TODAY).counted == 0


def test_st15_the_ratio_of_a_pool():
    good, bad, plain = Label.AMBASSADOR, Label.DETRACTOR, Label.NEUTRAL

    assert pool_ratio_bps([]) is None
    assert pool_ratio_bps([good, plain, bad]) == 0
    assert pool_ratio_bps([good, good, plain]) == 6_667
    assert pool_ratio_bps([bad]) == -10_000


@pytest.mark.parametrize(
    ("returned", "lines", "is_far"),
    [(14, 30, False), (15, 30, True), (29, 29, False), (0, 100, False), (0, 0, False)],
)
def test_st16_returns_far_above_the_shops(returned, lines, is_far):
    """The shop has 30 %: of 30 lines, 0.3 + 2 * sqrt(0.21 / 30) = 46.7 %: fifteen."""
    found = returns_far_above(returned=returned, lines=lines, all_returned=300, all_lines=1_000)

    assert found is is_far


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((0, 0, 0, 0), None),
        ((4, 0, 0, 0), 100),
        ((1, 2, 0, 0), 33),
        ((4, 0, 1, 0), 75),
        ((0, 0, 1, 1), 50),
        ((0, 1, 4, 0), 0),
    ],
)
def test_st18_reliability(facts, expected):
    on_time, late, strikes, taken_back = facts
    found = reliability(on_time=on_time, late=late, strikes=strikes, taken_back=taken_back)

    assert found == expected


def test_st17_and_st19_the_score_weighs_what_is_known():
    every = dict.fromkeys(Part, 100)
    assert score(every, WEIGHTS, []).hundredths == 10_000
    half = {Part.MARGIN: 80, Part.ANSWERED: 40}  # 35 and 15 of 100: (2,800 + 600) / 50.
    assert score(half, WEIGHTS, []).hundredths == 6_800
    assert [one.weight for one in score(half, WEIGHTS, []).parts] == [35, 20, 15, 15, 10, 5]


def test_st19_with_less_than_half_of_the_weight_known_there_is_no_score():
    found = score({Part.MARGIN: 80, Part.RELIABILITY: 100}, WEIGHTS, [])

    assert (found.hundredths, found.gates) == (None, (Gate.FEW_PARTS,))


@pytest.mark.parametrize("gate", Gate)
def test_st20_behind_a_gate_nobody_has_a_score(gate):
    found = score(dict.fromkeys(Part, 100), WEIGHTS, [gate])

    assert (found.hundredths, found.gates) == (None, (gate,))


def test_st21_equal_scores_share_a_place():
    full = dict.fromkeys(Part, 90)
    scores = {
        1: score(full, WEIGHTS, []),
        2: score(dict.fromkeys(Part, 95), WEIGHTS, []),
        3: score(full, WEIGHTS, []),
        4: score(dict.fromkeys(Part, 10), WEIGHTS, []),
        5: score(full, WEIGHTS, [Gate.JUMP]),
    }

    assert places(scores) == {2: 1, 1: 2, 3: 2, 4: 4}


def test_shares_and_medians_round_as_they_say():
    assert share_score(1, 8) == 13
    assert share_score(0, 0) is None
    assert middle([Fraction(1), Fraction(2)]) == Fraction(3, 2)


def sales(name, heads, orders, minor):
    return StoreSales(
        store_id=1, name=name, region="", heads=heads, orders=orders,
        commission=Money(minor, "EUR"),
    )  # fmt: skip


def test_lg1_a_small_store_can_be_first():
    found = league([sales("Paris", 10, 100, 50_000), sales("Brest", 1, 12, 8_000)])

    assert [(one.sales.name, one.place) for one in found] == [("Brest", 1), ("Paris", 2)]
    assert found[0].commission_per_head == Money(8_000, "EUR")
    assert found[1].orders_per_head == 1_000


def test_lg2_equal_ones_share_a_place_and_orders_tell_the_rest_apart():
    found = league(
        [sales("C", 1, 1, 100), sales("B", 2, 4, 400), sales("A", 1, 2, 200), sales("D", 3, 3, 300)]
    )

    assert [(one.sales.name, one.place) for one in found] == [
        ("A", 1), ("B", 1), ("C", 3), ("D", 3),
    ]  # fmt: skip


def test_lg3_where_nobody_takes_part_there_is_no_place():
    found = league([sales("Empty", 0, 0, 0), sales("Loss", 2, 0, -300)])

    assert [(one.sales.name, one.place) for one in found] == [("Loss", 1), ("Empty", None)]
    assert found[0].commission_per_head == Money(-150, "EUR")
