from datetime import timedelta

import pytest

from core.models import AuditEntry, Delivery
from fraud.models import Case, Decision
from fraud.queries.cases import alike, precision_of
from fraud.services import appeals, case_work, cases
from fraud.services.holding import Held, hold_credits
from tests.builders import NOW, make_affiliate, make_case, make_credit, make_screening, make_user
from tests.fraud.case_world import credit_ids, found, make_held_case
from tests.people import make_sam, person_of

pytestmark = pytest.mark.django_db

LATER, LATEST = NOW + timedelta(hours=1), NOW + timedelta(hours=2)


def confirm(case, actor, **overrides):
    fields = {"case_id": case.pk, "actor_id": actor.pk, "reason": "Own orders.", "now": LATER}
    return cases.confirm(**{**fields, **overrides})


def contest(case, text="My cousin, not me.", affiliate=None):
    affiliate = affiliate or case.affiliate
    return appeals.contest(
        case_id=case.pk,
        affiliate_id=affiliate.pk,
        text=text,
        actor_id=person_of(affiliate).pk,
        now=LATEST,
    )


def test_what_was_refused_waits_again_in_a_case_of_the_same_family():
    sam, other = make_sam(), make_user(roles=["manager"])
    case = make_held_case()
    fallen = credit_ids(case)[:2]
    confirm(case, sam, refused=fallen)
    Delivery.objects.all().delete()

    again = contest(case)

    case.refresh_from_db()
    assert (case.status, case.appealed_in) == ("confirmed", again)
    assert (again.status, again.family, again.affiliate) == ("open", case.family, case.affiliate)
    assert credit_ids(again) == fallen
    assert set(again.credits.values_list("ruling", flat=True)) == {"waiting"}
    message = again.messages.get()
    assert (message.text, message.is_appeal, message.is_from_affiliate) == (
        "My cousin, not me.",
        True,
        True,
    )
    told = set(Delivery.objects.values_list("recipient", flat=True))
    assert told == {sam.email, other.email}


def test_a_decision_is_contested_once():
    case = make_held_case()
    confirm(case, make_sam())
    again = contest(case)
    assert contest(case) == again
    with pytest.raises(appeals.AlreadyContested):
        contest(case, "And my aunt.")
    assert Case.objects.count() == 2
    assert AuditEntry.objects.filter(verb="case.appealed").count() == 1


def test_somebody_else_decides_it():
    sam, other = make_sam(), make_user(roles=["manager"])
    case = make_held_case()
    confirm(case, sam)
    again = contest(case)
    with pytest.raises(cases.SamePerson):
        confirm(again, sam)
    with pytest.raises(cases.SamePerson):
        case_work.assign(case_id=again.pk, assignee_id=sam.pk, actor_id=other.pk, now=LATEST)
    assert confirm(again, other).status == "confirmed"


def test_what_decides_an_appeal_is_final():
    case = make_held_case()
    confirm(case, make_sam())
    again = contest(case)
    Delivery.objects.all().delete()
    confirm(again, make_user(roles=["manager"]))
    with pytest.raises(appeals.NotContestable):
        contest(again)
    assert "somebody else of the team" not in Delivery.objects.get().body


def test_what_joined_the_appeal_anew_can_be_contested():
    case = make_held_case()
    confirm(case, make_sam())
    again = contest(case)
    new = make_screening(make_credit(case.affiliate), decision=Decision.HOLD).credit
    hold_credits([Held(credit=new, families=frozenset([case.family]))], now=LATEST)
    confirm(again, make_user(roles=["manager"]))
    assert credit_ids(contest(again)) == [new.pk]


def test_an_appeal_joins_the_case_that_is_open_and_is_nobodys_who_decided():
    sam = make_sam()
    case = make_held_case()
    confirm(case, sam)
    opened = make_held_case(case.affiliate, credits=1, assignee=sam)
    assert contest(case) == opened
    opened.refresh_from_db()
    assert opened.assignee is None
    assert opened.credits.count() == 4


def open_one():
    return make_held_case()


def dismissed_one():
    case = make_held_case()
    return cases.dismiss(case_id=case.pk, actor_id=make_sam().pk, reason="Fine.", now=LATER)


@pytest.mark.parametrize("made", [open_one, dismissed_one])
def test_only_what_was_decided_against_somebody_is_contested(made):
    case = made()
    with pytest.raises(appeals.NotContestable):
        contest(case)


def test_nobody_contests_another_affiliates_case_nor_without_words():
    case = make_held_case()
    confirm(case, make_sam())
    with pytest.raises(Case.DoesNotExist):
        contest(case, affiliate=make_affiliate())
    with pytest.raises(cases.ReasonMissing):
        contest(case, " ")
    assert Case.objects.count() == 1


# --- what was alike ----------------------------------------------------------------


def decided_case(code, family="session", *, status="confirmed"):
    signal = found(make_affiliate(), code, family, severity="hold")
    return make_case(
        signal.screening, family=family, status=status, decided_by=make_user(), reason="So."
    )


def test_past_cases_of_the_same_family_and_signal_are_shown_with_their_outcome():
    past = decided_case("basket_before_click")
    decided_case("session_overlap")
    decided_case("basket_before_click", "domain")
    signal = found(make_affiliate(), "basket_before_click", "session", severity="hold")
    case = make_case(signal.screening, family="session")

    one = alike(case)[0]

    assert [shown.case for shown in alike(case)] == [past]
    assert (one.codes, one.refused, one.cleared) == (("basket_before_click",), 1, 0)


def test_a_signal_was_right_where_people_refused():
    decided_case("basket_before_click")
    decided_case("basket_before_click", status="dismissed")
    signal = found(make_affiliate(), "basket_before_click", "session", severity="hold")
    make_case(signal.screening, family="session")
    assert precision_of("basket_before_click") == (2, 1)
