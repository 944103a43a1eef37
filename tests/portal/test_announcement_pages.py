"""Pages of announcements: written and seen by the team, read by whom they are for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from affiliates.models import Announcement, AnnouncementReader, AnnouncementText
from affiliates.services import announcements
from core.models import Delivery
from tests.affiliates.message_world import make_announcement
from tests.people import make_ada, make_mallory, make_sam, person_of

LIST = "/manage/announcements/"
WORDS = {"title_fr": "Soldes", "text_fr": "Ici.", "title_en": "Sales", "text_en": "Here."}

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(client):
    def as_person(person):
        client.force_login(person)
        client.cookies["django_language"] = "en"
        return client

    return as_person


def test_sam_writes_looks_sends_and_ada_reads(enter):
    ada = person_of(make_ada())
    ada.language = "en"
    ada.save()
    sam = enter(make_sam())
    assert "Nothing was announced yet" in sam.get(LIST).content.decode()

    made = sam.post(f"{LIST}new/", WORDS | {"as_banner": "on", "as_letter": "on"})
    page = sam.get(made["Location"]).content.decode()
    assert "Soldes" in page
    assert "Here." in page
    found = Announcement.objects.get()
    sam.post(f"{made['Location']}try/")
    assert Delivery.objects.get().subject in ("Soldes", "Sales")
    sam.post(f"{made['Location']}schedule/", {"at": ""})
    announcements.send_due(now=timezone.now())

    read = f"/portal/announcements/{found.public_id}/"
    browser = enter(ada)
    assert "Here." in browser.get(read).content.decode()
    assert AnnouncementReader.objects.get().read_at is not None
    assert browser.post(f"{read}dismiss/")["Location"] == "/portal/"
    assert AnnouncementReader.objects.get().dismissed_at is not None


def test_the_home_shows_it_until_it_is_put_away(enter):
    ada = person_of(make_ada())
    ada.language = "fr"
    ada.save()
    found = make_announcement(title_fr="Grande nouvelle", title_en="Great news")
    now = timezone.now()
    announcements.schedule(announcement_id=found.pk, at=now, now=now)
    announcements.send_due(now=now)
    browser = enter(ada)
    assert "Grande nouvelle" in browser.get("/portal/").content.decode()
    browser.post(f"/portal/announcements/{found.public_id}/dismiss/")
    assert "Grande nouvelle" not in browser.get("/portal/").content.decode()


def test_nobody_else_reads_it_and_nothing_before_it_is_sent(enter):
    ada = person_of(make_ada())
    found = make_announcement()
    address = f"/portal/announcements/{found.public_id}/"
    assert enter(ada).get(address).status_code == 404
    now = timezone.now()
    announcements.schedule(announcement_id=found.pk, at=now, now=now)
    announcements.send_due(now=now)
    assert enter(ada).get(address).status_code == 200
    mallory = enter(person_of(make_mallory()))
    assert mallory.get(address).status_code == 404
    assert mallory.post(f"{address}dismiss/").status_code == 404


def test_what_lacks_is_said_and_what_was_typed_stays(enter):
    sam = enter(make_sam())
    answer = sam.post(f"{LIST}new/", WORDS | {"as_banner": "on", "text_en": ""})
    assert answer.status_code == 422
    assert "each language that its readers read" in answer.content.decode()
    assert 'value="Soldes"' in answer.content.decode()
    assert sam.post(f"{LIST}new/", WORDS | {"kinds": ["pirate"]}).status_code == 422


def test_it_is_changed_scheduled_called_back_and_ended(enter):
    make_ada()
    sam, found = enter(make_sam()), make_announcement()
    address = f"{LIST}{found.public_id}/"
    assert 'value="Soldes"' in sam.get(f"{address}edit/").content.decode()
    changed = WORDS | {"title_fr": "Autre", "as_banner": "on"}
    assert sam.post(f"{address}edit/", changed).status_code == 302
    later = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    sam.post(f"{address}schedule/", {"at": later})
    found.refresh_from_db()
    assert (found.status, found.title_fr) == ("scheduled", "Autre")
    assert sam.post(f"{address}edit/", changed).status_code == 422
    sam.post(f"{address}call-back/")
    sam.post(f"{address}schedule/", {"at": "soon"})
    found.refresh_from_db()
    assert found.status == "draft"
    sam.post(f"{address}schedule/")
    announcements.send_due(now=timezone.now())
    sam.post(f"{address}end/")
    found.refresh_from_db()
    assert found.status == "ended"
    refused = sam.post(f"{address}call-back/", follow=True).content.decode()
    assert "Ended" in refused


def test_words_that_were_kept_begin_another(enter):
    sam, found = enter(make_sam()), make_announcement()
    sam.post(f"{LIST}{found.public_id}/keep/", {"name": "Sales of summer"})
    kept = AnnouncementText.objects.get()
    page = sam.get(f"{LIST}new/?text={kept.pk}").content.decode()
    assert "Sales of summer" in page
    assert 'value="Soldes"' in page
    assert sam.get(f"{LIST}new/?text=x").status_code == 200
