"""What holds of every policy, whatever the touchpoints."""

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from tests.tracking.policy_words import MINUTE, decide
from tracking.domain.journey import Channel, Kind
from tracking.domain.navigation import Fact
from tracking.domain.policy import CLASSES
from tracking.domain.touchpoints import (
    CLICK,
    CODE,
    UNKNOWN_JOURNEY,
    Candidate,
    Journey,
    Step,
)

minutes_ago = st.integers(-60, 50 * 24 * 60)
kinds = st.sampled_from(CLASSES[:-1])
facts = st.sampled_from(
    [
        0,
        int(Fact.TOP_LEVEL),
        int(Fact.OWN_SITE),
        int(Fact.STRICT_CONTRADICTION),
        int(Fact.EXCHANGED),
    ]
)


@st.composite
def touchpoints(draw):
    """Up to eight touchpoints of five affiliates, each with the kind of its affiliate."""
    kind_of = {affiliate: draw(kinds) for affiliate in range(1, 6)}
    contracted = draw(st.sets(st.integers(1, 5), max_size=2))
    made = []
    for number in range(draw(st.integers(0, 8))):
        affiliate = draw(st.integers(1, 5))
        is_click = draw(st.booleans())
        made.append(
            Candidate(
                kind=CLICK if is_click else CODE,
                source_id=number + 1,
                affiliate_id=affiliate,
                at=NOW - draw(minutes_ago) * MINUTE if is_click else NOW,
                window_days=draw(st.sampled_from([None, 7, 30, 30, 30])),
                affiliate_active=draw(st.sampled_from([True, True, True, False])),
                affiliate_kind=kind_of[affiliate],
                is_contracted=affiliate in contracted,
                same_shop=draw(st.sampled_from([True, True, True, False])),
                code_rule=draw(st.sampled_from(["", "always", "if_involved", "if_winner"])),
                navigation="followed",
                facts=draw(facts),
            )
        )
    return made


steps = st.builds(
    Step,
    at=minutes_ago.map(lambda minutes: NOW - minutes * MINUTE),
    kind=st.sampled_from([kind.value for kind in Kind]),
    channel=st.sampled_from(["", *[channel.value for channel in Channel]]),
    items=st.none() | st.integers(0, 3),
)
journeys = st.builds(Journey.of, st.lists(steps, max_size=6), is_known=st.booleans())
sessions = st.fixed_dictionaries(
    {"minutes": st.integers(1, 1_440)},
    optional={"classes": st.lists(st.sampled_from(CLASSES), unique=True)},
)
parts = st.integers(0, 6_000).flatmap(
    lambda opening: st.integers(0, 3_999).map(
        lambda between: {
            "introducer": opening,
            "influencer": between,
            "closer": 10_000 - opening - between,
        }
    )
)
policies = st.fixed_dictionaries(
    {},
    optional={
        "look_back_days": st.dictionaries(st.sampled_from(CLASSES), st.integers(1, 90)),
        "code": st.sampled_from(["always", "if_involved", "if_winner"]),
        "stand_down": sessions,
        "basket_before_click": sessions,
        "session_open": sessions,
        "contracted_priority_days": st.integers(1, 60),
        "split": parts,
    },
)


@given(touchpoints(), policies, journeys, st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_never_matters(made, rules, journey, random):
    shuffled = random.sample(made, len(made))
    again = Journey.of(random.sample(journey.steps, len(journey.steps)), is_known=journey.is_known)

    assert decide(shuffled, rules, again) == decide(made, rules, journey)


@given(touchpoints(), policies, journeys)
def test_shares_come_to_the_whole_or_to_nothing(made, rules, journey):
    decision = decide(made, rules, journey)

    assert sum(share.share_bps for share in decision.shares) in (0, 10_000)
    assert all(share.share_bps > 0 for share in decision.shares)
    earning = {ruling.candidate for ruling in decision.rulings if ruling.won}
    assert earning == {share.candidate for share in decision.shares}
    assert bool(decision.shares) == (decision.reason in {"last_eligible", "split",
                                                         "contracted_first"})  # fmt: skip


@given(touchpoints(), policies, journeys)
def test_a_code_never_pays_beside_a_click_of_its_affiliate(made, rules, journey):
    decision = decide(made, rules, journey)

    assert len({share.affiliate_id for share in decision.shares}) == len(decision.shares)


@given(touchpoints(), policies, journeys)
def test_what_cannot_earn_changes_nothing_for_anybody(made, rules, journey):
    decision = decide(made, rules, journey)
    out = {ruling.candidate for ruling in decision.rulings if _is_out(ruling)}

    without = decide([one for one in made if one not in out], rules, journey)

    assert without.shares == decision.shares


def _is_out(ruling):
    return any(
        one.result == "failed" for one in ruling.verdicts if one.rule != "contracted_priority"
    )


@given(touchpoints(), policies)
def test_an_unknown_journey_is_held_against_nobody(made, rules):
    """Nothing but clicks and codes that we know of can exclude a touchpoint."""
    decision = decide(made, rules, UNKNOWN_JOURNEY)

    for ruling in decision.rulings:
        for said in ruling.verdicts:
            if said.rule in {"basket_before_click", "session_open"}:
                assert said.result != "failed"


@given(touchpoints(), policies, journeys)
def test_every_touchpoint_is_asked_the_same_questions(made, rules, journey):
    decision = decide(made, rules, journey)

    asked = {tuple(one.rule for one in ruling.verdicts) for ruling in decision.rulings}
    assert len(decision.rulings) == len(made)
    assert len(asked) <= 1
