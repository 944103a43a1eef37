"""Figures, marks, the ranking and what creators say against it, in rows."""

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from core.models import AuditEntry, Delivery
from influencers.domain.audience import Rate
from influencers.domain.standing import Gate, Label, Part
from influencers.models import (
    LookStatus,
    SocialAccount,
    SocialFigure,
    StandingContest,
    StandingMark,
    StandingWeights,
)
from influencers.queries.creators import creator_rows
from influencers.queries.standing import Outside, standings, weights
from influencers.services import social, standing
from influencers.services.social import AccountRefused, FiguresRefused
from influencers.services.standing import ContestRefused, MarkRefused, WeightsRefused
from tests.builders import (
    NOW,
    make_affiliate,
    make_code,
    make_credit,
    make_order,
    make_return,
    make_user,
)
from tests.influencers.creator_world import (
    give,
    make_account,
    make_creator,
    make_known,
    make_mark,
)
from tests.influencers.look_surface_world import make_look
from tests.people import person_of
from tracking.models import Touchpoint

pytestmark = pytest.mark.django_db
NOTHING = Outside(margins={}, leaked=frozenset())


@pytest.fixture
def sam():
    return make_user(roles=["manager"])


def marked(affiliate, sam, **changes):
    said = {
        "kind": "mention",
        "source": "https://x.example/1",
        "on": NOW.date(),
        "note": "Praised.",
    }
    return standing.mark(affiliate.pk, **{**said, **changes}, by_id=sam.pk, now=NOW)


def test_st2_figures_are_added_with_source_day_and_digest_of_their_proof():
    account = make_account(make_creator())
    figure = give(account, source="declared", proof=b"a screenshot")

    assert figure.proof_sha256 == hashlib.sha256(b"a screenshot").hexdigest()
    assert (figure.source, figure.day) == ("declared", (NOW - timedelta(days=1)).date())
    with pytest.raises(DatabaseError), transaction.atomic():
        SocialFigure.objects.filter(pk=figure.pk).update(followers=1)


@pytest.mark.parametrize(
    ("figures", "days_ago"),
    [({"answered": 201}, 1), ({"writers": 20_001}, 1), ({"posts": 0}, 1), ({}, -1), ({}, 90)],
)
def test_st2_figures_that_cannot_be_are_refused(figures, days_ago):
    account = make_account(make_creator())

    with pytest.raises(FiguresRefused):
        give(account, days_ago=days_ago, **figures)
    assert not SocialFigure.objects.exists()


def test_st2_an_account_is_one_and_comes_back_when_it_is_added_again():
    ines = make_creator()
    account = make_account(ines, handle="@ines")
    assert account.handle == "ines"
    social.remove_account(account.pk, by_id=make_user().pk, now=NOW)
    with pytest.raises(FiguresRefused):
        give(account)

    assert make_account(ines, handle="ines") == account
    assert SocialAccount.objects.get().removed_at is None
    with pytest.raises(AccountRefused):
        make_account(ines, network="myspace")


def test_the_figure_given_last_counts_of_a_day():
    ines = make_creator()
    account = make_account(ines)
    give(account, followers=900)
    give(account, followers=30_000)

    row = next(one for one in creator_rows(NOW) if one.affiliate == ines)
    assert (row.main.members, row.facts.tier) == (30_000, "micro")


def test_st12_a_mark_counts_once_until_it_is_taken_back(sam):
    ines = make_creator()
    made = marked(ines, sam, kind="complaint")
    assert marked(ines, sam, kind="complaint") == made
    assert standings(NOTHING, NOW)[ines.pk].judged.label == Label.DETRACTOR

    with pytest.raises(MarkRefused):
        standing.take_back(made.pk, reason=" ", by_id=sam.pk, now=NOW)
    standing.take_back(made.pk, reason="Another person.", by_id=sam.pk, now=NOW)

    assert standings(NOTHING, NOW)[ines.pk].judged.label == Label.NEUTRAL
    assert AuditEntry.objects.get(verb="standing.mark_taken_back").reason == "Another person."


@pytest.mark.parametrize(
    "changes",
    [{"kind": "look"}, {"source": " "}, {"note": ""}, {"on": (NOW + timedelta(days=1)).date()}],
)
def test_st13_people_give_only_what_people_can_tell(sam, changes):
    with pytest.raises(MarkRefused):
        marked(make_creator(), sam, **changes)
    assert not StandingMark.objects.exists()


def test_st16_a_look_that_nobody_asked_for_is_a_mark():
    ines = make_creator()
    look = make_look(affiliate=ines, published_at=NOW - timedelta(days=8))
    make_look(affiliate=ines, published_at=NOW - timedelta(days=6))
    make_look(affiliate=ines, published_at=NOW - timedelta(days=9), status=LookStatus.REMOVED)

    assert standing.mark_from_rows(now=NOW) == 1
    assert standing.mark_from_rows(now=NOW) == 0
    mark = StandingMark.objects.get()
    assert (mark.kind, mark.source, mark.affiliate) == ("look", f"look:{look.pk}", ines)


def test_st16_three_buyers_by_code_are_a_mark_and_two_are_none():
    ines, zoe = make_creator(), make_creator()
    for creator, buyers in ((ines, ("a", "b", "c")), (zoe, ("a", "b", "b"))):
        code = make_code(creator)
        for buyer in buyers:
            credit = make_credit(creator, make_order(customer_ref=buyer))
            Touchpoint.objects.filter(pk=credit.touchpoint_id).update(
                kind="code", link=None, coupon_code=code
            )

    assert standing.mark_from_rows(now=NOW) == 1
    assert StandingMark.objects.get().affiliate == ines


