"""Sanctions that are contested: somebody else looks at them."""

from datetime import timedelta

import pytest

from core.models import AuditEntry, Delivery
from fraud.models import CaseCredit, Sanction
from fraud.services import appeals, cases, sanctions
from tests.builders import (
    NOW,
    make_affiliate,
)
from tests.fraud.case_world import make_guilty
from tests.fraud.sanction_stories import LATER, lift, manager, propose, stopped, suspend
from tests.people import make_sam, person_of

pytestmark = pytest.mark.django_db


def contest(sanction, affiliate, text="I did not."):
    return sanctions.contest(
        sanction_id=sanction.pk,
        affiliate_id=affiliate.pk,
        text=text,
        actor_id=person_of(affiliate).pk,
        now=LATER,
    )


def test_a_sanction_is_contested_once_and_somebody_else_looks_at_it():
    affiliate, sam, other = make_guilty(), make_sam(), manager()
    sanction = suspend(affiliate, sam)
    case = contest(sanction, affiliate)
    assert contest(sanction, affiliate) == case
    with pytest.raises(appeals.AlreadyContested):
        contest(sanction, affiliate, "Really not.")
    assert case.messages.get().text == "I did not."
    assert stopped(affiliate, LATER) == {"links", "codes", "payouts"}

    with pytest.raises(cases.SamePerson):
        cases.dismiss(case_id=case.pk, actor_id=sam.pk, reason="No.", now=LATER)
    assert cases.dismiss(case_id=case.pk, actor_id=other.pk, reason="Yes.", now=LATER)


def test_nobody_contests_what_is_another_affiliates_or_over():
    affiliate, sam = make_guilty(), make_sam()
    sanction, mallory = suspend(affiliate, sam), make_affiliate()
    with pytest.raises(Sanction.DoesNotExist):
        contest(sanction, mallory)
    lift(sanction, sam)
    with pytest.raises(appeals.NotContestable):
        contest(sanction, affiliate)
    assert not CaseCredit.objects.exists()


def decide(verb, case, actor, **more):
    words = {"reason": "We erred.", "message": "Sorry.", "now": LATER}
    return verb(case_id=case.pk, actor_id=actor.pk, **{**words, **more})


@pytest.mark.parametrize("is_ban", [False, True])
def test_dismissing_the_case_that_contests_a_sanction_lifts_it_and_one_mail_says_so(is_ban):
    affiliate, author, second = make_guilty(), manager(), manager()
    reader = person_of(affiliate)
    if is_ban:
        ban = propose(affiliate, author)
        sanction = sanctions.agree(sanction_id=ban.pk, actor_id=second.pk, now=NOW)
    else:
        sanction = suspend(affiliate, author)
    case = contest(sanction, affiliate)
    before = Delivery.objects.filter(recipient=reader.email).count()

    judge = manager()
    decide(cases.dismiss, case, judge)
    decide(cases.dismiss, case, judge)

    sanction.refresh_from_db()
    affiliate.refresh_from_db()
    case.refresh_from_db()
    assert (sanction.status, affiliate.status, stopped(affiliate, LATER)) == (
        "lifted", "active", set(),
    )  # fmt: skip
    told = Delivery.objects.filter(recipient=reader.email).order_by("pk")[before:]
    assert len(told) == 1
    assert case.message in told[0].body
    entry = AuditEntry.objects.get(verb="sanction.lifted")
    assert (entry.actor_id, entry.reason) == (judge.pk, "We erred.")


def test_confirming_the_case_that_contests_a_sanction_leaves_it_in_force():
    affiliate, author = make_guilty(), manager()
    sanction = suspend(affiliate, author, ["payouts"])
    case = contest(sanction, affiliate)

    decide(cases.confirm, case, manager())

    sanction.refresh_from_db()
    assert (sanction.status, stopped(affiliate, LATER)) == ("in_force", {"payouts"})


def test_nobody_lifts_by_dismissing_what_they_have_stopped():
    affiliate, author = make_guilty(), manager()
    sanction = suspend(affiliate, author)
    case = contest(sanction, affiliate)

    with pytest.raises(cases.SamePerson):
        decide(cases.dismiss, case, author)

    sanction.refresh_from_db()
    assert sanction.status == "in_force"


def test_dismissing_it_after_the_sanction_ended_lifts_nothing_more():
    affiliate, author = make_guilty(), manager()
    sanction = suspend(affiliate, author)
    case = contest(sanction, affiliate)
    lift(sanction, manager(), now=LATER - timedelta(minutes=1))

    decide(cases.dismiss, case, manager())

    assert AuditEntry.objects.filter(verb="sanction.lifted").count() == 1
