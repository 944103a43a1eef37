"""Messages: who is told, what waits for whom, what stays within the team (MS1 to MS7)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from affiliates.models import CannedAnswer, Thread, ThreadMessage, ThreadStatus
from affiliates.services import messages
from affiliates.services.messages import NothingSaid, NotInTeam, TooMuchSaid
from core.errors import IdempotencyConflict
from core.models import Delivery, Notification
from tests.affiliates.message_world import NOW, answer, begin, note
from tests.builders import make_affiliate, make_user
from tests.people import make_ada, make_fin, make_sam, person_of

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def test_a_thread_waits_for_the_team_and_every_manager_is_told():
    sam, other = make_sam(), make_user(roles=["manager"])
    make_fin()
    thread = begin(make_ada())

    assert (thread.status, thread.asked_at) == (ThreadStatus.OPEN, NOW)
    assert set(Delivery.objects.values_list("person", flat=True)) == {sam.pk, other.pk}
    mail = Delivery.objects.first()
    assert mail.kind == "message_to_team"
    assert "A reader bought a dress." in mail.body
    assert f"/manage/messages/{thread.public_id}/" in mail.body


def test_an_answer_waits_for_the_affiliate_and_its_people_are_told_and_time_is_kept():
    sam, ada = make_sam(), make_ada()
    thread = begin(ada)
    Delivery.objects.all().delete()

    made = answer(thread, sam, at=NOW + 3 * HOUR)

    thread.refresh_from_db()
    assert (thread.status, thread.asked_at, thread.assignee) == ("waiting", None, sam)
    assert made.answered_seconds == 3 * 3600
    mail = Delivery.objects.get()
    assert (mail.person, mail.kind) == (person_of(ada), "message_from_team")
    assert f"/portal/messages/{thread.public_id}/" in mail.body


def test_what_the_affiliate_adds_goes_to_who_answers_and_waits_since_the_first():
    sam, ada = make_sam(), make_ada()
    make_user(roles=["manager"])
    thread = begin(ada)
    answer(thread, sam)
    Delivery.objects.all().delete()

    answer(thread, person_of(ada), team=False, at=NOW + HOUR)
    answer(thread, person_of(ada), team=False, at=NOW + 2 * HOUR)

    thread.refresh_from_db()
    assert (thread.status, thread.asked_at) == ("open", NOW + HOUR)
    assert {one.person for one in Delivery.objects.all()} == {sam}


@pytest.mark.parametrize("has_left", [True, False])
def test_who_answers_no_more_is_told_nothing_and_every_manager_is_instead(has_left):
    sam, other, ada = make_sam(), make_user(roles=["manager"]), make_ada()
    thread = begin(ada)
    answer(thread, sam)
    Delivery.objects.all().delete()
    if has_left:
        sam.is_active = False
        sam.save()
    else:
        sam.groups.clear()

    answer(thread, person_of(ada), team=False, at=NOW + HOUR)

    assert [one.person for one in Delivery.objects.all()] == [other]


def test_an_accountant_who_may_see_no_message_is_told_of_none():
    sam, ada = make_sam(), make_ada()
    owner, reader = person_of(ada), make_user()
    thread = begin(ada)
    ada.memberships.create(user=make_user(), role="accountant")
    ada.memberships.create(user=reader, role="reader")
    Delivery.objects.all().delete()
    Notification.objects.all().delete()

    answer(thread, sam)

    for told in (Delivery, Notification):
        assert {one.person for one in told.objects.all()} == {owner, reader}


def test_the_same_form_sent_twice_is_one_message_and_another_persons_is_refused():
    ada, key = make_ada(), uuid4()
    first, again = begin(ada, key=key), begin(ada, key=key)
    assert first == again
    assert ThreadMessage.objects.count() == 1

    with pytest.raises(IdempotencyConflict):
        begin(make_affiliate(), key=key)


def test_a_note_is_told_to_nobody_and_nothing_waits_for_it():
    sam, thread = make_sam(), begin()
    Delivery.objects.all().delete()
    Notification.objects.all().delete()
    before = Thread.objects.values().get()

    note(thread, sam)

    assert Thread.objects.values().get() == before
    assert not Delivery.objects.exists()
    assert not Notification.objects.exists()


def test_a_closed_thread_is_open_again_when_somebody_writes():
    sam, ada = make_sam(), make_ada()
    thread = begin(ada)
    for _again in range(2):
        messages.close(thread_id=thread.pk, now=NOW)
    thread.refresh_from_db()
    assert (thread.status, thread.asked_at) == ("closed", None)

    answer(thread, person_of(ada), team=False, at=NOW + HOUR)
    thread.refresh_from_db()
    assert (thread.status, thread.asked_at) == ("open", NOW + HOUR)
    messages.close(thread_id=thread.pk, now=NOW)
    answer(thread, sam, at=NOW + 2 * HOUR)
    thread.refresh_from_db()
    assert (thread.status, thread.asked_at) == ("waiting", None)


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"text": "  "}, NothingSaid),
        ({"subject": " "}, NothingSaid),
        ({"text": "x" * 4_001}, TooMuchSaid),
        ({"subject": "x" * 121}, TooMuchSaid),
    ],
)
def test_nothing_and_too_much_are_refused(given, refused):
    with pytest.raises(refused):
        begin(**given)
    assert not Thread.objects.exists()


def test_nobody_writes_without_end_in_a_day():
    ada = make_ada()
    for _one in range(messages.MOST_THREADS):
        thread = begin(ada)
    with pytest.raises(TooMuchSaid):
        begin(ada)
    for _one in range(messages.MOST_MESSAGES - messages.MOST_THREADS):
        answer(thread, person_of(ada), team=False)
    with pytest.raises(TooMuchSaid):
        answer(thread, person_of(ada), team=False)

    begin(ada, at=NOW + timedelta(days=1, seconds=1))


def test_the_team_may_begin_and_keeps_the_thread():
    sam, ada = make_sam(), make_ada()

    thread = begin(ada, actor_id=sam.pk, is_from_team=True)

    assert (thread.status, thread.assignee, thread.asked_at) == ("waiting", sam, None)
    assert Delivery.objects.get().person == person_of(ada)


def test_only_a_manager_is_given_a_thread():
    sam, thread = make_sam(), begin()
    messages.assign(thread_id=thread.pk, assignee_id=sam.pk)
    for nobody in (make_fin(), make_user()):
        with pytest.raises(NotInTeam):
            messages.assign(thread_id=thread.pk, assignee_id=nobody.pk)
    thread.refresh_from_db()
    assert thread.assignee == sam
    messages.assign(thread_id=thread.pk, assignee_id=None)
    thread.refresh_from_db()
    assert thread.assignee is None


def test_answers_given_often_are_kept_in_both_languages():
    sam = make_sam()
    words = {"title": "Sales", "text_fr": "Bonjour", "text_en": "Hello"}
    messages.keep_answer(**words, actor_id=sam.pk, now=NOW)
    with pytest.raises(NothingSaid):
        messages.keep_answer(**words | {"text_en": " "}, actor_id=sam.pk, now=NOW)

    kept = CannedAnswer.objects.get()
    assert (kept.text("fr"), kept.text("en")) == ("Bonjour", "Hello")
    for _again in range(2):
        messages.remove_answer(pk=kept.pk, now=NOW)
    kept.refresh_from_db()
    assert kept.removed_at == NOW
