"""Summaries: at the reader's hour, once, with what waits, never empty."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from core import digests, letters, notifications
from core.models import Delivery, LetterChoice, LetterHours, Notification
from tests.builders import make_user

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 10:00 in Paris.
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def _reader(mail="daily", *, zone="Europe/Paris", **hours):
    person = make_user(language="en", name="Ada")
    person.time_zone = zone
    person.save()
    LetterChoice.objects.create(person=person, kind="claim_decided", mail=mail)
    if hours:
        LetterHours.objects.create(person=person, **hours)
    return person


def _tell(person, key, at=MONDAY):
    said = ["See http://localhost:8000/portal/claims/"]
    letters.tell([person], key, at, lambda: f"News {key}", lambda: said, kind="claim_decided")


def test_one_mail_a_day_at_the_readers_hour_with_all_that_came():
    person = _reader()
    _tell(person, "a")
    _tell(person, "b", MONDAY + timedelta(hours=5))

    assert digests.send_due(now=MONDAY + timedelta(hours=20)) == 0
    assert digests.send_due(now=MONDAY + timedelta(hours=22)) == 1  # 8:00 of Tuesday.
    assert digests.send_due(now=MONDAY + timedelta(hours=23)) == 0

    mail = Delivery.objects.get()
    assert mail.subject == "Your day: 2 things"
    assert "- News a\n  http://localhost:8000/portal/claims/\n- News b" in mail.body
    assert mail.kind == "digest_daily"


def test_what_comes_after_the_hour_waits_for_the_next_day_and_no_mail_is_empty():
    person = _reader()
    _tell(person, "a")
    digests.send_due(now=MONDAY + DAY)
    assert digests.send_due(now=MONDAY + 2 * DAY) == 0
    _tell(person, "b", MONDAY + 2 * DAY)
    assert digests.send_due(now=MONDAY + 2 * DAY + timedelta(hours=1)) == 0
    assert digests.send_due(now=MONDAY + 3 * DAY) == 1

    assert Delivery.objects.count() == 2


def test_the_weekly_mail_leaves_on_monday_or_later_if_nobody_worked():
    person = _reader("weekly")
    _tell(person, "a", MONDAY + DAY)

    assert digests.send_due(now=MONDAY + 5 * DAY) == 0
    assert digests.send_due(now=MONDAY + 9 * DAY) == 1
    assert Delivery.objects.get().subject == "Your week: 1 thing"


def test_an_hour_that_is_changed_brings_no_second_mail_that_day():
    person = _reader(digest_at=time(8))
    _tell(person, "a")
    digests.send_due(now=MONDAY + DAY)
    _tell(person, "b", MONDAY + DAY)
    LetterHours.objects.update(digest_at=time(18))

    assert digests.send_due(now=MONDAY + DAY + timedelta(hours=9)) == 0
    assert digests.send_due(now=MONDAY + 2 * DAY + timedelta(hours=9)) == 1


def test_the_hour_is_of_the_readers_clock():
    tokyo = _reader(zone="Asia/Tokyo")
    _tell(tokyo, "a")  # 18:00 there; 8:00 is 23:00 UTC.

    assert digests.send_due(now=MONDAY + timedelta(hours=13)) == 0
    assert digests.send_due(now=MONDAY + timedelta(hours=14)) == 1


def test_who_wants_no_summary_or_is_gone_gets_none_and_nothing_waits_for_ever():
    person, gone = _reader(), _reader()
    LetterChoice.objects.create(person=person, kind="digest_daily", mail="off")
    _tell(person, "a")
    _tell(gone, "b")
    gone.is_active = False
    gone.save()

    digests.send_due(now=MONDAY + DAY)

    assert not Delivery.objects.exists()
    assert not Notification.objects.waiting().exists()


def test_old_notifications_are_deleted_and_no_younger():
    person = make_user()
    _tell(person, "old", MONDAY - timedelta(days=401))
    _tell(person, "new")

    assert notifications.forget(now=MONDAY) == 1
    assert Notification.objects.get().title == "News new"
