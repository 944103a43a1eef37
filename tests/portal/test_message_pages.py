"""Pages of messages: what each side sees, and what neither may."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from affiliates.models import CannedAnswer, Membership, Thread, ThreadMessage
from portal.message_language import answer_time_words
from portal.queries.messages import answer_time
from tests.affiliates.message_world import NOW, answer, begin, note
from tests.builders import make_affiliate, make_credit, make_order, make_user
from tests.people import make_ada, make_mallory, make_sam, person_of

LIST, INBOX = "/portal/messages/", "/manage/messages/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    affiliate = make_ada()
    person = person_of(affiliate)
    person.language = "en"
    person.save()
    return affiliate


@pytest.fixture
def sam():
    return make_sam()


@pytest.fixture
def enter(client):
    def as_person(person):
        client.force_login(person)
        client.cookies["django_language"] = "en"
        return client

    return as_person


def words(answer):
    return answer.content.decode()


def test_ada_writes_about_a_sale_of_hers_with_a_file(enter, ada):
    browser = enter(person_of(ada))
    credit = make_credit(ada, make_order())
    address = f"{LIST}new/?about=sale&ref={credit.pk}"
    assert f"S-{credit.pk}" in words(browser.get(address))
    form = {
        "key": uuid4(), "subject": "My sale", "text": "Too small?",
        "file": SimpleUploadedFile("a.exe.pdf", b"%PDF-1.7 x"),
    }  # fmt: skip

    sent = browser.post(address, form)

    thread = Thread.objects.get()
    assert sent["Location"] == f"{LIST}{thread.public_id}/"
    assert (thread.about, thread.about_ref) == ("sale", str(credit.pk))
    page = words(browser.get(sent["Location"]))
    assert f'href="/portal/sales/{credit.pk}/"' in page
    assert "Too small?" in page
    message = ThreadMessage.objects.get()
    file = browser.get(f"{LIST}{thread.public_id}/files/{message.pk}/")
    assert file.content == b"%PDF-1.7 x"
    assert file["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("ref", ["1", "x", "", "9" * 30])
@pytest.mark.parametrize("about", ["sale", "payout", "claim", "look", "application", "moon"])
def test_nothing_of_somebody_else_is_linked(enter, ada, about, ref):
    make_credit(make_affiliate(), make_order())

    assert enter(person_of(ada)).get(f"{LIST}new/?about={about}&ref={ref}").status_code == 404


def test_what_lacks_is_said_and_what_was_typed_stays(enter, ada):
    browser = enter(person_of(ada))

    refused = browser.post(f"{LIST}new/", {"key": uuid4(), "subject": "Hello", "text": ""})
    assert refused.status_code == 422
    assert "Write a message." in words(refused)
    assert 'value="Hello"' in words(refused)
    bad = {"key": uuid4(), "subject": "S", "text": "T", "file": SimpleUploadedFile("a", b"MZ")}
    assert "no PDF, PNG or JPEG" in words(browser.post(f"{LIST}new/", bad))


def test_a_note_of_the_team_never_reaches_the_affiliate(enter, ada, sam):
    thread = begin(ada)
    secret = note(thread, sam, text="Watch his returns")
    ThreadMessage.objects.filter(pk=secret.pk).update(file_name="n.pdf", file=b"%PDF-")

    browser = enter(person_of(ada))

    assert "Watch his returns" not in words(browser.get(f"{LIST}{thread.public_id}/"))
    assert "Sam" not in words(browser.get(f"{LIST}{thread.public_id}/"))
    assert browser.get(f"{LIST}{thread.public_id}/files/{secret.pk}/").status_code == 404
    staff = enter(sam)
    assert "Watch his returns" in words(staff.get(f"{INBOX}{thread.public_id}/"))
    assert staff.get(f"{INBOX}{thread.public_id}/files/{secret.pk}/").status_code == 200


def test_another_affiliate_finds_nothing(enter, ada):
    thread = begin(ada)
    browser = enter(person_of(make_mallory()))

    for address in ("", "close/", f"files/{thread.messages.get().pk}/"):
        act = browser.post if address == "close/" else browser.get
        assert act(f"{LIST}{thread.public_id}/{address}").status_code == 404
    assert browser.post(f"{LIST}{thread.public_id}/", {"text": "x"}).status_code == 404
    assert "Where is my sale?" not in words(browser.get(LIST))


def test_a_reader_of_the_team_sees_and_does_not_write(enter, ada):
    thread = begin(ada)
    Membership.objects.update(role="reader", is_owner=False)
    browser = enter(person_of(ada))

    assert "writes none" in words(browser.get(LIST))
    assert "writes none" in words(browser.get(f"{LIST}{thread.public_id}/"))
    form = {"key": uuid4(), "text": "x"}
    assert browser.post(f"{LIST}{thread.public_id}/", form).status_code == 403
    assert browser.get(f"{LIST}new/").status_code == 403


def test_a_dot_says_what_is_not_read_on_either_side(enter, ada, sam):
    thread = begin(ada)
    assert "thread--unread" not in words(enter(person_of(ada)).get(LIST))
    assert "thread--unread" in words(enter(sam).get(INBOX))
    enter(sam).get(f"{INBOX}{thread.public_id}/")
    assert "thread--unread" not in words(enter(sam).get(INBOX))
    answer(thread, sam, at=timezone.now())
    assert "thread--unread" in words(enter(person_of(ada)).get(LIST))
    enter(person_of(ada)).get(f"{LIST}{thread.public_id}/")
    assert "thread--unread" not in words(enter(person_of(ada)).get(LIST))


def test_the_team_answers_with_kept_words_in_the_affiliates_language(enter, ada, sam):
    thread = begin(ada)
    kept = CannedAnswer.objects.create(
        title="Wait", text_fr="Patience", text_en="Please wait", created_at=NOW, created_by=sam
    )
    browser = enter(sam)
    assert "Please wait</textarea>" in words(
        browser.get(f"{INBOX}{thread.public_id}/?answer={kept.pk}")
    )
    assert browser.get(f"{INBOX}{thread.public_id}/?answer=x").status_code == 200

    form = {"key": uuid4(), "text": "Please wait"}
    for _again in range(2):
        assert browser.post(f"{INBOX}{thread.public_id}/", form).status_code == 302

    assert thread.messages.filter(is_from_team=True).count() == 1
    assert "The programme team" in words(enter(person_of(ada)).get(f"{LIST}{thread.public_id}/"))


def test_the_inbox_filters_and_the_longest_wait_comes_first(enter, ada, sam):
    late = begin(make_affiliate(name="Zed"), subject="Later", at=NOW + timedelta(hours=1))
    begin(ada, subject="Sooner")
    done = begin(ada, subject="Done")
    answer(done, sam)
    browser = enter(sam)

    page = words(browser.get(INBOX))
    assert page.index("Sooner") < page.index("Later")
    assert "Done" not in page.split("<tbody")[1]
    assert "Done" in words(browser.get(f"{INBOX}?state=waiting&assignee=mine"))
    assert "Later" in words(browser.get(f"{INBOX}?q=zed"))
    assert "No message like that" in words(browser.get(f"{INBOX}?q=nobody"))
    browser.post(f"{INBOX}{late.public_id}/assign/", {"assignee": sam.pk})
    assert "Later" in words(browser.get(f"{INBOX}?assignee=mine"))
    browser.post(f"{INBOX}{late.public_id}/close/")
    assert "Later" in words(browser.get(f"{INBOX}?state=closed"))


def test_the_team_writes_first_and_notes_and_keeps_answers(enter, ada, sam):
    browser = enter(sam)
    form = {"key": uuid4(), "subject": "Your links", "text": "They are broken."}

    sent = browser.post(f"/manage/affiliates/{ada.public_id}/message/", form)

    thread = Thread.objects.get()
    assert sent["Location"] == f"{INBOX}{thread.public_id}/"
    browser.post(f"{INBOX}{thread.public_id}/note/", {"key": uuid4(), "text": "Called."})
    assert "Called." in words(browser.get(f"{INBOX}{thread.public_id}/"))
    assert "Write a note." in words(
        browser.post(f"{INBOX}{thread.public_id}/note/", {"key": uuid4()}, follow=True)
    )
    kept = {"title": "Links", "text_fr": "Vos liens", "text_en": "Your links"}
    assert browser.post(f"{INBOX}answers/", kept).status_code == 302
    assert browser.post(f"{INBOX}answers/", {"title": "x"}).status_code == 422
    browser.post(f"{INBOX}answers/{CannedAnswer.objects.get().pk}/remove/")
    assert "No answer is kept yet" in words(browser.get(f"{INBOX}answers/"))


def test_how_fast_answers_come_is_said_when_enough_came(sam):
    affiliate = make_affiliate()
    for number in range(9):
        answer(begin(affiliate, at=NOW), sam, at=NOW + timedelta(hours=number))
    assert answer_time(NOW + timedelta(days=1)) is None
    assert answer_time_words(None) == ""
    other = begin(make_affiliate(), at=NOW)
    answer(other, sam, at=NOW + timedelta(hours=50))

    found = answer_time(NOW + timedelta(days=3))

    assert found == timedelta(hours=4.5)
    assert "within 4 hours" in answer_time_words(found)
    assert "within 3 days" in answer_time_words(timedelta(hours=70))
    assert answer_time(NOW + timedelta(days=200)) is None


@pytest.mark.parametrize("address", [LIST, INBOX])
def test_lists_ask_as_often_for_many_as_for_one(
    enter, ada, sam, address, django_assert_max_num_queries
):
    browser, counts = enter(person_of(ada) if address == LIST else sam), []
    for count in (1, 8):
        for _one in range(count):
            begin(ada)
        browser.get(address)
        with django_assert_max_num_queries(16) as queries:
            assert browser.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_stranger_to_the_programme_reads_nothing(enter, ada):
    thread = begin(ada)
    assert enter(make_user()).get(f"{LIST}{thread.public_id}/").status_code == 403
