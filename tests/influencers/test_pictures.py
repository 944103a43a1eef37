"""Photos are taken in without their data, kept once, made in sizes, and really deleted."""

import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image

from core.privacy import purging
from influencers.domain.picture import UNCROPPED, Crop
from influencers.models import LookStatus, Picture, Rendition
from influencers.queries.pictures import near_copies
from influencers.services import pictures, renditions
from influencers.tasks import complete_renditions, make_renditions
from tests.builders import NOW, make_affiliate
from tests.influencers.look_surface_world import make_look, make_picture, photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def add(content, *, affiliate=None, name="photo.jpg"):
    owner = affiliate or make_affiliate()
    return pictures.add(affiliate_id=owner.pk, content=content, name=name, now=NOW)


def kept(picture):
    with default_storage.open(picture.name) as file:
        return Image.open(BytesIO(file.read()))


def with_exif():
    exif = Image.Exif()
    exif[0x0112] = 6  # Taken with the camera turned to the right.
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[1] = "N"
    return photo(1_200, 900, exif=exif)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_photo_is_kept_as_a_private_jpeg(kind, settings):
    picture = add(photo(kind=kind))

    assert (picture.width, picture.height) == (900, 1_200)
    assert kept(picture).format == "JPEG"
    assert picture.bytes_kept == default_storage.size(picture.name)
    assert picture.name.startswith("looks/originals/")
    assert picture.color.startswith("#")
    assert len(picture.color) == 7


def test_where_and_with_what_it_was_taken_is_forgotten_and_it_stands_upright():
    content = with_exif()
    assert b"A camera" in content

    picture = add(content)

    assert (picture.width, picture.height) == (900, 1_200)
    with default_storage.open(picture.name) as file:
        body = file.read()
    assert b"A camera" not in body
    assert not Image.open(BytesIO(body)).getexif()


def test_a_clear_background_becomes_white():
    clear = BytesIO()
    Image.new("RGBA", (700, 700), (255, 0, 0, 0)).save(clear, "PNG")

    assert kept(add(clear.getvalue())).getpixel((5, 5)) == (255, 255, 255)


def test_the_same_file_of_the_same_affiliate_is_one_picture():
    ines, ada, content = make_affiliate(), make_affiliate(), photo()

    first, again = add(content, affiliate=ines), add(content, affiliate=ines)
    other = add(content, affiliate=ada)

    assert first == again
    assert Picture.objects.count() == 2
    assert other.sha256 == first.sha256
    # Photos of customers are each their own, to be erased alone.
    for _time in range(2):
        pictures.add(affiliate_id=None, content=content, name="", now=NOW)
    assert Picture.objects.filter(affiliate__isnull=True).count() == 2


def bomb():
    """A PNG of a few bytes that says it has 100 million pixels."""

    def chunk(name, body):
        crc = zlib.crc32(name + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + name + body + crc

    header = (20_000).to_bytes(4, "big") + (5_000).to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    body = zlib.compress(b"\0" * 1_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.jpg", "empty"),
        (b"x" * (15 * 1024 * 1024 + 1), "a.jpg", "larger than 15 MB"),
        (b"<svg onload=alert(1)>", "a.svg", "no JPEG, PNG, WebP or AVIF"),
        (b"\0\0\0\x18ftypheic", "a.HEIC", "Most compatible"),
        (b"GIF89a" + b"\0" * 50, "a.gif", "no JPEG, PNG, WebP or AVIF"),
        (photo(seed=1)[:2_000], "a.jpg", "damaged"),
        (photo(599, 900, seed=1), "a.jpg", "599 x 900 pixels"),
        (bomb(), "a.png", "60 million pixels"),
    ],
)
def test_what_no_look_can_be_made_of_is_refused_and_nothing_is_kept(
    content, name, sentence, tmp_path
):
    with pytest.raises(pictures.PictureRefused, match=sentence):
        add(content, name=name)

    assert not Picture.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_sizes_are_made_once_in_both_kinds():
    picture = add(photo(1_000, 1_250))

    made = renditions.make(picture.pk)
    again = renditions.make(picture.pk)

    assert [(row.width, row.height, row.kind) for row in made] == [
        (480, 600, "jpeg"), (480, 600, "webp"), (960, 1_200, "jpeg"), (960, 1_200, "webp"),
    ]  # fmt: skip
    assert [row.pk for row in made] == [row.pk for row in again]
    for row in made:
        with default_storage.open(row.name) as file:
            found = Image.open(BytesIO(file.read()))
        assert (found.size, found.format.lower()) == ((row.width, row.height), row.kind)
        assert not found.getexif()


