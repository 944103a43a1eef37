"""What creators may cost: memory, disk, rows, and how much of them one takes (LK1, LK3)."""

import resource
import zlib
from datetime import timedelta
from io import BytesIO
from multiprocessing import get_context

import pytest
from PIL import Image

from influencers.domain.picture import KEPT_SIDE, MOST_IN_A_DAY
from influencers.models import Look, Picture
from influencers.services import looks, pictures
from tests.builders import NOW, make_affiliate, make_shop
from tests.influencers.look_surface_world import photo
from tests.people import person_of

MOST_MEMORY_KB = 750_000


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def clear_png(width, height):
    """A PNG with an alpha channel: a few hundred kilobytes, whatever it unpacks to."""

    def chunk(name, body):
        crc = zlib.crc32(name + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + name + body + crc

    packer, row = zlib.compressobj(9), b"\0" + b"\x40\x80\xc0\0" * width
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    sides = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    header = sides + bytes([8, 6, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def unpack(content, answer):
    """Take a photo in, and say what it came to and how much memory that needed, in kB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    made = pictures._opened(content, "photo.png")
    needed = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    answer.put((made.mode, made.size, needed))


def test_the_largest_photo_that_is_taken_fits_beside_everything_else():
    content = clear_png(10_000, 6_000)
    assert len(content) < 300_000
    apart = get_context("fork")
    answer = apart.SimpleQueue()
    child = apart.Process(target=unpack, args=(content, answer))
    child.start()

    mode, size, memory = answer.get()

    child.join()
    assert (mode, size) == ("RGB", (KEPT_SIDE, KEPT_SIDE * 6 // 10))
    assert memory < MOST_MEMORY_KB


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["P", "LA", "I;16", "CMYK", "1"])
def test_large_photos_of_any_kind_of_pixels_are_kept_in_colour(mode):
    body = BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (KEPT_SIDE + 400, 700)).save(body, kind)

    made = pictures.add(affiliate_id=make_affiliate().pk, content=body.getvalue(), name="", now=NOW)

    assert made.width == KEPT_SIDE
    assert pictures.opened(made).mode == "RGB"


@pytest.mark.django_db
def test_nobody_fills_the_disk_in_a_day():
    ines, ada, known = make_affiliate(), make_affiliate(), photo()
    pictures.add(affiliate_id=ines.pk, content=known, name="", now=NOW)
    Picture.objects.bulk_create(
        Picture(
            affiliate=ines, sha256=f"{number:064}", fingerprint=0, width=900, height=900,
            color="#ffffff", bytes_kept=1, uploaded_at=NOW,
        )
        for number in range(MOST_IN_A_DAY - 1)
    )  # fmt: skip

    with pytest.raises(pictures.PictureRefused, match="within a day"):
        pictures.add(affiliate_id=ines.pk, content=photo(), name="", now=NOW)

    assert Picture.objects.count() == MOST_IN_A_DAY
    # What is there already, what others send, and what comes tomorrow is taken.
    pictures.add(affiliate_id=ines.pk, content=known, name="", now=NOW)
    pictures.add(affiliate_id=ada.pk, content=photo(), name="", now=NOW)
    pictures.add(affiliate_id=ines.pk, content=photo(), name="", now=NOW + timedelta(days=1))


@pytest.mark.django_db
def test_nobody_begins_looks_without_end():
    ines, shop = make_affiliate(kind="influencer"), make_shop()
    person = person_of(ines)
    Look.objects.bulk_create(
        Look(
            affiliate=ines, shop=shop, slug=f"look-{number}", status_changed_at=NOW, created_at=NOW
        )
        for number in range(looks.MOST_IN_A_DAY)
    )  # fmt: skip

    def begin(now):
        return looks.create(affiliate_id=ines.pk, shop_id=shop.pk, by_id=person.pk, now=now)

    with pytest.raises(looks.TooManyLooks):
        begin(NOW)

    assert begin(NOW + timedelta(days=1)).affiliate == ines
