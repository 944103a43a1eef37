"""A creator's new name or text: seen by the team first, on the home of managers and its page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from affiliates.models import AffiliateProfile
from influencers.models import Influencer
from influencers.services import profiles as creators
from influencers.services.profiles import Page
from portal.queries.staff_dashboard import Queue, queues
from tests.builders import NOW
from tests.influencers.look_surface_world import make_look
from tests.people import make_ada, make_ines, person_of
from tests.portal.resource_world import make_profile
from tests.portal_staff.tracking_world import page

NEW = "Free <b>iPhones</b>"
SHOWN = "Free &lt;b&gt;iPhones&lt;/b&gt;"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ines():
    """Her page is public and a new name of hers waits."""
    found = _with_page()
    make_profile(found, name=NEW)
    return found


def _with_page():
    found = make_ines()
    told = Page(handle="ines", bio="Linen.", accent="ocean", is_public=True)
    creators.change_page(found.pk, told, by_id=person_of(found).pk, now=NOW)
    make_look(affiliate=found)
    return found


def _act(client, affiliate, act, name=NEW):
    url = reverse(f"portal:affiliate-name-{act}", args=[affiliate.public_id])
    return " ".join(client.post(url, {"name": name}, follow=True).text.split())


def _page_of(client, affiliate, tab=""):
    address = reverse("portal:affiliate-detail", args=[affiliate.public_id])
    return " ".join(client.get(f"{address}{tab}").text.split())


def _public(client):
    answer = client.get("/looks/by/ines/")
    assert answer.status_code == 200
    return answer.text


def _own(client, ines):
    client.force_login(person_of(ines))
    return " ".join(client.get("/portal/profile/").text.split())


def test_a_new_name_is_typed_and_waits(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    ines = _with_page()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "The team looks at a new one first." in _own(client, ines)

    answer = client.post("/portal/profile/", {"name": NEW}, follow=True)

    assert "Your new name waits for the team" in answer.text
    assert f'value="{SHOWN}"' in answer.text
    assert NEW not in answer.text
    assert "Ines Moreau" in _public(client)
    assert "iPhones" not in _public(client)


def test_what_waits_is_on_the_home_of_managers_and_in_the_directory(sam, ines):
    ada = make_ada()
    assert "/manage/affiliates/?waits=name" in page(sam, "manage-home")

    found = page(sam, "affiliate-list", waits="name")
    assert ines.name in found
    assert ada.name.replace("'", "&#x27;") not in found


def test_a_manager_agrees_and_everybody_reads_it(sam, ines):
    shown = _page_of(sam, ines)
    assert "A new name waits for the team" in shown
    assert SHOWN in shown
    assert NEW not in shown

    assert "The new name stands." in _act(sam, ines, "agree")
    assert SHOWN in _public(sam)
    assert "A new name waits" not in _page_of(sam, ines)
    assert "New name agreed to" in _page_of(sam, ines, "?tab=journal")


def test_a_manager_declines_and_the_creator_reads_it(sam, ines):
    assert "The old name stays." in _act(sam, ines, "decline")

    assert "iPhones" not in _public(sam)
    assert "The team declined your new name" in _own(sam, ines)


def test_a_name_that_was_changed_since_is_not_agreed_to(sam, ines):
    make_profile(ines, name="Your bank")

    assert "It was decided on meanwhile: reload the page." in _act(sam, ines, "agree")

    ines.refresh_from_db()
    assert ines.name == "Ines Moreau"
    assert AffiliateProfile.objects.get().name_waits


def test_a_new_text_waits_in_the_same_queue_is_agreed_to_and_seen(sam):
    ines = _with_page()
    assert "Linen." not in _public(sam)
    assert "/manage/affiliates/?waits=name" in page(sam, "manage-home")
    assert ines.name in page(sam, "affiliate-list", waits="name")
    assert "A new text about them waits for the team" in _page_of(sam, ines)

    said = _decide_on_text(sam, ines, "agree")

    assert "The new text stands." in said
    assert "A new text about them waits" not in said
    assert "Linen." in _public(sam)
    assert "New text agreed to" in _page_of(sam, ines, "?tab=journal")
    assert not queues().names.count


def test_a_name_and_a_text_are_one_thing_that_waits_since_the_first(sam, ines):
    Influencer.objects.update(bio_wished_at=NOW - timedelta(days=2))

    assert queues().names == Queue(1, NOW - timedelta(days=2))


def test_a_new_text_is_declined_and_its_creator_reads_it(sam):
    ines = _with_page()

    assert "The old text stays." in _decide_on_text(sam, ines, "decline")
    assert "It was decided on meanwhile" in _decide_on_text(sam, ines, "agree", "Other.")

    assert "Linen." not in _public(sam)
    sam.force_login(person_of(ines))
    own = sam.get("/portal/creator/page/").text
    assert "The team declined your new text" in own


def _decide_on_text(client, affiliate, act, bio="Linen."):
    url = reverse(f"portal:affiliate-bio-{act}", args=[affiliate.public_id])
    return " ".join(client.post(url, {"bio": bio}, follow=True).text.split())
