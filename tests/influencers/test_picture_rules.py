"""Crops, sizes, places and fingerprints (docs/rules/looks.md)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencers.domain.picture import (
    UNCROPPED,
    WHOLE,
    Crop,
    Size,
    fingerprint,
    pixels,
    place_in,
    read_crop,
    sizes,
)


@pytest.mark.parametrize(
    ("crop", "whole", "expected"),
    [
        ("LK5 all sizes", (UNCROPPED, Size(3_000, 4_000)), [(480, 640), (960, 1280), (1600, 2133)]),
        ("LK5 never enlarged", (UNCROPPED, Size(1_000, 1_000)), [(480, 480), (960, 960)]),
        ("LK5 but the smallest", (Crop(0, 0, 2_000, 5_000), Size(900, 900)), [(480, 1200)]),
    ],
)
def test_sizes(crop, whole, expected):
    assert list(sizes(*whole)) == expected, crop


@given(
    st.integers(0, WHOLE - 1),
    st.integers(0, WHOLE - 1),
    st.integers(1, WHOLE),
    st.integers(1, WHOLE),
    st.integers(1, 5_000),
    st.integers(1, 5_000),
)
def test_a_crop_is_inside_its_picture_and_has_one_spelling(x, y, width, height, across, down):
    crop = Crop(x, y, min(width, WHOLE - x), min(height, WHOLE - y))
    left, top, right, bottom = pixels(crop, Size(across, down))

    assert 0 <= left < right <= across
    assert 0 <= top < bottom <= down
    assert read_crop(str(crop)) == crop


@pytest.mark.parametrize("text", ["", "0.0.0.10000", "1.0.10000.1", "-1.0.5.5", "a.b.c.d", "1.2.3"])
def test_what_spells_no_part_of_a_picture(text):
    assert read_crop(text) is None


def test_a_hotspot_outside_the_crop_is_not_seen():
    crop = Crop(2_000, 0, 5_000, 5_000)

    assert place_in(crop, 4_500, 2_500) == (5_000, 5_000)
    assert place_in(crop, 2_000, 0) == (0, 0)
    assert place_in(crop, 1_999, 100) is None
    assert place_in(crop, 3_000, 5_001) is None


def test_a_fingerprint_fits_a_signed_number_of_64_bits():
    falling = [9 - column for _row in range(8) for column in range(9)]
    rising = [column for _row in range(8) for column in range(9)]

    assert fingerprint(falling) == -1
    assert fingerprint(rising) == 0
    assert fingerprint(rising[:-9] + falling[-9:]) == 255
    assert fingerprint(falling[:9] + rising[9:]) == -(2**63) + 127 * 2**56
