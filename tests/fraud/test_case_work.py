from datetime import timedelta

import pytest

from core.models import AuditEntry, Delivery
from fraud.models import Case, CaseMessage, SignalPause
from fraud.services import case_messages, case_work, cases, pauses
from fraud.services.screening import screen_pending
from tests.builders import (
    NOW,
    email_key_of,
    make_affiliate,
    make_case,
    make_credit,
    make_order,
    make_screening,
    make_user,
)
from tests.people import make_fin, make_sam, person_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def team():
    return make_user(roles=["manager"], language="en")


# --- who has it --------------------------------------------------------------------


def test_a_case_is_given_to_a_manager_who_is_told():
    case, sam, other = make_case(), make_sam(), team()
    for _ in range(2):
        case_work.assign(case_id=case.pk, assignee_id=other.pk, actor_id=sam.pk, now=NOW)
    case.refresh_from_db()
    assert case.assignee == other
    assert Delivery.objects.get().recipient == other.email
    assert AuditEntry.objects.get().verb == "case.assigned"


def test_who_takes_a_case_needs_no_mail_and_may_give_it_back():
    case, sam = make_case(), make_sam()
    case_work.assign(case_id=case.pk, assignee_id=sam.pk, actor_id=sam.pk, now=NOW)
    case_work.assign(case_id=case.pk, assignee_id=None, actor_id=sam.pk, now=NOW)
    case.refresh_from_db()
    assert case.assignee is None
    assert not Delivery.objects.exists()


def test_only_a_manager_can_have_a_case_and_nobody_their_own():
    case, sam = make_case(), make_sam()
    with pytest.raises(case_work.NotOfTheTeam):
        case_work.assign(case_id=case.pk, assignee_id=make_fin().pk, actor_id=sam.pk, now=NOW)
    own = person_of(case.affiliate)
    own.groups.set(sam.groups.all())
    with pytest.raises(cases.OwnCase):
        case_work.assign(case_id=case.pk, assignee_id=own.pk, actor_id=sam.pk, now=NOW)


def test_what_the_affiliate_writes_is_told_to_every_manager_when_who_has_it_left():
    case, sam, other = make_case(), make_sam(), team()
    case_work.assign(case_id=case.pk, assignee_id=sam.pk, actor_id=sam.pk, now=NOW)
    sam.groups.clear()

    say(case, "I can explain.")

    assert [one.person for one in Delivery.objects.all()] == [other]


# --- put off -----------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [timedelta(), -DAY, 31 * DAY])
def test_a_case_is_put_off_to_a_day_within_a_month(ahead):
    case = make_case()
    with pytest.raises(case_work.SnoozeDay):
        snooze(case, NOW + ahead)
    case.refresh_from_db()
    assert case.snoozed_until is None


def snooze(case, until, reason="Waiting for the shop."):
    return case_work.snooze(
        case_id=case.pk, until=until, actor_id=make_user().pk, reason=reason, now=NOW
    )


def test_a_case_put_off_comes_back_by_hand_and_when_the_affiliate_writes():
    case, sam = make_case(), make_sam()
    assert snooze(case, NOW + 30 * DAY).snoozed_until == NOW + 30 * DAY
    case_work.wake(case_id=case.pk, actor_id=sam.pk, now=NOW)
    assert snooze(case, NOW + DAY).snoozed_until == NOW + DAY

    say(case, "I can explain.")

    case.refresh_from_db()
    assert case.snoozed_until is None


def test_a_case_is_not_put_off_without_a_reason():
    with pytest.raises(cases.ReasonMissing):
        snooze(make_case(), NOW + DAY, " ")


# --- too long ----------------------------------------------------------------------


def test_managers_are_told_once_of_cases_that_hold_for_more_than_fifteen_days():
    first, second = team(), team()
    late = make_case(opened_at=NOW - 15 * DAY, snoozed_until=NOW + DAY)
    make_case(opened_at=NOW - 14 * DAY, family="session")
    make_case(opened_at=NOW - 40 * DAY, family="domain", severity="review")
    make_case(opened_at=NOW - 40 * DAY, status="dismissed", decided_by=first, reason="Fine.")

    assert [case_work.escalate(now=NOW), case_work.escalate(now=NOW + DAY)] == [1, 1]

    late.refresh_from_db()
    assert (late.status, late.escalated_at) == ("open", NOW)
    mails = Delivery.objects.filter(body__contains=str(late.public_id))
    assert {mail.recipient for mail in mails} == {first.email, second.email}
    assert mails.count() == 2


def test_a_case_that_is_nobodys_gets_an_owner_when_it_waits_too_long():
    busy, free, own, judge = team(), team(), team(), team()
    make_case(assignee=busy, family="session")
    affiliate = make_affiliate(user=own)
    first = make_case(make_screening(make_credit(affiliate)), status="confirmed",
                      decided_by=judge, reason="So.", opened_at=NOW - 30 * DAY)  # fmt: skip
    late = make_case(make_screening(make_credit(affiliate)), opened_at=NOW - 15 * DAY)
    Case.objects.filter(pk=first.pk).update(appealed_in=late)
    kept = make_case(family="domain", opened_at=NOW - 15 * DAY, assignee=busy)

    case_work.escalate(now=NOW)

    late.refresh_from_db()
    kept.refresh_from_db()
    assert (late.assignee, kept.assignee) == (free, busy)
    assert str(free) in Delivery.objects.filter(recipient=busy.email).get().body


