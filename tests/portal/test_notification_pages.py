"""The bell, the page of notifications, how people choose to be told, and the link in mails."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import deliveries, letters
from core.letter_kinds import KINDS
from core.models import Delivery, LetterChoice, LetterHours, Notification, OutboxMail
from tests.builders import make_user
from tests.people import make_ada, make_fin, make_ines, make_mallory, make_sam, person_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIST, CHOICES = "/portal/notifications/", "/portal/settings/notifications/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    person = person_of(make_ada())
    person.language = "en"
    person.save()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return person


def tell(person, key="fact", *, kind="claim_decided", said="Said.", at=NOW):
    letters.tell([person], key, at, lambda: f"News {key}", lambda: [said], kind=kind)
    return Notification.objects.get(key=f"{key}:{person.pk}")


def choices(**changed):
    """Every choice as it stands at first, with what ``changed``."""
    form = {"digest_at": "08:00", "time_zone": "Europe/Paris", "quiet_from": "", "quiet_until": ""}
    for key, kind in KINDS.items():
        form |= {f"mail-{key}": kind.mail.value, f"app-{key}": "on"}
    return form | changed


def test_what_one_was_told_stands_by_day_and_is_ones_own(client, ada):
    tell(ada, "first")
    tell(ada, "second", at=NOW + timedelta(days=1))
    tell(person_of(make_mallory()), "hers")

    page = client.get(LIST).content.decode()

    assert page.index("News second") < page.index("News first")
    assert page.count('class="notes__day"') == 2
    assert "News hers" not in page


def test_an_empty_page_says_what_comes_and_a_filter_can_be_cleared(client, ada):
    assert "No notification yet" in client.get(LIST).content.decode()
    tell(ada)

    filtered = client.get(f"{LIST}?category=money").content.decode()

    assert "No notification of yours is like that" in filtered
    assert f'href="{LIST}"' in filtered or 'href="?"' in filtered
    assert "News fact" in client.get(f"{LIST}?category=sales&state=unread").content.decode()
    assert client.get(f"{LIST}?category=nonsense&page=x").status_code == 200


def test_looking_at_one_reads_it_and_leads_to_its_object(client, ada, settings):
    note = tell(ada, said=f"{settings.PUBLIC_URL}/portal/claims/")

    page = client.get(f"{LIST}{note.pk}/").content.decode()

    assert 'href="/portal/claims/"' in page
    note.refresh_from_db()
    first = note.read_at
    assert first is not None
    client.get(f"{LIST}{note.pk}/")
    note.refresh_from_db()
    assert note.read_at == first


def test_another_ones_is_not_found_and_stays_unread(client, ada):
    note = tell(person_of(make_mallory()))

    assert client.get(f"{LIST}{note.pk}/").status_code == 404
    note.refresh_from_db()
    assert note.read_at is None


def test_all_that_one_saw_is_read_at_once_and_not_what_came_since(client, ada):
    seen, money = tell(ada, "seen"), tell(ada, "money", kind="payout_sent")
    since = tell(ada, "since")

    client.post(f"{LIST}read/", {"until": money.pk, "category": "sales"})

    read = set(Notification.objects.filter(read_at__isnull=False))
    assert read == {seen}
    client.post(f"{LIST}read/", {"until": money.pk})
    assert set(Notification.objects.unread()) == {since}
    assert client.post(f"{LIST}read/", {"until": "x" * 40}).status_code == 302


def test_the_bell_counts_what_is_not_read(client, ada):
    assert client.get("/notifications/count/").content.strip() == b""
    note = tell(ada)
    tell(ada, "other")

    with CaptureQueriesContext(connection) as asked:
        answer = client.get("/notifications/count/")
    assert sum("core_notification" in one["sql"] for one in asked) == 1

    assert b"2 not read" in answer.content
    client.get(f"{LIST}{note.pk}/")
    assert b"1 not read" in client.get("/notifications/count/").content
    client.logout()
    assert client.get("/notifications/count/").status_code == 204


def test_the_page_asks_as_often_for_thirty_as_for_one(client, ada, django_assert_max_num_queries):
    tell(ada)
    client.get(LIST)
    with django_assert_max_num_queries(12) as one:
        client.get(LIST)
    asked = len(one)
    for number in range(29):
        tell(ada, f"n{number}")
    with django_assert_max_num_queries(12) as many:
        client.get(LIST)
    assert len(many) <= asked


def test_one_chooses_kind_by_kind_and_the_next_letter_follows(client, ada):
    form = choices(**{"mail-claim_decided": "daily", "quiet_from": "22:00", "quiet_until": "07:00"})
    del form["app-claim_decided"]

    answer = client.post(CHOICES, form)

    assert answer.status_code == 302
    row = LetterChoice.objects.get(person=ada, kind="claim_decided")
    assert (row.mail, row.in_app) == ("daily", False)
    hours = LetterHours.objects.get(person=ada)
    assert (hours.quiet_from, hours.quiet_until) == (time(22), time(7))
    note = tell(ada)
    assert (note.digest, note.is_shown) == ("daily", False)
    assert not Delivery.objects.exists()


def test_what_is_locked_says_why_and_is_not_switched_off_by_hand(client, ada):
    page = client.get(CHOICES).content.decode()
    assert "Always sent: it is about your money." in page
    assert 'name="mail-payout_sent"' not in page

    client.post(CHOICES, choices(**{"mail-payout_sent": "off"}))
    tell(ada, kind="payout_sent")

    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"mail-claim_decided": "hourly"}, "This mail cannot be sent like that"),
        ({"quiet_from": "22:00"}, "Quiet hours have a beginning and an end."),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"digest_at": "25:00"}, "25:00"),
    ],
)
def test_a_choice_there_is_not_is_refused_and_nothing_is_kept(client, ada, changed, said):
    answer = client.post(CHOICES, choices(**changed))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not LetterChoice.objects.exists()
    assert not LetterHours.objects.exists()


def test_each_sees_the_kinds_that_concern_them(client, ada):
    assert "Campaign bonus" not in client.get(CHOICES).content.decode()
    client.force_login(person_of(make_ines()))
    client.cookies["django_language"] = "en"
    assert "Campaign bonus" in client.get(CHOICES).content.decode()
    client.force_login(make_fin())
    page = client.get("/manage/settings/notifications/").content.decode()
    assert "Reconciliation" in page
    assert "New claim" not in page
    client.force_login(make_sam())
    assert "New claim" in client.get("/manage/settings/notifications/").content.decode()


def test_mails_lead_each_to_their_own_shell(client, ada):
    assert client.get("/notifications/")["Location"] == LIST
    assert client.get("/settings/notifications/")["Location"] == CHOICES
    client.force_login(make_sam())
    assert client.get("/notifications/")["Location"] == "/manage/notifications/"
    client.force_login(make_user())
    assert client.get("/notifications/").status_code == 403
    assert client.get("/settings/notifications/").status_code == 403


def _link(person, *, kind="claim_decided"):
    tell(person, "mailed", kind=kind)
    deliveries.send_due(now=NOW)
    address = mail.outbox[-1].extra_headers["List-Unsubscribe"].strip("<>")
    return address[address.index("/letters/") :]


def test_a_category_is_stopped_without_signing_in_and_started_again(client):
    person = make_user(email="ada@example.com", language="en")
    link = _link(person)

    page = client.get(link).content.decode()
    assert "a•••@example.com" in page
    assert "ada@example.com" not in page
    assert not LetterChoice.objects.exists()  # A program that follows links changes nothing.

    assert "No more of these mails" in client.post(link).content.decode()
    Delivery.objects.all().delete()
    tell(person, "after")
    tell(person, "money", kind="payout_sent")
    assert list(Delivery.objects.values_list("kind", flat=True)) == ["payout_sent"]

    client.post(link, {"act": "start"})
    tell(person, "again")
    assert Delivery.objects.filter(kind="claim_decided").count() == 1


def test_a_mail_program_stops_them_by_itself():
    person = make_user()
    link = _link(person)

    answer = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert LetterChoice.objects.get(person=person, kind="claim_decided").mail == "off"


def test_a_link_that_we_did_not_sign_or_of_somebody_gone_is_not_found(client):
    person = make_user()
    link = _link(person)
    assert client.get(f"{link[:-4]}x/").status_code == 404
    person.is_active = False
    person.save()
    assert client.post(link).status_code == 404


def test_the_outbox_shows_both_parts_on_this_machine_alone(client, settings):
    kept = OutboxMail.objects.create(
        recipient="a@example.com", subject="S", body="B", html="<p>As HTML</p>"
    )
    address = f"/dev/outbox/{kept.pk}/html/"
    settings.HAS_OUTBOX = settings.ON_THIS_MACHINE = False
    assert client.get(address).status_code == 404
    settings.HAS_OUTBOX = settings.ON_THIS_MACHINE = True
    settings.LOCAL_HOSTS = ["testserver"]

    answer = client.get(address)

    assert answer.content == b"<p>As HTML</p>"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
