"""Letters: each in their language, one for a key, and nothing empty in them."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from affiliates.models import Membership
from affiliates.queries import language_of, people_of
from core import deliveries, letters, staff
from core.letter_kinds import Category
from core.models import Delivery, LetterChoice, LetterHours, Notification
from core.own_addresses import own_path
from tests.builders import make_affiliate, make_user

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def _write(person):
    return letters.Letter(f"For {person.email}", letters.paragraphs("Ada", ["One.", "", "Two."]))


def test_each_reads_it_in_their_language_and_once():
    people = [make_user(name="Ada Lovelace", language="en"), make_user(name="Zoé", language="fr")]

    for _again in range(2):
        letters.send(
            people,
            "key",
            letters.saying(lambda: "Subject", lambda: ["Said."]),
            NOW,
            kind="claim_decided",
        )

    mails = Delivery.objects.order_by("pk")
    assert [(one.key, one.recipient, one.body) for one in mails] == [
        (f"key:{people[0].pk}", people[0].email, "Hello Ada,\n\nSaid."),
        (f"key:{people[1].pk}", people[1].email, "Bonjour Zoé,\n\nSaid."),
    ]


def test_one_goes_to_another_address_and_what_is_empty_is_left_out():
    person = make_user(language="en")

    letters.send_to("old@example.com", "key", person, _write, NOW, kind="email_changed")

    mail = Delivery.objects.get()
    assert (mail.key, mail.recipient, mail.subject) == (
        "key", "old@example.com", f"For {person.email}"
    )  # fmt: skip
    assert mail.body == "Hello Ada,\n\nOne.\n\nTwo."


def test_people_of_an_affiliate_are_its_owners_first_and_only_who_can_sign_in():
    colleague, owner = make_user(language="en"), make_user(language="fr")
    gone = make_user(is_active=False)
    affiliate = make_affiliate(user=colleague)
    Membership.objects.filter(user=colleague).update(role="reader", is_owner=False)
    Membership.objects.create(affiliate=affiliate, user=gone)
    Membership.objects.create(affiliate=affiliate, user=owner)

    assert people_of(affiliate.pk) == [owner, colleague]
    assert language_of(affiliate.pk) == "fr"


def test_who_has_a_role_and_can_sign_in():
    first = staff.add(email="a@example.com", role="finance", name="A", actor=None, now=NOW)
    gone = staff.add(email="b@example.com", role="finance", name="B", actor=None, now=NOW)
    staff.add(email="c@example.com", role="manager", name="C", actor=None, now=NOW)
    gone.is_active = False
    gone.save()

    assert list(staff.of_role("finance")) == [first]


def test_who_cannot_sign_in_any_more_is_written_to_no_more():
    gone, stays = make_user(is_active=False), make_user()
    letters.send([gone, stays], "key", _write, NOW, kind="claim_decided")
    letters.send_to("old@example.com", "other", gone, _write, NOW, kind="email_changed")

    assert [one.person for one in Delivery.objects.all()] == [stays]
    assert [one.person for one in Notification.objects.all()] == [stays]


def _tell(person, key="fact", kind="claim_decided", now=NOW):
    letters.tell([person], key, now, lambda: "Subject", lambda: ["Said."], kind=kind)


def test_beside_the_mail_stands_a_notification_that_leads_where_the_letter_leads(settings):
    person = make_user(language="fr")
    own = f"{settings.PUBLIC_URL}/portal/claims/7/"
    said = [f"They wrote: {settings.PUBLIC_URL}/account/logout/", f"See {own}."]

    for _again in range(2):
        letters.tell([person], "fact", NOW, lambda: "Bonjour", lambda: said, kind="claim_decided")

    note = Notification.objects.get()
    assert (note.key, note.title, note.kind) == (f"fact:{person.pk}", "Bonjour", "claim_decided")
    assert (note.category, note.at, note.path) == (Category.SALES, NOW, "/portal/claims/7/")
    assert note.is_shown
    assert (note.read_at, note.digest) == (None, "")
    mail = Delivery.objects.get()
    assert (mail.kind, mail.person, mail.language) == ("claim_decided", person, "fr")


def test_a_letter_to_another_address_is_not_noted():
    letters.send_to("old@example.com", "key", make_user(), _write, NOW, kind="email_changed")

    assert Delivery.objects.count() == 1
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("mail", "mails", "digest"),
    [("at_once", 1, ""), ("daily", 0, "daily"), ("weekly", 0, "weekly"), ("off", 0, "")],
)
def test_each_gets_a_kind_as_they_chose(mail, mails, digest):
    person, other = make_user(), make_user()
    LetterChoice.objects.create(person=person, kind="claim_decided", mail=mail, in_app=False)

    _tell(person)
    _tell(other, "other")

    assert Delivery.objects.filter(person=person).count() == mails
    note = Notification.objects.get(person=person)
    assert (note.digest, note.is_shown) == (digest, False)
    assert Delivery.objects.filter(person=other).count() == 1


def test_what_was_chosen_when_it_was_told_stands():
    person = make_user()
    LetterChoice.objects.create(person=person, kind="claim_decided", mail="off")
    _tell(person)
    LetterChoice.objects.update(mail="at_once")

    _tell(person)

    assert not Delivery.objects.exists()


def test_what_is_locked_is_mailed_whatever_is_chosen_and_whatever_the_hour():
    person = make_user()
    LetterChoice.objects.create(person=person, kind="payout_sent", mail="off")
    LetterHours.objects.create(person=person, quiet_from=time(0), quiet_until=time(23, 59))

    _tell(person, kind="payout_sent")

    assert Delivery.objects.get().next_attempt_at == NOW


def test_quiet_hours_are_of_the_readers_clock():
    tokyo = make_user()
    tokyo.time_zone = "Asia/Tokyo"
    tokyo.save()
    LetterHours.objects.create(person=tokyo, quiet_from=time(17), quiet_until=time(8))

    _tell(tokyo)  # It is 18:00 there.

    assert Delivery.objects.get().next_attempt_at == datetime(2026, 3, 2, 23, 0, tzinfo=UTC)


def test_a_thousand_letters_ask_as_often_as_two(django_assert_num_queries):
    for count in (2, 40):
        people = [make_user() for _one in range(count)]
        with django_assert_num_queries(5):
            letters.send(people, f"n{count}", _write, NOW, kind="announcement")


def test_a_subject_is_one_line_of_two_hundred_signs():
    person = make_user()
    subject = "News\r\nBcc: thief@example.com " + "x" * 300
    letters.tell([person], "f", NOW, lambda: subject, lambda: ["Said."], kind="claim_decided")

    mail = Delivery.objects.get()
    assert mail.subject.startswith("News Bcc: thief@example.com xx")
    assert len(mail.subject) == 200
    assert Notification.objects.get().title == mail.subject
    assert deliveries.send_due(now=NOW) == 1


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("{own}/portal/claims/7/.", "/portal/claims/7/"),
        ("{own}/a/ and {own}/b/?state=late", "/b/?state=late"),
        ("{own}//evil.example/", ""),
        ("{own}.evil.example/x", ""),
        ("https://evil.example/", ""),
        ("nothing", ""),
    ],
)
def test_a_letter_leads_to_our_own_pages_alone(settings, said, path):
    assert own_path(said.format(own=settings.PUBLIC_URL)) == path
