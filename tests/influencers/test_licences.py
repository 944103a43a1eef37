"""Rights to photos: granted in full sentences, revoked for good, gone from every surface."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction

from core.models import AuditEntry
from influencers.models import ImageLicence, Picture
from influencers.queries.licences import covers, credits_of
from influencers.services import licences
from tests.builders import NOW, make_affiliate, make_user
from tests.influencers.look_surface_world import TERMS, make_look, make_picture, make_profile

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


def test_what_was_granted_stands_once_and_cannot_be_edited():
    picture, ines = make_picture(terms=None), make_user()

    [granted] = licences.grant([picture.pk], TERMS, by_id=ines.pk, now=NOW)
    [again] = licences.grant([picture.pk], TERMS, by_id=ines.pk, now=NOW + timedelta(days=1))

    assert granted == again
    assert granted.scopes == ["pdp", "site"]
    with pytest.raises(DatabaseError), transaction.atomic():
        ImageLicence.objects.update(scopes=["ads"])


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"scopes": ()}, "where the photos may be used"),
        ({"scopes": ("tattoo",)}, "cannot be used for tattoo"),
        ({"ends_on": date(2025, 12, 31)}, "end before they begin"),
        ({"credit": " "}, "who took the photos"),
        ({"people": "perhaps"}, "can be recognised"),
        ({"has_minors": True, "people": "released"}, "who agreed for them"),
        ({"has_minors": True, "guardian": "A. Duval"}, "everybody's agreement"),
    ],
)
def test_terms_that_say_too_little_are_refused_and_nothing_is_granted(terms, sentence):
    picture = make_picture(terms=None)

    with pytest.raises(licences.LicenceRefused, match=sentence):
        licences.grant([picture.pk], replace(TERMS, **terms), by_id=None, now=NOW)
    assert not ImageLicence.objects.exists()


def test_nothing_is_granted_for_a_deleted_photo():
    picture, gone = make_picture(terms=None), make_picture(terms=None)
    Picture.objects.filter(pk=gone.pk).update(deleted_at=NOW)

    with pytest.raises(licences.LicenceRefused, match="deleted meanwhile"):
        licences.grant([picture.pk, gone.pk], TERMS, by_id=None, now=NOW)
    assert not ImageLicence.objects.exists()


@pytest.mark.parametrize(
    ("on", "covered"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_the_first_and_the_last_day_are_covered(on, covered):
    picture = make_picture()

    assert covers([picture.pk], "pdp", on) == ({picture.pk} if covered else set())
    assert covers([picture.pk], "ads", on) == set()


def test_the_newest_licence_says_who_is_named():
    picture = make_picture()
    licences.grant(
        [picture.pk], replace(TERMS, credit="Studio Sept"), by_id=None,
        now=NOW + timedelta(hours=1),
    )  # fmt: skip

    assert credits_of([picture.pk], TODAY) == {picture.pk: "Studio Sept"}


def test_a_revoked_licence_stays_revoked_and_leaves_a_trace():
    picture, sam = make_picture(), make_user()
    licence = picture.licences.get()

    with pytest.raises(licences.LicenceRefused, match="Say why"):
        licences.revoke(licence.pk, by_id=sam.pk, reason=" ", now=NOW)
    licences.revoke(licence.pk, by_id=sam.pk, reason="She asked.", now=NOW)
    licences.revoke(licence.pk, by_id=sam.pk, reason="Again.", now=NOW + timedelta(days=1))

    licence.refresh_from_db()
    assert (licence.revoked_at, licence.revoke_reason) == (NOW, "She asked.")
    assert covers([picture.pk], "pdp", TODAY) == set()
    assert AuditEntry.objects.get(verb="licence.revoked").reason == "She asked."


def test_rights_that_end_empty_every_surface(
    client, time_machine, django_capture_on_commit_callbacks
):
    """Gone from what is asked for at once; browsers keep a photo for half an hour."""
    time_machine.move_to(NOW, tick=False)
    ines = make_affiliate(name="Ines")
    make_profile(ines)
    look = make_look(affiliate=ines)
    sku = look.live.slots.first().options.get().product.sku
    surfaces = {
        "page": f"/looks/{look.slug}/",
        "embed": f"/looks/{look.slug}/embed/",
        "lookbook": "/looks/",
        "creator": "/looks/by/ines/",
        "widget": f"/looks/widget?shop=atelier&sku={sku}",
        "json": f"/looks/widget?shop=atelier&sku={sku}&format=json",
        "oembed": f"/oembed?url=http://localhost:8000/looks/{look.slug}/",
    }
    name = client.get(surfaces["json"]).json()["looks"][0]["photo"]["src"].partition("/looks/")[2]
    photo = f"/looks/{name}"
    assert all(look.live.title in client.get(one).text for one in surfaces.values())
    assert client.get(photo)["Cache-Control"] == "public, s-maxage=600, max-age=1800"

    with django_capture_on_commit_callbacks(execute=True):
        licences.revoke(
            look.live.images.get().picture.licences.get().pk, by_id=None, reason="Asked.", now=NOW
        )

    assert {key: client.get(one).status_code for key, one in surfaces.items()} == {
        "page": 404, "embed": 404, "lookbook": 200, "creator": 200, "widget": 204, "json": 204,
        "oembed": 404,
    }  # fmt: skip
    for one in surfaces.values():
        assert look.live.title not in client.get(one).text
    assert client.get(photo).status_code == 404


def test_rights_that_run_out_at_midnight_empty_every_surface(client, time_machine):
    look = make_look()
    sku = look.live.slots.first().options.get().product.sku
    address = f"/looks/widget?shop=atelier&sku={sku}"
    time_machine.move_to("2026-12-31T22:50:00Z", tick=False)  # Ten to midnight in Paris.
    assert client.get(address).status_code == 200
    assert client.get(f"/looks/{look.slug}/").status_code == 200

    time_machine.move_to("2026-12-31T23:01:00Z", tick=False)
    cache.clear()  # Nothing is kept for longer than a minute.

    assert client.get(address).status_code == 204
    assert client.get(f"/looks/{look.slug}/").status_code == 404