def test_st16_far_more_returns_than_the_shop_are_a_mark_a_month():
    ines = make_creator()
    for _ in range(2):
        sold = make_order(lines=[{}] * 20)
        make_credit(ines, sold)
        make_return(sold)
    for _ in range(10):
        make_order(lines=[{}] * 20)

    assert standing.mark_from_rows(now=NOW) == 1
    assert standing.mark_from_rows(now=NOW) == 0
    assert StandingMark.objects.get().source == f"returns:{NOW:%Y-%m}"


def test_st17_the_ranking_and_its_gates():
    strong, plain = make_known(writers=400, answered=180), make_known()
    leaky, unknown = make_known(), make_creator()
    new = make_creator()
    give(make_account(new))

    found = standings(
        Outside(margins={strong.pk: 9_000, plain.pk: 100}, leaked=frozenset({leaky.pk})), NOW
    )

    assert [found[one.pk].place for one in (strong, plain)] == [1, 2]
    assert found[strong.pk].of == 2
    assert found[leaky.pk].score.gates == (Gate.LEAKED_CODE,)
    assert found[unknown.pk].score.gates == (Gate.NO_FIGURES,)
    assert found[new.pk].score.gates == (Gate.FEW_DAYS,)
    assert {found[one.pk].place for one in (leaky, unknown, new)} == {None}
    parts = {one.part: one.score for one in found[strong.pk].score.parts}
    assert parts[Part.MARGIN] == 83
    assert parts[Part.INCREMENTAL] is None
    assert found[strong.pk].main.scores[Rate.ENGAGEMENT] == 83


def test_st17_creators_of_different_sizes_are_not_compared():
    for followers in (2_000, 20_000, 100_000, 900_000):
        make_known(followers=followers, writers=20)

    found = standings(NOTHING, NOW).values()

    assert {one.main.scores[Rate.ENGAGEMENT] for one in found} == {50}
    assert {one.main.peers for one in found} == {1}


def test_st18_strikes_take_reliability_away(sam):
    ines = make_known()
    marked(ines, sam, kind="strike")

    parts = {one.part: one.score for one in standings(NOTHING, NOW)[ines.pk].score.parts}
    assert parts[Part.RELIABILITY] == 75


def test_st22_weights_are_rows_that_sum_to_a_hundred(sam):
    assert list(weights().values()) == [35, 20, 15, 15, 10, 5]
    wanted = dict(zip(Part, (50, 10, 10, 10, 10, 10), strict=True))
    made = standing.weigh(wanted, by_id=sam.pk, now=NOW)
    assert standing.weigh(wanted, by_id=sam.pk, now=NOW) == made

    with pytest.raises(WeightsRefused):
        standing.weigh({**wanted, Part.MARGIN: 51}, by_id=sam.pk, now=NOW)
    with pytest.raises(WeightsRefused):
        standing.weigh({Part.MARGIN: 100}, by_id=sam.pk, now=NOW)
    assert weights() == wanted
    for change in (
        lambda: StandingWeights.objects.create(margin=36, set_at=NOW, set_by=sam),
        lambda: StandingWeights.objects.filter(pk=made.pk).update(margin=49, audience=11),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_st23_a_creator_contests_and_the_team_answers(sam):
    ines = make_creator()
    person, mark = person_of(ines), make_mark(ines, "complaint")
    made = standing.contest(
        ines.pk, mark_id=mark.pk, text="That was not me.", by_id=person.pk, now=NOW
    )
    again = standing.contest(
        ines.pk, mark_id=mark.pk, text="That was not me.", by_id=person.pk, now=NOW
    )
    assert again == made
    assert Delivery.objects.filter(key__startswith=f"standing-contest:{made.pk}:").count() == 1

    with pytest.raises(ContestRefused):
        standing.answer(made.pk, text=" ", takes_back=True, by_id=sam.pk, now=NOW)
    standing.answer(made.pk, text="You are right.", takes_back=True, by_id=sam.pk, now=NOW)
    standing.answer(made.pk, text="Otherwise.", takes_back=False, by_id=sam.pk, now=NOW)

    made.refresh_from_db()
    mark.refresh_from_db()
    assert (made.answer, mark.taken_back_at) == ("You are right.", NOW)
    mail = Delivery.objects.get(key=f"standing-contest:{made.pk}:answered:{person.pk}")
    assert "You are right." in mail.body


def test_st23_nobody_contests_for_another_nor_twice():
    ines, mallory = make_creator(), make_affiliate()
    mark, person = make_mark(ines), person_of(ines)
    theirs = make_mark(make_creator())
    standing.contest(ines.pk, mark_id=None, text="Wrong.", by_id=person.pk, now=NOW)

    for refused in (
        {"mark_id": mark.pk, "text": "No.", "by_id": person_of(mallory).pk},
        {"mark_id": theirs.pk, "text": "No.", "by_id": person.pk},
        {"mark_id": None, "text": "Otherwise wrong.", "by_id": person.pk},
        {"mark_id": mark.pk, "text": " ", "by_id": person.pk},
    ):
        with pytest.raises(ContestRefused):
            standing.contest(ines.pk, **refused, now=NOW)
    assert StandingContest.objects.get().text == "Wrong."
