"""A creator's public page: what comes first, its colour, its cover, and where else to find them."""

import re

import pytest

from influencers.services import bios, profiles
from influencers.services.profiles import ACCENTS, Page
from tests.builders import NOW, make_user
from tests.influencers.creator_world import make_account, make_creator
from tests.influencers.look_surface_world import make_look, make_picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings, time_machine, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def ines():
    found = make_creator(name="Ines Moreau")
    page = Page(handle="ines", bio="Linen and sea.", accent="ocean", is_public=True)
    profiles.change_page(found.pk, page, by_id=make_user().pk, now=NOW)
    bios.agree(affiliate_id=found.pk, bio=page.bio, actor_id=make_user().pk, now=NOW)
    return found


def page_of(client):
    answer = client.get("/looks/by/ines/")
    assert answer.status_code == 200
    return answer.text


def test_looks_that_were_put_first_come_first_in_their_order(client, ines):
    titles = ["Quay", "Sea", "Harbour", "Dune"]
    made = {title: make_look(affiliate=ines, title=title) for title in titles}
    newest_first = re.findall("|".join(titles), page_of(client))
    profiles.put_first(ines.pk, made["Sea"].pk, now=NOW)
    profiles.put_first(ines.pk, made["Quay"].pk, now=NOW)

    page = page_of(client)

    order = sorted(titles, key=page.index)
    assert order[:2] == ["Quay", "Sea"]
    rest = [title for title in dict.fromkeys(newest_first) if title in ("Harbour", "Dune")]
    assert order[2:] == rest


def test_a_look_that_was_put_first_and_is_somebody_elses_by_now_is_not_there(client, ines):
    make_look(affiliate=ines, title="Quay")
    other = make_look(title="Not theirs")
    ines.influencer.first_looks = [other.pk]
    ines.influencer.save()

    assert "Not theirs" not in page_of(client)


def test_the_page_has_its_colour_cover_and_portrait(client, ines):
    make_look(affiliate=ines)
    for place in ("avatar", "cover"):
        picture = make_picture(ines, terms=None)
        profiles.show_picture(ines.pk, picture.pk, place=place, by_id=make_user().pk, now=NOW)

    page = page_of(client)

    assert "maker--ocean maker--covered" in page
    for name in ("maker__face", "maker__cover"):
        src = re.search(rf'class="{name}" src="([^"]+)"', page)[1]
        assert client.get(src).status_code == 200


def test_every_colour_is_in_the_style_of_the_pages(client, ines):
    make_look(affiliate=ines)
    style = re.search(r'href="([^"]*pages[^"]*\.css[^"]*)"', page_of(client))[1]
    sheet = b"".join(client.get(style)).decode()
    assert all(f".maker--{accent} " in sheet for accent in ACCENTS)


def test_the_page_leads_to_the_accounts_that_have_an_address(client, ines):
    make_look(affiliate=ines)
    account = make_account(ines, handle="ines.moreau")
    gone, bare = make_account(ines, network="tiktok"), make_account(ines, network="youtube")
    gone.removed_at, bare.url = NOW, ""
    gone.save()
    bare.save()
    ugly = make_account(ines, network="blog")
    ugly.url = "javascript:alert(1)"
    ugly.save()

    page = page_of(client)

    assert f'<a href="{account.url}" rel="me nofollow noopener">Instagram' in page
    assert page.count('rel="me ') == 1
    assert "javascript:" not in page
