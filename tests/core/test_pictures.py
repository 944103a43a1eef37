"""Pictures that others sent: bounded before they are unpacked, and broken in known ways only."""

from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image

from core.pictures import UNREADABLE, TooManyPixels, opened

KINDS = ("PNG", "JPEG")


def drawn(kind, size=(30, 20)):
    body = BytesIO()
    Image.effect_noise(size, 50).save(body, kind)
    return body.getvalue()


def test_a_picture_with_as_many_pixels_as_may_be_is_opened():
    with opened(drawn("PNG"), kinds=KINDS, most_pixels=600) as picture:
        assert picture.size == (30, 20)


def test_one_with_more_is_not_nor_one_that_pillow_fears(monkeypatch):
    with pytest.raises(TooManyPixels):
        opened(drawn("PNG"), kinds=KINDS, most_pixels=599)

    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(TooManyPixels):
        opened(drawn("JPEG"), kinds=KINDS, most_pixels=10_000)


@pytest.mark.parametrize("body", [b"", b"words", b"\x89PNG\r\n\x1a\n", drawn("BMP")])
def test_what_is_no_picture_of_these_kinds_is_unreadable(body):
    with pytest.raises(UNREADABLE):
        opened(body, kinds=KINDS, most_pixels=600)


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_ends_anywhere_or_lies_anywhere_breaks_in_a_known_way(kind):
    whole = drawn(kind)
    for at in range(0, len(whole), 3):
        for body in (whole[:at], whole[:at] + b"\xff\x00" + whole[at + 2 :]):
            with suppress(*UNREADABLE, TooManyPixels):
                opened(body, kinds=KINDS, most_pixels=600).load()
