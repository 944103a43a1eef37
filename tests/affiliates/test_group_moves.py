"""Moving an affiliate to another group: what holds on which day, notice, own terms between.

Each row of a table is rule T13 of docs/rules/terms.md.
"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from affiliates.domain.terms_diff import Effect
from affiliates.models import Affiliate, GroupMove, TermsNotice
from affiliates.queries import TermsIndex, concerned_by, group_at, terms_for, terms_history
from affiliates.services import accounts, group_moves, terms_notices
from affiliates.services.terms import ActualMarginForbidden
from core.models import AuditEntry, Delivery
from tests.affiliates.terms_world import published
from tests.builders import LONG_AGO, NOW, make_affiliate, make_group, make_terms, make_user
from tests.people import make_sam

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NOTICE = 15 * DAY


def make_groups(rate_bps):
    """An affiliate of a group that pays 20 %, and another group that pays ``rate_bps``."""
    affiliate = make_affiliate(name="Le Carnet")
    return affiliate, make_group(slug="others", terms={"rate_bps": rate_bps})


def move(affiliate, group, *, begins_at=None, now=NOW):
    return group_moves.move(
        affiliate_id=affiliate.pk, group_id=group.pk, begins_at=begins_at,
        actor_id=make_user().pk, now=now,
    )  # fmt: skip


def rate(affiliate, moment):
    return terms_for(affiliate.pk, moment).rate_bps


def mails(affiliate):
    return Delivery.objects.filter(recipient=affiliate.memberships.get().user.email)


@pytest.mark.parametrize(
    ("rule", "rate_bps", "days", "is_refused"),
    [
        ("T13", 2_500, 0, False),
        ("T13", 2_000, 0, False),
        ("T13", 1_500, 0, True),
        ("T13", 1_500, 14, True),
        ("T13", 1_500, 15, False),
    ],
)
def test_a_move_waits_only_for_what_is_worse(rule, rate_bps, days, is_refused):
    affiliate, others = make_groups(rate_bps)
    begins = NOW + days * DAY

    if is_refused:
        with pytest.raises(group_moves.MovesTooEarly, match="15 days before"):
            move(affiliate, others, begins_at=begins)
        assert not GroupMove.objects.exists()
        assert not mails(affiliate).exists()
        assert rate(affiliate, begins) == 2_000
    else:
        move(affiliate, others, begins_at=begins)
        assert (rate(affiliate, begins - DAY), rate(affiliate, begins)) == (2_000, rate_bps)


def test_better_terms_hold_at_once_and_earlier_orders_keep_theirs():
    affiliate, others = make_groups(2_500)

    move(affiliate, others)

    affiliate.refresh_from_db()
    assert affiliate.group == others
    assert rate(affiliate, NOW - timedelta(seconds=1)) == 2_000
    assert rate(affiliate, NOW) == 2_500
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {
        "affiliate.move_announced", "affiliate.moved",
    }  # fmt: skip


def test_its_people_are_told_what_changes_and_may_answer():
    affiliate, others = make_groups(1_500)

    made = move(affiliate, others, begins_at=NOW + NOTICE)

    mail = mails(affiliate).get()
    assert mail.subject == "Your group from 30 June 2026"
    for words in ("“Others”", "Base rate: 15% (before: 20%)", "/portal/terms/"):
        assert words in mail.body
    notice = TermsNotice.objects.get()
    assert (notice.terms, notice.is_worse, made.is_worse) == (others.terms.get(), True, True)
    user = affiliate.memberships.get().user
    terms_notices.object_to(
        terms_id=notice.terms_id, affiliate_id=affiliate.pk, actor_id=user.pk, text="No.", now=NOW
    )


def test_a_move_to_come_is_carried_out_once_when_it_begins():
    affiliate, others = make_groups(1_500)
    move(affiliate, others, begins_at=NOW + NOTICE)

    assert group_moves.begin_due(now=NOW + NOTICE - DAY) == 0
    assert Affiliate.objects.get().group != others
    # Late, or not yet: what holds on a day does not wait for it.
    assert rate(affiliate, NOW + NOTICE) == 1_500
    assert group_moves.begin_due(now=NOW + NOTICE) == 1
    assert group_moves.begin_due(now=NOW + NOTICE) == 0
    assert Affiliate.objects.get().group == others
    assert (rate(affiliate, NOW), rate(affiliate, NOW + NOTICE)) == (2_000, 1_500)


def test_own_terms_without_an_end_go_on_so_that_nothing_changes():
    affiliate, others = make_groups(1_500)
    own = make_terms(affiliate=affiliate, rate_bps=3_000)

    made = move(affiliate, others)

    assert (made.is_worse, terms_for(affiliate.pk, NOW + 400 * DAY)) == (False, own)
    assert "Nothing changes in what you earn." in mails(affiliate).get().body
    assert not TermsNotice.objects.exists()


@pytest.mark.parametrize(("days", "is_refused"), [(14, True), (15, False)])
def test_own_terms_bridge_the_notice(days, is_refused):
    affiliate, others = make_groups(1_500)
    make_terms(affiliate=affiliate, rate_bps=3_000, valid_to=NOW + days * DAY)

    if is_refused:
        with pytest.raises(group_moves.MovesTooEarly, match="terms of its own"):
            move(affiliate, others)
    else:
        move(affiliate, others)
        assert (rate(affiliate, NOW), rate(affiliate, NOW + days * DAY)) == (3_000, 1_500)
        assert "stay as they are until 30 June 2026" in mails(affiliate).get().body


def test_what_the_group_announced_counts_too():
    affiliate, others = make_groups(2_500)
    published(group=others, rate_bps=1_500, valid_from=NOW + 16 * DAY, now=NOW)
    later = NOW + 10 * DAY

    with pytest.raises(group_moves.MovesTooEarly):
        move(affiliate, others, now=later)

    move(affiliate, others, begins_at=later + NOTICE, now=later)
    assert rate(affiliate, later + NOTICE) == 1_500


def test_terms_of_the_next_group_are_told_to_those_who_come_and_not_to_those_who_leave():
    affiliate, others = make_groups(2_500)
    begins = NOW + 10 * DAY
    move(affiliate, others, begins_at=begins)

    old = published(group=affiliate.group, rate_bps=2_100, valid_from=NOW + 11 * DAY, now=NOW)
    new = published(group=others, rate_bps=2_600, valid_from=NOW + 11 * DAY, now=NOW)

    assert not concerned_by(old, NOW + 11 * DAY).exists()
    assert concerned_by(new, NOW + 9 * DAY).count() == 0
    assert concerned_by(new, NOW + 11 * DAY).get() == affiliate
    assert TermsNotice.objects.filter(terms=new).count() == 1
    assert not TermsNotice.objects.filter(terms=old).exists()
    assert terms_notices.tell_pending(now=NOW) == 0


def test_whoever_moves_after_an_announcement_is_told_of_it():
    affiliate, others = make_groups(2_500)
    new = published(group=others, rate_bps=2_600, valid_from=NOW + 11 * DAY, now=NOW)

    move(affiliate, others)

    assert terms_notices.tell_pending(now=NOW) == 1
    assert terms_notices.tell_pending(now=NOW) == 0
    assert TermsNotice.objects.filter(terms=new, affiliate=affiliate).exists()


def test_a_move_is_announced_once():
    affiliate, others = make_groups(2_500)
    third = make_group(slug="third")
    begins = NOW + 10 * DAY

    assert move(affiliate, others, begins_at=begins) == move(affiliate, others, begins_at=begins)
    with pytest.raises(group_moves.MoveUnderWay):
        move(affiliate, third)
    assert mails(affiliate).count() == 1


def test_a_move_is_taken_back_and_told():
    affiliate, others = make_groups(1_500)
    move(affiliate, others, begins_at=NOW + NOTICE)

    group_moves.cancel(affiliate_id=affiliate.pk, actor_id=make_user().pk, now=NOW + DAY)

    assert rate(affiliate, NOW + NOTICE) == 2_000
    assert group_moves.begin_due(now=NOW + NOTICE) == 0
    assert not TermsNotice.objects.exists()
    assert mails(affiliate).latest("pk").subject == "You stay in your group"
    with pytest.raises(group_moves.NoMoveToCome):
        group_moves.cancel(affiliate_id=affiliate.pk, actor_id=make_user().pk, now=NOW + DAY)


@pytest.mark.parametrize(("days", "is_refused"), [(14, True), (15, False)])
def test_what_was_promised_is_not_taken_back_too_late(days, is_refused):
    affiliate, others = make_groups(2_500)
    move(affiliate, others, begins_at=NOW + days * DAY)
    who = {"affiliate_id": affiliate.pk, "actor_id": make_user().pk, "now": NOW}

    if is_refused:
        with pytest.raises(group_moves.MovePromised):
            group_moves.cancel(**who)
        assert rate(affiliate, NOW + days * DAY) == 2_500
    else:
        group_moves.cancel(**who)
        assert rate(affiliate, NOW + days * DAY) == 2_000


def test_moves_that_cannot_be_are_refused():
    affiliate, others = make_groups(2_500)
    empty = make_group(slug="empty")
    empty.terms.update(valid_to=NOW)

    for group, words in ((affiliate.group, "already"), (empty, "no terms on 15 June 2026")):
        with pytest.raises(group_moves.MoveRefused, match=words):
            move(affiliate, group)
    with pytest.raises(group_moves.MovesInPast):
        move(affiliate, others, begins_at=NOW - DAY)
    accounts.close(affiliate_id=affiliate.pk, actor_id=make_sam().pk, reason="Asked for.", now=NOW)
    with pytest.raises(group_moves.MoveRefused, match="closed"):
        move(affiliate, others)
    assert not GroupMove.objects.exists()


def test_actual_margin_does_not_follow_to_people_who_may_not_know_costs():
    affiliate, others = make_groups(2_500)
    make_terms(affiliate=affiliate, basis="actual")
    with pytest.raises(group_moves.MoveRefused, match="actual margin"):
        move(affiliate, others)

    seeing = make_affiliate(group=make_group(slug="stores", sees_costs=True))
    move(seeing, others, begins_at=NOW + NOTICE)
    with pytest.raises(ActualMarginForbidden):
        published(affiliate=seeing, basis="actual", valid_from=NOW + 20 * DAY)


def test_the_history_of_an_affiliate_is_that_of_its_groups_while_it_was_in_them():
    affiliate, others = make_groups(2_500)
    first, second = affiliate.group.terms.get(), others.terms.get()

    move(affiliate, others)

    assert [(one.terms, one.since, one.until) for one in terms_history(affiliate)] == [
        (second, NOW, None), (first, LONG_AGO, NOW),
    ]  # fmt: skip
    assert group_at(affiliate.pk, NOW - DAY) == first.group_id
    assert terms_notices.queries.predecessor(second) is None


def test_many_affiliates_with_moves_take_two_queries(django_assert_num_queries):
    others = make_group(slug="others", terms={"rate_bps": 2_500})
    affiliates = [make_affiliate() for _one in range(5)]
    for one in affiliates:
        move(one, others)

    with django_assert_num_queries(2):
        index = TermsIndex([one.pk for one in affiliates])
        rates = {(index.at(one.pk, NOW - DAY).rate_bps, index.at(one.pk, NOW).rate_bps)
                 for one in affiliates}  # fmt: skip
    assert rates == {(2_000, 2_500)}


def test_the_database_keeps_one_move_to_come_and_none_to_the_same_group():
    affiliate, others = make_groups(2_500)
    made = move(affiliate, others, begins_at=NOW + DAY)
    fields = {"affiliate": affiliate, "before": affiliate.group, "begins_at": NOW + 2 * DAY,
              "is_worse": False, "told_at": NOW, "author": made.author}  # fmt: skip

    for after in (others, affiliate.group):
        with pytest.raises(IntegrityError), transaction.atomic():
            GroupMove.objects.create(after=after, **fields)


def test_the_first_difference_is_what_is_shown():
    affiliate, others = make_groups(2_500)

    found = group_moves.examine(
        affiliate_id=affiliate.pk, group_id=others.pk, begins_at=None, now=NOW
    )

    assert [change.effect for change in found.changes] == [Effect.BETTER]
    assert (found.first_at, found.earliest, found.is_worse) == (NOW, NOW, False)
