"""Letters: each in their language, one for a key, and nothing empty in them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from affiliates.models import Membership
from affiliates.queries import language_of, people_of
from core import letters, staff
from core.models import Delivery
from tests.builders import make_affiliate, make_user

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def _write(person):
    return letters.Letter(f"For {person.email}", letters.paragraphs("Ada", ["One.", "", "Two."]))


def test_each_reads_it_in_their_language_and_once():
    people = [make_user(name="Ada Lovelace", language="en"), make_user(name="Zoé", language="fr")]

    for _again in range(2):
        letters.send(people, "key", letters.saying(lambda: "Subject", lambda: ["Said."]), NOW)

    mails = Delivery.objects.order_by("pk")
    assert [(one.key, one.recipient, one.body) for one in mails] == [
        (f"key:{people[0].pk}", people[0].email, "Hello Ada,\n\nSaid."),
        (f"key:{people[1].pk}", people[1].email, "Bonjour Zoé,\n\nSaid."),
    ]


def test_one_goes_to_another_address_and_what_is_empty_is_left_out():
    person = make_user(language="en")

    letters.send_to("old@example.com", "key", person, _write, NOW)

    mail = Delivery.objects.get()
    assert (mail.key, mail.recipient, mail.subject) == (
        "key", "old@example.com", f"For {person.email}"
    )  # fmt: skip
    assert mail.body == "Hello Ada,\n\nOne.\n\nTwo."


def test_people_of_an_affiliate_are_its_owners_first_and_only_who_can_sign_in():
    colleague, owner = make_user(language="en"), make_user(language="fr")
    gone = make_user(is_active=False)
    affiliate = make_affiliate(user=colleague)
    Membership.objects.filter(user=colleague).update(is_owner=False)
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
