from datetime import timedelta

import pytest

from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from fraud.models import CaseCredit, Ruling
from fraud.services import cases
from tests.builders import NOW, make_affiliate, make_case, make_credit, make_user
from tests.fraud.case_world import credit_ids, make_held_case
from tests.people import make_sam, person_of

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def confirm(case, actor, **overrides):
    fields = {"case_id": case.pk, "actor_id": actor.pk, "reason": "Own orders.", "now": LATER}
    return cases.confirm(**{**fields, **overrides})


def rulings(case):
    return dict(case.credits.values_list("credit_id", "ruling"))


def test_chosen_credits_fall_and_the_others_stand():
    case, sam = make_held_case(), make_sam()
    first, second, third = credit_ids(case)

    confirm(case, sam, refused=[first, third])

    assert rulings(case) == {first: "refused", second: "cleared", third: "refused"}
    row = CaseCredit.objects.get(case=case, credit=first)
    assert (row.ruled_at, row.ruled_by) == (LATER, sam)
    assert AuditEntry.objects.get().data == {"refused": [first, third], "cleared": [second]}


def test_without_a_choice_all_fall():
    case = make_held_case()
    confirm(case, make_sam())
    assert set(rulings(case).values()) == {Ruling.REFUSED}


def test_a_dismissed_case_clears_all():
    case = make_held_case()
    cases.dismiss(case_id=case.pk, actor_id=make_sam().pk, reason="Fine.", now=LATER)
    assert set(rulings(case).values()) == {Ruling.CLEARED}


def refuse_nothing(case):
    return {"refused": []}


def refuse_another(case):
    return {"refused": [make_credit().pk]}


def looked_at_fewer(case):
    return {"looked_at": credit_ids(case)[:2]}


@pytest.mark.parametrize("odd", [refuse_nothing, refuse_another, looked_at_fewer])
def test_what_was_not_looked_at_is_not_decided(odd):
    case = make_held_case()
    with pytest.raises(cases.CaseChanged):
        confirm(case, make_sam(), **odd(case))
    case.refresh_from_db()
    assert case.status == "open"
    assert set(rulings(case).values()) == {Ruling.WAITING}
    assert not Delivery.objects.exists()


def test_a_case_without_credits_is_confirmed():
    case = make_case()
    case.credits.all().delete()
    assert confirm(case, make_sam()).status == "confirmed"


def test_the_affiliate_reads_the_words_that_were_chosen():
    affiliate = make_affiliate()
    case = make_held_case(affiliate)

    confirm(case, make_sam(), message=" Two of them were ordered by you. ")

    mail = Delivery.objects.get()
    assert mail.recipient == person_of(affiliate).email
    assert "Two of them were ordered by you." in mail.body
    assert f"/portal/cases/{case.public_id}/" in mail.body
    assert "somebody else of the team decides again" in mail.body
    case.refresh_from_db()
    assert case.message.startswith("We have looked at the 3 sales")
    assert case.message.endswith("\n\nTwo of them were ordered by you.")


def test_without_words_it_reads_the_standard_ones_in_its_language():
    affiliate = make_affiliate(user=make_user(language="en"))
    case = make_held_case(affiliate)
    confirm(case, make_sam(), refused=credit_ids(case)[:1])
    said = "We have looked at the 3 sales that were held: 1 of them do not count, the others do."
    assert said in Delivery.objects.get().body
    case.refresh_from_db()
    assert case.message == said


def test_the_same_choice_again_changes_nothing_and_another_is_refused():
    case, sam = make_held_case(), make_sam()
    chosen = credit_ids(case)[:1]
    confirm(case, sam, refused=chosen)

    assert confirm(case, sam, refused=chosen, now=NOW).status_changed_at == LATER
    with pytest.raises(InvalidTransition):
        confirm(case, sam, refused=credit_ids(case)[1:])

    assert AuditEntry.objects.count() == Delivery.objects.count() == 1


def test_a_decision_ends_what_was_put_off_and_asked():
    case = make_held_case(snoozed_until=LATER, answer_due_at=LATER)
    confirm(case, make_sam())
    case.refresh_from_db()
    assert (case.snoozed_until, case.answer_due_at) == (None, None)
