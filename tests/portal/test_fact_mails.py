"""Mails that put facts together: what waits, what was declined, how a month went, a new device."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from affiliates.models import AffiliateStatus, Membership
from core import audit
from core.models import Delivery, LetterChoice, Notification
from payouts.models import Commission
from portal.letters import declined, month, new_device, queue_digest
from tests.builders import (
    NOW,
    PASSWORD,
    make_affiliate,
    make_click,
    make_credit,
    make_link,
    make_order,
    make_user,
)
from tests.payouts.stories import accrued
from tests.people import make_fin, make_sam
from tests.portal_staff.world import make_application

#: The morning after NOW, 8:00 in Paris.
MORNING = datetime(2026, 6, 16, 6, 0, tzinfo=UTC)
#: The first of the month after NOW, 9:00 in Paris.
FIRST = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
)

pytestmark = pytest.mark.django_db


def _affiliate(language="en", **overrides):
    return make_affiliate(user=make_user(language=language, name="Ada"), **overrides)


def _mail(kind):
    return Delivery.objects.get(kind=kind)


# What waits for the team.


def _team(language="en"):
    sam = make_sam()
    sam.language = language
    sam.save()
    make_fin()
    return sam


def test_managers_read_each_morning_what_waits_and_since_when():
    sam = _team()
    make_application(now=MORNING - timedelta(days=2, hours=1))
    make_application(now=MORNING - timedelta(hours=1))

    assert queue_digest.tell(now=MORNING) == 1
    assert queue_digest.tell(now=MORNING + timedelta(hours=5)) == 0

    mail = _mail("queue_digest")
    assert mail.recipient == sam.email
    assert mail.subject == "2 things wait"
    assert "- Applications: 2, the oldest of 2 days ago" in mail.body
    assert "Claims" not in mail.body
    assert "/manage/" in mail.body


def test_it_is_told_to_a_french_reader_in_french():
    _team("fr")
    make_application(now=MORNING)

    queue_digest.tell(now=MORNING)

    assert _mail("queue_digest").body.startswith("Bonjour Sam")


def test_the_next_morning_tells_again_and_a_clear_desk_is_not_told():
    _team()
    assert queue_digest.tell(now=MORNING) == 0
    assert not Delivery.objects.exists()

    make_application(now=MORNING)
    assert queue_digest.tell(now=MORNING) == 1
    assert queue_digest.tell(now=MORNING + timedelta(days=1)) == 1
    assert Delivery.objects.filter(kind="queue_digest").count() == 2


def test_who_wants_no_summary_gets_none():
    sam = _team()
    LetterChoice.objects.create(person=sam, kind="queue_digest", mail="off", in_app=False)
    make_application(now=MORNING)

    queue_digest.tell(now=MORNING)

    assert not Delivery.objects.filter(kind="queue_digest").exists()


# Declined sales.


def test_declined_sales_of_a_day_are_told_in_one_mail_with_reasons():
    ada = _affiliate()
    rows = [accrued(ada, decision="refuse") for _n in range(2)]
    other = accrued(_affiliate("fr"), decision="refuse")
    accrued(ada)

    assert declined.tell(now=MORNING) == 2
    assert declined.tell(now=MORNING + timedelta(hours=3)) == 0

    english, french = Delivery.objects.filter(kind="sales_declined").order_by("pk")
    assert english.subject == "2 sales do not count any more"
    for row in rows:
        assert f"S-{row.credit_id}, €10.00: Invalid traffic" in english.body
    assert f"S-{other.credit_id}" not in english.body
    assert "/portal/sales/" in english.body
    assert french.body.startswith("Bonjour Ada")
    assert "10,00" in french.body


def test_days_that_nobody_worked_on_are_told_each_on_its_own():
    ada = _affiliate()
    first, second = accrued(ada, decision="refuse"), accrued(ada, decision="refuse")
    later = Commission.objects.filter(pk=second.pk)
    later.update(status_changed_at=NOW + timedelta(days=1))

    assert declined.tell(now=MORNING + timedelta(days=2)) == 2
    assert declined.tell(now=MORNING + timedelta(days=2)) == 0

    bodies = [one.body for one in Delivery.objects.filter(kind="sales_declined").order_by("pk")]
    assert f"S-{first.credit_id}," in bodies[0]
    assert f"S-{second.credit_id}," in bodies[1]


def test_today_and_what_is_long_ago_are_not_told():
    accrued(_affiliate(), decision="refuse")

    assert declined.tell(now=NOW + timedelta(hours=1)) == 0
    assert declined.tell(now=MORNING + timedelta(days=10)) == 0
    assert not Delivery.objects.exists()


def test_an_affiliate_of_nobody_is_told_nothing():
    accrued(ada := _affiliate(), decision="refuse")
    Membership.objects.filter(affiliate=ada).delete()

    assert declined.tell(now=MORNING) == 0


# The month.


def _busy(language="en"):
    ada = _affiliate(language)
    link = make_link(ada)
    for days in range(3):
        make_click(link, clicked_at=NOW - timedelta(days=days))
    make_click(link, clicked_at=NOW - timedelta(days=31))
    make_click(link, clicked_at=NOW - timedelta(days=32))
    sale = accrued(ada)
    return ada, sale


def test_a_month_is_told_beside_the_one_before():
    _busy()

    assert month.tell(now=FIRST) == 1
    assert month.tell(now=FIRST + timedelta(days=1)) == 0

    mail = _mail("month_summary")
    assert mail.subject == "Your June 2026"
    assert "Visits through your links: 3 (+50% on May 2026)" in mail.body
    assert "Orders: 1 (none in May 2026)" in mail.body
    assert "Commissions: €10.00" in mail.body
    assert "Since the beginning: 1 order, €10.00" in mail.body
    assert "Your best link: " in mail.body
    assert "://" not in mail.body.split("Your best link: ")[1].split("\n")[0]
    assert "/portal/figures/?range=last_month" in mail.body


def test_a_month_is_told_in_french():
    _busy("fr")
    month.tell(now=FIRST)

    mail = _mail("month_summary")
    assert mail.body.startswith("Bonjour Ada")
    assert "juin 2026" in mail.body
    assert "10,00" in mail.body


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 7, 1, 6, 59, tzinfo=UTC),  # 8:59 in Paris.
        datetime(2026, 7, 11, 9, 0, tzinfo=UTC),
        datetime(2026, 6, 30, 22, 30, tzinfo=UTC),  # The first, half past midnight.
    ],
)
def test_a_month_is_told_in_its_first_days_alone(now):
    _busy()

    assert month.tell(now=now) == 0


def test_a_month_without_anything_is_not_told():
    _affiliate()
    ada, _sale = _busy()
    ada.status = AffiliateStatus.CLOSED
    ada.save()

    assert month.tell(now=FIRST) == 0
    assert not Notification.objects.exists()


def test_an_order_without_a_click_is_a_month_too():
    make_credit(_affiliate(), make_order(placed_at=NOW))

    assert month.tell(now=FIRST) == 1
    assert "Visits through your links: 0\n" in _mail("month_summary").body


# A new device.


def _sign_in(client, user, user_agent):
    client.post(reverse("account_logout"))
    client.post(
        reverse("account_login"),
        {"login": user.email, "password": PASSWORD},
        headers={"user-agent": user_agent, "accept-language": "en"},
    )


def test_a_sign_in_from_a_new_device_is_told_once(client, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    user = make_user(email="ada@example.com", language="en", name="Ada")
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )

    _sign_in(client, user, FIREFOX)
    assert not Delivery.objects.filter(kind="new_device").exists()

    _sign_in(client, user, IPHONE)
    _sign_in(client, user, IPHONE)
    _sign_in(client, user, FIREFOX)

    mail = _mail("new_device")
    assert mail.subject == "Sign-in from a new device"
    assert "Safari on iPhone" in mail.body
    assert reverse("usersessions_list") in mail.body


def test_a_new_device_is_told_in_french_and_about_oneself_alone():
    ines, other = make_user(language="fr", name="Inès"), make_user(name="Ada")
    for person, browser in ((other, "Firefox"), (ines, "Chrome"), (ines, "Firefox")):
        data = {"browser": browser, "system": "Windows"}
        entry = audit.record(actor=person, verb="user.signed_in", subject=person, at=NOW, data=data)
        is_told = new_device.tell_if_new(entry, person, now=NOW)
    assert is_told

    mail = _mail("new_device")
    assert mail.recipient == ines.email
    assert mail.body.startswith("Bonjour Inès")
    assert "Firefox" in mail.body
