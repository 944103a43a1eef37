"""Photos go by signed names to whoever may see them, for a while."""

import re
from datetime import timedelta

import pytest

from affiliates.models import AffiliateStatus
from influencers.models import LookStatus
from influencers.queries.pictures import read_name, sources
from influencers.services import pictures
from tests.builders import NOW, make_affiliate
from tests.influencers.look_surface_world import make_look, make_picture, make_profile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("looks_today")]


def test_a_picture_comes_by_a_signed_name_only(client, shop, time_machine):
    look = make_look()
    image = look.live.images.get()
    public = widget_photo(client, look)
    own = sources(image).src

    answer = client.get(public)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "public, s-maxage=600, max-age=1800"
    assert answer.content.startswith(b"\xff\xd8")
    assert client.get(public, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get(own)["Cache-Control"] == "private, max-age=1800"
    assert client.get(own)["Cross-Origin-Resource-Policy"] == "same-origin"
    for forged in (
        public.replace("-480-", "-960-").replace("-960-", "-1600-", 1),
        public.replace(".jpg", ".webp"),
        public.replace(".jpg", ".gif"),
        public[:-8] + "AAAA.jpg",
        "/looks/pictures/1.jpg",
        "/looks/pictures/..jpg",
    ):
        assert client.get(forged).status_code == 404, forged
    name = own.rpartition("/")[2]
    assert read_name(name, today=NOW.date() + timedelta(days=2)) is not None
    assert read_name(name, today=NOW.date() + timedelta(days=3)) is None
    time_machine.move_to(NOW + timedelta(days=15))
    assert client.get(public).status_code == 404


def widget_photo(client, look):
    sku = look.live.slots.first().options.get().product.sku
    said = client.get("/looks/widget", {"shop": "atelier", "sku": sku, "format": "json"}).json()
    return said["looks"][0]["photo"]["src"]


def test_a_picture_that_is_not_published_is_nobodys(client, shop):
    look = make_look()
    public = widget_photo(client, look)
    look.move_to(LookStatus.WITHDRAWN, at=NOW)
    look.save()

    assert client.get(public).status_code == 404


def test_the_face_of_a_public_creator_is_public(client, shop):
    ines = make_affiliate(name="Ines")
    profile = make_profile(ines, avatar=make_picture(ines, terms=None))
    make_look(affiliate=ines)
    src = re.search(r'class="maker__face" src="([^"]+)"', client.get("/looks/by/ines/").text)[1]

    assert client.get(src).status_code == 200
    profile.is_page_public = False
    profile.save()
    assert client.get(src).status_code == 404


@pytest.mark.parametrize("status", [AffiliateStatus.SUSPENDED, AffiliateStatus.CLOSED])
def test_photos_and_faces_of_an_account_that_is_stopped_are_nobodys(client, shop, status):
    ines = make_affiliate(name="Ines")
    make_profile(ines, avatar=make_picture(ines, terms=None))
    photo = widget_photo(client, make_look(affiliate=ines))
    face = re.search(r'class="maker__face" src="([^"]+)"', client.get("/looks/by/ines/").text)[1]
    etag = client.get(photo)["ETag"]
    ines.status = status
    ines.save()

    assert client.get(photo).status_code == 404
    assert client.get(photo, headers={"If-None-Match": etag}).status_code == 404
    assert client.get(face).status_code == 404


def test_what_is_deleted_is_confirmed_to_no_browser(client, shop):
    look = make_look(status=LookStatus.DRAFT)
    own = sources(look.live.images.get()).src
    etag = client.get(own)["ETag"]
    assert client.get(own, headers={"If-None-Match": etag}).status_code == 304
    pictures.delete(look.live.images.get().picture_id, now=NOW)

    assert client.get(own, headers={"If-None-Match": etag}).status_code == 404
