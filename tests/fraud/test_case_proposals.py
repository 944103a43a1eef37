"""Decisions with much at stake: one person proposes, a second agrees (CA22, CA23)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from core.money import Money
from fraud.models import Case, CaseProposal, DecisionLimit, ProposalStatus
from fraud.services import appeals, case_proposals, case_work, cases
from fraud.services.case_proposals import LimitRefused, NotTheirs, SecondPersonNeeded
from tests.builders import NOW, make_case, make_credit, make_screening, make_user
from tests.fraud.case_world import credit_ids, make_held_case
from tests.people import person_of

pytestmark = pytest.mark.django_db

LATER, LATEST = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
LIMIT = DecisionLimit.AT_FIRST_MINOR
MUCH = [Money(LIMIT, "EUR"), Money(5, "USD")]


def manager():
    return make_user(roles=["manager"])


def decide(case, actor, *, verdict="confirmed", stakes=MUCH, now=LATER, **overrides):
    fields = {"reason": "Own orders.", "message": "They are yours.", **overrides}
    return case_proposals.decide(
        case_id=case.pk, verdict=verdict, actor_id=actor.pk, stakes=stakes, now=now, **fields
    )


def rulings(case):
    return list(case.credits.order_by("pk").values_list("ruling", flat=True))


@pytest.mark.parametrize("verdict", ["confirmed", "dismissed"])
def test_below_the_limit_one_person_decides(verdict):
    case = make_held_case()
    stakes = [Money(LIMIT - 1, "EUR"), Money(LIMIT - 1, "USD")]
    assert decide(case, manager(), verdict=verdict, stakes=stakes) is None
    case.refresh_from_db()
    assert case.status == verdict
    assert not CaseProposal.objects.exists()


@pytest.mark.parametrize("verdict", ["confirmed", "dismissed"])
def test_from_the_limit_on_nothing_happens_until_a_second_person_agrees(verdict):
    case, one, other = make_held_case(), manager(), manager()
    chosen = credit_ids(case)[:1] if verdict == "confirmed" else None

    made = decide(case, one, verdict=verdict, refused=chosen)

    case.refresh_from_db()
    assert (case.status, set(rulings(case))) == ("open", {"waiting"})
    assert (made.at_stake_minor, made.currency) == (LIMIT, "EUR")
    told = Delivery.objects.get()
    assert told.recipient == other.email
    assert "Own orders." in told.body
    Delivery.objects.all().delete()

    for _again in range(2):
        case_proposals.agree(proposal_id=made.pk, actor_id=other.pk, now=LATEST)

    case.refresh_from_db()
    assert (case.status, case.decided_by, case.reason) == (verdict, other, "Own orders.")
    assert case.message.endswith("They are yours.")
    fell = ["refused", "cleared", "cleared"] if chosen else ["cleared"] * 3
    assert rulings(case) == fell
    assert Delivery.objects.get().recipient == person_of(case.affiliate).email
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["case.decision_proposed", f"case.{verdict}", "case.decision_agreed"]


def test_who_proposed_it_does_not_agree_to_it():
    case, one = make_held_case(), manager()
    made = decide(case, one)
    with pytest.raises(SecondPersonNeeded):
        case_proposals.agree(proposal_id=made.pk, actor_id=one.pk, now=LATEST)
    with pytest.raises(SecondPersonNeeded):
        case_proposals.decline(proposal_id=made.pk, actor_id=one.pk, reason="No.", now=LATEST)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseProposal.objects.filter(pk=made.pk).update(status="agreed", decided_by=one)
    assert Case.objects.get(pk=case.pk).status == "open"


def test_a_colleague_says_no_and_why_and_the_case_waits_on():
    case, one, other = make_held_case(), manager(), manager()
    made = decide(case, one)
    Delivery.objects.all().delete()
    with pytest.raises(cases.ReasonMissing):
        case_proposals.decline(proposal_id=made.pk, actor_id=other.pk, reason=" ", now=LATEST)

    for _again in range(2):
        case_proposals.decline(proposal_id=made.pk, actor_id=other.pk, reason="Ask.", now=LATEST)

    made.refresh_from_db()
    assert (made.status, made.decided_by, made.answer) == ("declined", other, "Ask.")
    assert Case.objects.get(pk=case.pk).status == "open"
    mail = Delivery.objects.get()
    assert mail.recipient == one.email
    assert "Ask." in mail.body
    with pytest.raises(InvalidTransition):
        case_proposals.agree(proposal_id=made.pk, actor_id=other.pk, now=LATEST)
    assert decide(case, one, reason="Asked.").pk != made.pk


def test_it_is_taken_back_by_who_proposed_it_alone():
    case, one, other = make_held_case(), manager(), manager()
    made = decide(case, one)
    with pytest.raises(NotTheirs):
        case_proposals.withdraw(proposal_id=made.pk, actor_id=other.pk, now=LATEST)
    for _again in range(2):
        case_proposals.withdraw(proposal_id=made.pk, actor_id=one.pk, now=LATEST)
    made.refresh_from_db()
    assert made.status == ProposalStatus.WITHDRAWN
    assert decide(case, other) is not None


def test_while_one_waits_nothing_else_is_decided():
    case, one, other = make_held_case(), manager(), manager()
    made = decide(case, one)
    assert decide(case, one) == made
    for act in (
        lambda: decide(case, one, reason="Another."),
        lambda: decide(case, other),
        lambda: decide(case, other, verdict="dismissed"),
        lambda: decide(case, other, stakes=[]),
        lambda: cases.dismiss(case_id=case.pk, actor_id=other.pk, reason="Fine.", now=LATER),
    ):
        with pytest.raises(cases.ProposalWaits):
            act()
    assert CaseProposal.objects.count() == 1
    assert set(rulings(case)) == {"waiting"}


def test_what_joined_since_it_was_proposed_is_not_decided_unseen():
    case, one, other = make_held_case(), manager(), manager()
    made = decide(case, one)
    credit = make_screening(make_credit(case.affiliate), decision="hold").credit
    case.credits.create(credit=credit, added_at=LATER)

    with pytest.raises(cases.CaseChanged):
        case_proposals.agree(proposal_id=made.pk, actor_id=other.pk, now=LATEST)

    made.refresh_from_db()
    assert (made.status, made.decided_by) == ("proposed", None)


@pytest.mark.parametrize("fields", [{"looked_at": [1]}, {"refused": []}, {"reason": " "}])
def test_a_proposal_is_as_sound_as_a_decision(fields):
    case = make_held_case()
    with pytest.raises((cases.CaseChanged, cases.ReasonMissing)):
        decide(case, manager(), **fields)
    assert not CaseProposal.objects.exists()


def test_nobody_proposes_or_agrees_about_their_own_account():
    case, one = make_held_case(), manager()
    own = person_of(case.affiliate)
    with pytest.raises(cases.OwnCase):
        decide(case, own)
    made = decide(case, one)
    with pytest.raises(cases.OwnCase):
        case_proposals.agree(proposal_id=made.pk, actor_id=own.pk, now=LATEST)
    with pytest.raises(cases.OwnCase):
        case_proposals.decline(proposal_id=made.pk, actor_id=own.pk, reason="No.", now=LATEST)
    assert Case.objects.get(pk=case.pk).status == "open"


def test_neither_of_the_two_decides_what_is_contested():
    case, one, other, third = make_held_case(), manager(), manager(), manager()
    made = decide(case, one)
    case_proposals.agree(proposal_id=made.pk, actor_id=other.pk, now=LATER)
    waits = make_case(
        make_screening(make_credit(case.affiliate), decision="hold"), family=case.family,
        assignee=one,
    )  # fmt: skip

    again = appeals.contest(
        case_id=case.pk, affiliate_id=case.affiliate_id, text="No.", now=LATEST,
        actor_id=person_of(case.affiliate).pk,
    )  # fmt: skip

    assert (again, again.assignee) == (waits, None)
    for person in (one, other):
        with pytest.raises(cases.SamePerson):
            decide(again, person, verdict="dismissed", stakes=[])
        with pytest.raises(cases.SamePerson):
            case_work.assign(case_id=again.pk, assignee_id=person.pk, actor_id=third.pk, now=LATEST)
    decide(again, third, verdict="dismissed", stakes=[])
    assert Case.objects.get(pk=again.pk).status == "dismissed"


# --- the limit -------------------------------------------------------------------------


def limit(minor, now, reason="Agreed with finance."):
    return case_proposals.change_limit(
        from_minor=minor, reason=reason, actor_id=manager().pk, now=now
    )


def needs(case, minor, now):
    return case_proposals.needs_second(case, [Money(minor, "EUR")], now=now)


def test_a_lower_limit_holds_at_once_and_a_higher_one_for_cases_opened_from_then_on():
    before = make_held_case(opened_at=NOW)
    limit(2 * LIMIT, LATER)
    after = make_held_case(opened_at=LATER)
    assert (needs(before, LIMIT, LATEST), needs(after, LIMIT, LATEST)) == (True, False)

    limit(500, LATEST)

    assert needs(before, 500, LATEST)
    assert needs(after, 500, LATEST)
    assert not needs(after, 499, LATEST)


def test_without_a_limit_one_person_decides_cases_opened_from_then_on():
    limit(None, NOW)
    case = make_held_case(opened_at=LATER)
    assert not needs(case, 100 * LIMIT, LATER)
    assert not case_proposals.needs_second(case, [], now=LATER)


def test_the_limit_is_kept_with_its_reason_and_said_once():
    assert limit(LIMIT, NOW) is None
    for _again in range(2):
        limit(500, NOW)
    row = DecisionLimit.objects.get()
    assert (row.from_minor, row.reason) == (500, "Agreed with finance.")
    entry = AuditEntry.objects.get(verb="decision_limit.set")
    assert entry.data == {"before_minor": LIMIT, "after_minor": 500}
    assert limit(700, NOW).valid_from > row.valid_from


@pytest.mark.parametrize(("minor", "reason"), [(0, "Why not."), (-5, "Why not."), (500, " ")])
def test_a_limit_without_sense_or_reason_is_refused(minor, reason):
    with pytest.raises(LimitRefused):
        limit(minor, NOW, reason)
    assert not DecisionLimit.objects.exists()


def test_a_limit_that_held_is_never_changed():
    row = limit(500, NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        DecisionLimit.objects.filter(pk=row.pk).update(from_minor=1)
    assert DecisionLimit.objects.get().from_minor == 500


@pytest.mark.parametrize("old", ProposalStatus)
@pytest.mark.parametrize("new", ProposalStatus)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    made = CaseProposal(status=old)
    if new in CaseProposal.ARROWS[old]:
        made.move_to(new, at=NOW)
        assert made.status == new
    else:
        with pytest.raises(InvalidTransition):
            made.move_to(new, at=NOW)