# --- questions, answers, notes -----------------------------------------------------


def ask(case, text="Who owns ada.example?", due=10 * DAY, actor=None):
    return case_messages.ask(
        case_id=case.pk, text=text, due_at=NOW + due, actor_id=(actor or make_user()).pk, now=NOW
    )


def say(case, text, now=NOW):
    return case_messages.answer(
        case_id=case.pk,
        affiliate_id=case.affiliate_id,
        text=text,
        actor_id=person_of(case.affiliate).pk,
        now=now,
    )


def test_a_question_reaches_the_affiliate_and_the_answer_who_asked():
    case, sam = make_case(), make_sam()
    for _ in range(2):
        ask(case, actor=sam)
    case.refresh_from_db()
    assert (case.answer_due_at, case.assignee) == (NOW + 10 * DAY, sam)
    assert "Who owns ada.example?" in Delivery.objects.get().body

    for _ in range(2):
        say(case, "I do.", now=NOW + 20 * DAY)

    case.refresh_from_db()
    assert (case.status, case.answer_due_at) == ("open", None)
    assert list(case.messages.order_by("pk").values_list("text", "is_from_affiliate")) == [
        ("Who owns ada.example?", False),
        ("I do.", True),
    ]
    assert Delivery.objects.get(recipient=sam.email).body.count("I do.") == 1


def test_another_question_waits_for_the_answer_to_the_first():
    case = make_case()
    ask(case)
    with pytest.raises(case_messages.QuestionOpen):
        ask(case, "And why?")


@pytest.mark.parametrize("due", [timedelta(hours=1), 31 * DAY, -DAY])
def test_a_question_has_a_day_within_a_month(due):
    with pytest.raises(case_messages.AnswerDay):
        ask(make_case(), due=due)


def test_an_affiliate_answers_only_in_its_own_cases():
    case, mallory = make_case(), make_affiliate()
    with pytest.raises(type(case).DoesNotExist):
        case_messages.answer(
            case_id=case.pk,
            affiliate_id=mallory.pk,
            text="Mine?",
            actor_id=person_of(mallory).pk,
            now=NOW,
        )
    assert not CaseMessage.objects.exists()


def test_an_affiliate_does_not_write_without_end():
    case = make_case()
    for number in range(case_messages.MOST_ANSWERS):
        say(case, f"Message {number}")
    with pytest.raises(case_messages.TooMuch):
        say(case, "One more")


def test_a_note_is_for_the_team_and_nobody_is_mailed():
    case, sam = make_case(), make_sam()
    for _ in range(2):
        case_messages.note(case_id=case.pk, text="Known address.", actor_id=sam.pk, now=NOW)
    message = CaseMessage.objects.get()
    assert (message.is_internal, message.is_from_affiliate) == (True, False)
    assert not Delivery.objects.exists()


def test_nothing_is_asked_or_put_off_once_it_is_decided():
    case = make_case(status="dismissed", decided_by=make_user(), reason="Fine.")
    for act in (lambda: ask(case), lambda: say(case, "?"), lambda: snooze(case, NOW + DAY)):
        with pytest.raises(cases.CaseClosed):
            act()


# --- exceptions --------------------------------------------------------------------


def pause(affiliate, code="own_purchase", until=NOW + 90 * DAY, reason="Agency.", actor=None):
    return pauses.pause(
        affiliate_id=affiliate.pk,
        code=code,
        until=until,
        reason=reason,
        actor_id=(actor or make_user()).pk,
        now=NOW,
    )


def test_a_paused_signal_says_nothing_until_the_day():
    affiliate, sam = make_affiliate(), make_sam()
    assert pause(affiliate, actor=sam) == pause(affiliate, actor=sam)
    order = make_order(email_key=email_key_of(person_of(affiliate).email))
    credit = make_credit(affiliate, order)
    screen_pending(now=NOW + DAY)
    assert not credit.screening.signals.filter(code="own_purchase").exists()

    assert pauses.end(
        affiliate_id=affiliate.pk, code="own_purchase", actor_id=sam.pk, now=NOW + 2 * DAY
    )
    assert SignalPause.objects.get().until == NOW + 2 * DAY
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["signal.paused", "signal.resumed"]


@pytest.mark.parametrize(
    "odd",
    [
        {"code": "no_such_signal"},
        {"until": NOW},
        {"until": NOW + 181 * DAY},
        {"reason": " "},
    ],
)
def test_an_exception_has_a_signal_an_end_and_a_reason(odd):
    with pytest.raises(pauses.PauseRefused):
        pause(make_affiliate(), **odd)
    assert not SignalPause.objects.exists()


def test_nobody_makes_an_exception_for_themselves():
    affiliate = make_affiliate()
    with pytest.raises(pauses.PauseRefused):
        pause(affiliate, actor=person_of(affiliate))
