"""What a draft may hold, and what a look lacks before it is sent (docs/rules/look-versions.md)."""

from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencers.domain.look import (
    Content,
    Crop,
    Facts,
    Option,
    Photo,
    Slot,
    Spot,
    breach,
    problems,
)

KEYS = [uuid4() for _number in range(14)]
PICTURES = [uuid4() for _number in range(8)]


def spot(number, x="0.5", y="0.5"):
    return Spot(KEYS[number], Decimal(x), Decimal(y))


def slot(number, *products, **overrides):
    options = tuple(Option(product, rank == 0) for rank, product in enumerate(products))
    return Slot(key=KEYS[number], role="top", options=options, **overrides)


def photo(number=0, **overrides):
    return Photo(
        picture=PICTURES[number], **{"alt": "A woman in a linen jacket, walking.", **overrides}
    )


def content(**overrides):
    """Two products, with a stand-in each, on one photo: nothing is missing."""
    return Content(
        **{
            "title": "Sunday",
            "story": "On the quays.",
            "tags": ("summer",),
            "disclosure": "collaboration",
            "photos": (photo(spots=(spot(0, "0.3", "0.3"), spot(1, "0.6", "0.6"))),),
            "slots": (slot(0, 1, 2), slot(1, 3, 4)),
            **overrides,
        }
    )


def facts(**overrides):
    sides = dict.fromkeys(PICTURES, 1200)
    return Facts(**{"short_sides": sides, "on_sale": frozenset(range(1, 30)), **overrides})


def found(changed, known=None):
    return [(one.code, one.is_blocking) for one in problems(changed, known or facts())]


def test_nothing_is_missing():
    assert found(content()) == []
    assert breach(content()) == ""


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"photos": tuple(photo(n) for n in range(7))}, "too_many_photos"),
        ({"photos": (photo(0), photo(0))}, "photo_twice"),
        ({"slots": tuple(slot(n, n + 1) for n in range(13)), "photos": ()}, "too_many_products"),
        ({"slots": (slot(0, 1), slot(0, 2))}, "slot_twice"),
        ({"slots": (slot(0, 1, 2, 3, 4, 5, 6, 7), slot(1, 8))}, "too_many_alternates"),
        ({"slots": (slot(0, 1, 1), slot(1, 2))}, "alternate_twice"),
        ({"photos": (photo(spots=(spot(5),)),)}, "spot_without_product"),
        ({"photos": (photo(spots=(spot(0), spot(0, "0.9"))),)}, "spot_without_product"),
        ({"photos": (photo(spots=(spot(0, "1.01"),)),)}, "outside_of_photo"),
        ({"photos": (photo(crop=Crop(Decimal("0.6"), width=Decimal("0.5"))),)}, "outside_of_photo"),
        ({"photos": (photo(crop=Crop(width=Decimal(0))),)}, "outside_of_photo"),
        ({"title": "x" * 81}, "too_long"),
        ({"tags": ("x" * 31,)}, "too_long"),
        ({"photos": (photo(alt="x" * 251),)}, "too_long"),
    ],
)
def test_not_even_a_draft_holds_this(changed, code):
    """LE1"""
    assert breach(content(**changed)) == code


def test_nine_points_on_a_photo_are_one_too_many():
    """LE1"""
    slots = tuple(slot(number, number + 1) for number in range(9))
    spots = tuple(spot(number, f"0.{number + 1}", "0.5") for number in range(9))

    assert breach(content(slots=slots, photos=(photo(spots=spots),))) == "too_many_spots"
    assert breach(content(slots=slots, photos=(photo(spots=spots[:8]),))) == ""


@pytest.mark.parametrize(
    ("changed", "code", "is_blocking"),
    [
        ({"title": "  "}, "no_title", True),  # LE3
        ({"disclosure": ""}, "no_disclosure", True),  # LE4
        ({"photos": ()}, "no_photo", True),  # LE5
        ({"photos": (photo(alt=" "),)}, "no_alt", True),  # LE5
        ({"photos": (photo(alt="A jacket"),)}, "alt_short", False),  # LE5
        ({"slots": (slot(0, 1, 2),), "photos": (photo(),)}, "too_few_products", True),  # LE7
        ({"slots": (slot(0, 1, 2), slot(1))}, "slot_empty", True),  # LE7
        ({"slots": (slot(0, 1, 2), slot(1, 99))}, "product_gone", True),  # LE8
        ({"slots": (slot(0, 1, 2), slot(1, 99, 3))}, "product_sold_out", False),  # LE8
        ({"slots": (slot(0, 1, 2), slot(1, 3))}, "no_alternate", False),  # LE8
        ({"photos": (photo(spots=(spot(0),)),)}, "slot_without_spot", False),  # LE6
        ({"story": ""}, "no_story", False),  # LE9
        ({"tags": ()}, "no_tags", False),  # LE9
    ],
)
def test_what_is_missing_or_advised(changed, code, is_blocking):
    assert (code, is_blocking) in found(content(**changed))


def test_a_stand_in_is_not_advised_for_what_the_look_does_not_need():
    """LE8"""
    slots = (slot(0, 1, 2), slot(1, 3, is_required=False))

    assert found(content(slots=slots)) == []


def test_photos_that_are_gone_small_or_somebody_elses():
    """LE5"""
    assert ("photo_gone", True) in found(content(), facts(short_sides={}))
    assert ("photo_small", False) in found(content(), facts(short_sides={PICTURES[0]: 1_079}))
    assert ("photo_copied", False) in found(content(), facts(copied=frozenset(PICTURES)))


def test_a_product_that_is_sold_out_is_said():
    """LE8"""
    assert ("product_sold_out", False) in found(content(), facts(sold_out=frozenset({1})))


@pytest.mark.parametrize(
    ("x", "y", "is_near"),
    [("0.3", "0.3599", True), ("0.3", "0.36", False), ("0.342", "0.342", True)],
)
def test_points_nearer_than_six_hundredths_cannot_be_told_apart(x, y, is_near):
    """LE6"""
    spots = (spot(0, "0.3", "0.3"), spot(1, x, y))

    codes = [code for code, _blocking in found(content(photos=(photo(spots=spots),)))]

    assert ("spots_near" in codes) == is_near


def test_a_point_outside_of_the_crop_is_said():
    """LE6"""
    crop = Crop(Decimal("0.4"), Decimal(0), Decimal("0.5"), Decimal(1))
    shown = content().photos[0]

    assert ("spot_hidden", False) in found(content(photos=(replace(shown, crop=crop),)))


def test_what_blocks_comes_first():
    """LE2"""
    said = found(content(title="", story="", disclosure="", tags=()))

    assert [blocking for _code, blocking in said] == [True, True, False, False]


@given(
    st.lists(
        st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=2, max_size=6,
        unique=True,
    )
)  # fmt: skip
def test_near_is_the_same_from_both_sides(places):
    """LE6"""
    spots = [Spot(KEYS[0], Decimal(x) / 10_000, Decimal(y) / 10_000) for x, y in places]

    assert all(one.is_near(other) == other.is_near(one) for one, other in combinations(spots, 2))
