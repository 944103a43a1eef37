"""A landing sealed into an address: what it says, and whom we believe."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from tracking.domain.capsule import LONGEST_CAPSULE, Expired, Forged, Malformed, open_, seal
from tracking.domain.navigation import NOT_A_VISIT, Navigation
from tracking.domain.surfaces import PLACES

KEY = b"k" * 32
HOUR = datetime(2026, 11, 21, 14, tzinfo=UTC)
VISITS = sorted(set(Navigation) - NOT_A_VISIT)


@pytest.mark.parametrize("navigation", VISITS)
def test_what_was_sealed_is_read_again(navigation):
    text = seal("ada2cd", HOUR + timedelta(minutes=59), navigation, KEY)
    assert open_(text, KEY, HOUR) == ("ada2cd", HOUR, navigation, "")
    assert len(text) <= LONGEST_CAPSULE


@pytest.mark.parametrize("place", sorted(PLACES))
def test_the_place_of_a_look_is_sealed_too(place):
    text = seal("a" * 40, HOUR, "internal", KEY, place)
    assert open_(text, KEY, HOUR) == ("a" * 40, HOUR, "internal", place)
    assert len(text) <= LONGEST_CAPSULE
    for other in {*PLACES, ""} - {place}:
        with pytest.raises(Forged):
            open_(text.replace(f".{place}.", f".{other}." if other else "."), KEY, HOUR)


@pytest.mark.parametrize("place", ["shop", "jeanne", "x"])
def test_no_other_place_is_believed_so_that_it_names_nobody(place):
    with pytest.raises(Malformed):
        open_(seal("abc", HOUR, "internal", KEY, place), KEY, HOUR)


def test_everybody_of_one_hour_and_way_holds_the_same():
    at = [seal("abc", HOUR + timedelta(minutes=m), "typed", KEY) for m in (0, 17, 59)]
    assert len(set(at)) == 1
    assert seal("abc", HOUR + timedelta(hours=1), "typed", KEY) != at[0]


@pytest.mark.parametrize(
    ("age", "is_good"),
    [
        (timedelta(0), True),
        (timedelta(hours=24) - timedelta(microseconds=1), True),
        (timedelta(hours=24), False),
        (timedelta(days=400), False),
        (timedelta(microseconds=-1), False),
    ],
)
def test_it_lasts_a_day(age, is_good):
    text = seal("abc", HOUR, "typed", KEY)
    if is_good:
        assert open_(text, KEY, HOUR + age)
    else:
        with pytest.raises(Expired):
            open_(text, KEY, HOUR + age)


def test_another_key_is_no_key():
    with pytest.raises(Forged):
        open_(seal("abc", HOUR, "typed", KEY), b"x" * 32, HOUR)


@pytest.mark.parametrize(
    "change", [("abc", "abd"), (".typed.", ".followed."), (".49", ".59"), ("abc.", "ABC.")]
)
def test_nothing_in_it_can_be_changed(change):
    text = seal("abc", HOUR, "typed", KEY)
    assert change[0] in text
    with pytest.raises(Forged):
        open_(text.replace(*change), KEY, HOUR)


@pytest.mark.parametrize("navigation", sorted(NOT_A_VISIT))
def test_who_did_not_visit_cannot_agree_later(navigation):
    with pytest.raises(Malformed):
        open_(seal("abc", HOUR, navigation, KEY), KEY, HOUR)


@pytest.mark.parametrize("text", ["", ".", "abc.1.typed.", "a.b.c.d", "abc.01.typed." + "A" * 22])
def test_what_is_none_is_refused(text):
    with pytest.raises(Malformed):
        open_(text, KEY, HOUR)


@given(st.text(max_size=200))
def test_nothing_that_somebody_writes_opens(text):
    with pytest.raises(DomainError):
        open_(text, KEY, HOUR)


@given(st.integers(0, 95), st.characters(codec="ascii"))
def test_a_changed_sign_never_opens(place, sign):
    text = seal("abc", HOUR, "typed", KEY)
    place %= len(text)
    changed = text[:place] + sign + text[place + 1 :]
    if changed != text:
        with pytest.raises(DomainError):
            open_(changed, KEY, HOUR)