def test_a_crop_has_its_own_sizes():
    picture = add(photo(1_000, 1_000))

    [small, _webp] = renditions.make(picture.pk, Crop(0, 0, 5_000, 10_000))

    assert (small.width, small.height) == (480, 960)
    assert renditions.find_or_make(picture.pk, UNCROPPED, 480, "webp").crop == "0.0.10000.10000"
    assert renditions.find_or_make(picture.pk, UNCROPPED, 481, "webp") is None


def test_the_clock_makes_the_sizes_of_published_photos(django_capture_on_commit_callbacks):
    look = make_look()
    image = look.live.images.get()
    Rendition.objects.all().delete()

    assert complete_renditions() == 1
    assert Rendition.objects.filter(picture=image.picture).count() == 2
    assert complete_renditions() == 0
    assert make_renditions(image.pk) == 2


def test_a_deleted_picture_is_gone_with_everything_made_of_it(
    tmp_path, django_capture_on_commit_callbacks
):
    picture = add(photo())
    renditions.make(picture.pk)

    with django_capture_on_commit_callbacks(execute=True):
        pictures.delete(picture.pk, now=NOW)
        pictures.delete(picture.pk, now=NOW + timedelta(days=1))

    picture.refresh_from_db()
    assert (picture.name, picture.files_left, picture.deleted_at) == ("", None, NOW)
    assert not Rendition.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert renditions.make(picture.pk) == []
    assert renditions.find_or_make(picture.pk, UNCROPPED, 480, "webp") is None


def files_of(picture):
    return [picture.name, *(one.name for one in renditions.make(picture.pk))]


def test_a_deletion_that_is_undone_loses_no_file(django_capture_on_commit_callbacks):
    """LK6"""
    picture = add(photo())
    names = files_of(picture)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        pictures.delete(picture.pk, now=NOW)
        assert all(default_storage.exists(name) for name in names)
        transaction.set_rollback(True)

    assert all(default_storage.exists(name) for name in names)
    assert len(renditions.make(picture.pk)) == len(names) - 1


def test_files_that_could_not_be_deleted_go_the_next_night(
    django_capture_on_commit_callbacks, monkeypatch, caplog
):
    """LK6"""
    picture = add(photo())
    names = files_of(picture)

    def away(_name):
        raise OSError

    with monkeypatch.context() as broken, django_capture_on_commit_callbacks(execute=True):
        broken.setattr(default_storage, "delete", away)
        pictures.delete(picture.pk, now=NOW)
        assert purging.run("influencers.pictures", now=NOW).left == 1

    assert f"deleted photo {picture.pk} are not gone yet" in caplog.text
    assert all(default_storage.exists(name) for name in names)
    nights = [purging.run("influencers.pictures", now=NOW) for _again in range(2)]
    assert [(one.due, one.done, one.left) for one in nights] == [(1, 1, 0), (0, 0, 0)]
    assert not any(default_storage.exists(name) for name in names)


def test_a_picture_that_the_public_sees_is_not_deleted(django_capture_on_commit_callbacks):
    look = make_look()
    picture = look.live.images.get().picture

    with pytest.raises(pictures.PictureInUse):
        pictures.delete(picture.pk, now=NOW)
    assert default_storage.exists(picture.name)

    look.move_to(LookStatus.WITHDRAWN, at=NOW)
    look.save()
    with django_capture_on_commit_callbacks(execute=True):
        pictures.delete(picture.pk, now=NOW)
    assert not default_storage.exists(picture.name)


def test_a_copy_in_another_size_and_quality_is_found_and_another_photo_is_not():
    ines, mallory = make_affiliate(), make_affiliate()
    picture = make_picture(ines, seed=7)
    copy = make_picture(mallory, seed=7, width=1_500, height=2_000, quality=40)
    make_picture(mallory, seed=23)

    assert near_copies(picture) == [copy]
    assert near_copies(copy) == [picture]
