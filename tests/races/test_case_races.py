"""Cases and sanctions against themselves: of several who act at once, one is first."""

from datetime import timedelta

import pytest

from affiliates.models import Stop
from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from fraud.models import Case, CaseCredit, Decision, Sanction
from fraud.services import appeals, case_work, cases, sanctions
from fraud.services.holding import Held, hold_credits
from tests.builders import NOW, make_affiliate, make_case, make_credit, make_screening, make_user
from tests.fraud.case_world import make_guilty, make_held_case
from tests.people import person_of
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LATER = NOW + timedelta(hours=1)


def managers(number=8):
    return [make_user(roles=["manager"]).pk for _number in range(number)]


def test_of_those_who_confirm_and_dismiss_one_is_first():
    case, people = make_held_case(), managers()

    def decide(place):
        act = cases.confirm if place % 2 else cases.dismiss
        return act(case_id=case.pk, actor_id=people[place], reason="So.", now=LATER)

    answers = at_once(8, decide)

    case.refresh_from_db()
    assert {type(error) for error in raised(answers)} == {InvalidTransition}
    assert len(raised(answers)) == 7
    said = {"confirmed": "refused", "dismissed": "cleared"}[case.status]
    assert set(case.credits.values_list("ruling", flat=True)) == {said}
    assert AuditEntry.objects.count() == Delivery.objects.filter(
        recipient=person_of(case.affiliate).email
    ).count() == 1  # fmt: skip


def test_a_sale_that_is_held_while_the_case_is_decided_is_never_lost():
    affiliate = make_affiliate()
    case, boss = make_held_case(affiliate, family="session"), managers(1)[0]
    new = [make_screening(make_credit(affiliate), decision=Decision.HOLD).credit for _ in range(7)]

    def act(place):
        if place == 7:
            return cases.confirm(case_id=case.pk, actor_id=boss, reason="So.", now=LATER)
        held = Held(credit=new[place], families=frozenset(["session"]))
        return hold_credits([held], now=LATER)

    assert raised(at_once(8, act)) == []

    for credit in new:
        row = CaseCredit.objects.get(credit=credit)
        assert (row.ruling == "waiting") == (row.case.status == "open")


def test_a_decision_contested_twenty_times_at_once_is_contested_once():
    case = make_held_case()
    cases.confirm(case_id=case.pk, actor_id=managers(1)[0], reason="So.", now=LATER)
    person = person_of(case.affiliate).pk

    answers = at_once(
        20,
        lambda _number: (
            appeals.contest(
                case_id=case.pk,
                affiliate_id=case.affiliate_id,
                text="No.",
                actor_id=person,
                now=LATER,
            ).pk
        ),
    )

    assert raised(answers) == []
    assert len(set(answers)) == 1
    assert Case.objects.count() == 2
    assert CaseCredit.objects.filter(case=answers[0]).count() == 3
    assert AuditEntry.objects.filter(verb="case.appealed").count() == 1


def test_cases_escalated_by_ten_workers_are_told_of_once():
    boss = make_user(roles=["manager"])
    for family in ("identity", "session", "domain"):
        make_case(opened_at=NOW - timedelta(days=20), family=family)

    answers = at_once(10, lambda _number: case_work.escalate(now=NOW))

    assert raised(answers) == []
    assert sum(answers) == 3
    bodies = "".join(Delivery.objects.filter(recipient=boss.email).values_list("body", flat=True))
    assert all(bodies.count(str(case.public_id)) == 1 for case in Case.objects.all())


def test_a_ban_that_many_agree_to_or_reject_at_once_has_one_outcome():
    affiliate, people = make_guilty(), managers()
    ban = sanctions.propose_ban(
        affiliate_id=affiliate.pk, reason="So.", message="So.", actor_id=managers(1)[0], now=NOW
    )

    def decide(place):
        if place % 2:
            return sanctions.agree(sanction_id=ban.pk, actor_id=people[place], now=LATER)
        return sanctions.reject(sanction_id=ban.pk, actor_id=people[place], reason="No.", now=LATER)

    answers = at_once(8, decide)

    ban.refresh_from_db()
    affiliate.refresh_from_db()
    assert len(raised(answers)) == 7
    held = ban.status == "in_force"
    assert ban.status in {"in_force", "rejected"}
    assert Stop.objects.count() == (3 if held else 0)
    assert (affiliate.status == "closed") == held


def test_a_suspension_asked_for_ten_times_at_once_is_one():
    affiliate, boss = make_guilty(), managers(1)[0]

    answers = at_once(
        10,
        lambda _number: sanctions.suspend(
            affiliate_id=affiliate.pk, measures=["links"], reason="So.", message="So.",
            actor_id=boss, now=NOW,
        ).pk,
    )  # fmt: skip

    assert raised(answers) == []
    assert set(answers) == {Sanction.objects.get().pk}
    assert Stop.objects.count() == 1
