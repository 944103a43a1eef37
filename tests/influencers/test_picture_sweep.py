"""Photos that were uploaded and never used go after a week (LK8)."""

import logging
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from core.tasks import purge_rule
from influencers.models import LookImage, LookVersion, Picture, Rendition
from influencers.services import licences, picture_sweep, pictures, renditions
from tests.builders import NOW, make_affiliate
from tests.influencers.look_surface_world import (
    TERMS,
    make_look,
    make_picture,
    make_profile,
    photo,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creators_today")]
WEEK = timedelta(days=7)


def files_of(picture):
    return [picture.name, *(row.name for row in renditions.make(picture.pk))]


def test_what_nothing_uses_is_gone_after_a_week_with_every_file():
    unused = make_picture(make_affiliate(), terms=None)
    look = make_look()
    kept, files = look.live.images.get().picture, files_of(unused)
    its_files = files_of(kept)

    assert picture_sweep.delete_unused(now=NOW + WEEK - timedelta(seconds=1)) == 0
    assert picture_sweep.delete_unused(now=NOW + WEEK) == 1
    assert picture_sweep.delete_unused(now=NOW + WEEK) == 0

    assert list(Picture.objects.all()) == [kept]
    assert set(Rendition.objects.values_list("picture", flat=True)) == {kept.pk}
    assert not any(default_storage.exists(name) for name in files)
    assert all(default_storage.exists(name) for name in its_files)


def test_a_licence_keeps_its_row_but_no_file():
    picture = make_picture(make_affiliate())
    files = files_of(picture)

    assert picture_sweep.delete_unused(now=NOW + WEEK) == 1

    picture.refresh_from_db()
    assert (picture.name, picture.deleted_at) == ("", NOW + WEEK)
    assert not any(default_storage.exists(name) for name in files)
    assert not picture.renditions.exists()


def test_faces_and_covers_of_creators_stay():
    ines = make_affiliate()
    face, cover = make_picture(ines, terms=None), make_picture(ines, terms=None)
    make_profile(ines, avatar=face, cover=cover)

    assert picture_sweep.delete_unused(now=NOW + WEEK) == 0


def test_versions_that_nobody_sees_any_more_keep_their_photos():
    look = make_look()
    LookVersion.objects.update(status="discarded")

    assert picture_sweep.delete_unused(now=NOW + WEEK) == 0
    assert look.live.images.exists()


def test_whoever_writes_a_look_may_still_undo_the_removal_of_a_photo():
    ines = make_affiliate()
    look = make_look(affiliate=ines)
    removed = make_picture(ines, terms=None)
    LookVersion.objects.filter(look=look).update(saved_at=NOW + WEEK)

    assert picture_sweep.delete_unused(now=NOW + WEEK + timedelta(hours=23)) == 0
    assert picture_sweep.delete_unused(now=NOW + WEEK + timedelta(days=1)) == 1
    assert not Picture.objects.filter(pk=removed.pk).exists()


def test_a_photo_that_is_sent_again_has_another_week():
    ines, body = make_affiliate(), photo(seed=7)
    first = pictures.add(affiliate_id=ines.pk, content=body, name="a.jpg", now=NOW)
    again = pictures.add(affiliate_id=ines.pk, content=body, name="b.jpg", now=NOW + WEEK)

    assert again == first
    assert picture_sweep.delete_unused(now=NOW + WEEK) == 0
    assert picture_sweep.delete_unused(now=NOW + 2 * WEEK) == 1


def test_the_number_is_in_the_log_and_nothing_is_used_twice(caplog, time_machine):
    make_picture(make_affiliate(), terms=None)
    licences.grant([make_picture(terms=None).pk], TERMS, by_id=None, now=NOW)
    time_machine.move_to(NOW + WEEK, tick=False)

    with caplog.at_level(logging.INFO, "influencers.services.picture_sweep"):
        assert purge_rule("influencers.pictures") == 2

    assert "2 unused photos are deleted." in caplog.text
    assert not LookImage.objects.exists()
