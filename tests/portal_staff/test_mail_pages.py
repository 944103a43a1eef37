"""Managers look at every mail of the programme, and send themselves one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from core.deliveries import message_of
from core.models import Delivery, Notification
from portal import mail_previews
from portal.mail_samples import SAMPLES
from tests.people import make_fin, make_sam

LIST = "/manage/mails/"
PAYOUT = f"{LIST}payout_sent/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    person = make_sam()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


@pytest.fixture
def browser(client, sam):
    client.force_login(sam)
    client.cookies["django_language"] = "en"
    return client


def test_every_kind_is_listed_and_leads_to_its_page(browser):
    page = browser.get(LIST).content.decode()

    for kind in SAMPLES:
        assert f'href="{LIST}{kind}/"' in page, kind
    assert "Always" in page


def test_the_list_is_filtered_by_reader_and_subject(browser):
    page = browser.get(LIST, {"for": "finance"}).content.decode()
    assert f"{LIST}declaration_due/" in page
    assert f"{LIST}payout_sent/" not in page

    empty = browser.get(LIST, {"for": "finance", "about": "looks"}).content.decode()
    assert "No such mail" in empty
    assert browser.get(LIST, {"for": "nobody"}).status_code == 200


def test_both_parts_are_shown_in_both_languages(browser):
    english = browser.get(PAYOUT, {"language": "en"})
    assert "is on its way" in english.content.decode()
    french = browser.get(PAYOUT, {"language": "fr"}).content.decode()
    assert "est en route" in french
    assert f"{PAYOUT}html/?language=fr&amp;number=0" in french
    assert "frame-src 'self'" in english["Content-Security-Policy"]
    assert browser.get(PAYOUT, {"language": "xx"}).status_code == 200


def test_the_html_is_framed_by_our_pages_alone_and_runs_nothing(browser):
    frame = browser.get(f"{PAYOUT}html/", {"language": "en", "number": "0"})

    assert "is in your account" in frame.content.decode()
    policy = frame["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    for number in ("9", "-1", "x", "999999999999"):
        assert browser.get(f"{PAYOUT}html/", {"number": number}).status_code == 404


@pytest.mark.parametrize("leaf", ["", "html/"])
def test_a_kind_nobody_knows_is_not_found(browser, leaf):
    assert browser.get(f"{LIST}nothing/{leaf}").status_code == 404
    assert browser.post(f"{LIST}nothing/test/").status_code == 404


def test_a_test_goes_to_oneself_and_is_no_notification(browser, sam):
    answer = browser.post(f"{PAYOUT}test/", {"number": "0", "language": "fr"})

    assert answer["Location"] == f"{PAYOUT}?language=fr"
    sent = Delivery.objects.get()
    assert sent.recipient == sam.email
    assert sent.subject.startswith("[Essai] Votre paiement")
    assert message_of(sent).alternatives
    assert not Notification.objects.exists()


def test_a_test_goes_nowhere_else(browser, sam):
    browser.post(f"{PAYOUT}test/", {"number": "0", "email": "mallory@example.com"})
    assert Delivery.objects.get().recipient == sam.email
    Delivery.objects.all().delete()

    EmailAddress.objects.update(verified=False)
    page = browser.post(f"{PAYOUT}test/", {"number": "0"}, follow=True).content.decode()
    assert "Verify your e-mail address first" in page
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("number", ["7", "-1", "x", ""])
def test_a_sample_that_is_not_there_is_not_sent(browser, number):
    page = browser.post(f"{PAYOUT}test/", {"number": number}, follow=True).content.decode()

    assert "There is no such sample" in page
    assert not Delivery.objects.exists()


def test_tests_are_few_within_an_hour(sam):
    now = timezone.now()
    for second in range(mail_previews.TESTS_PER_HOUR):
        _send(sam, now + timedelta(seconds=second))

    with pytest.raises(mail_previews.TooManyTests):
        _send(sam, now + timedelta(minutes=30))

    assert Delivery.objects.count() == mail_previews.TESTS_PER_HOUR
    assert _send(sam, now + timedelta(hours=2))


def test_finance_has_no_business_here(client):
    client.force_login(make_fin())

    assert client.get(LIST).status_code == 403
    assert client.post(f"{PAYOUT}test/").status_code == 403


def _send(person, now):
    return mail_previews.send_test(
        kind="payout_sent", number=0, person_id=person.pk, language="en", now=now
    )
