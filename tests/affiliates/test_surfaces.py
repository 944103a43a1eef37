"""Where something was clicked, as terms name it: by whole segments."""

import pytest

from affiliates.domain.surfaces import is_on, is_pattern
from affiliates.domain.terms_document import TermsRefused, read_rules
from affiliates.services.surface_words import place_name


@pytest.mark.parametrize(
    ("pattern", "surface", "expected"),
    [
        ("look:*:pdp", "look:12:pdp", True),
        ("look:*:pdp", "look:12:page", False),
        ("look:*:pdp", "look:12", False),
        ("look:*:pdp", "look:12:pdp:left", False),
        ("look:12:*", "look:12:pdp", True),
        ("look:12:*", "look:123:pdp", False),
        ("look:12:*", "look:12", False),
        ("look:*", "look:12:pdp", True),
        ("look:*", "look:12", True),
        ("look:*", "look", False),
        ("look:*", "lookbook:12", False),
        ("look:1", "look:12", False),
        ("look:12:pdp", "look:12:pdp", True),
        ("look:*", "", False),
        ("*", "story", True),
        ("*", "", False),
    ],
)
def test_a_star_is_a_whole_segment(pattern, surface, expected):
    assert is_on(surface, [pattern]) is expected


@pytest.mark.parametrize("text", ["look:*:pdp", "look:12:*", "look:*", "*", "story", "look:12"])
def test_places_are_segments_between_colons(text):
    assert is_pattern(text)


@pytest.mark.parametrize("text", ["", "look:", ":pdp", "look::pdp", "look:1*", "a b", "**"])
def test_what_names_no_place_is_refused(text):
    assert not is_pattern(text)
    if text:
        with pytest.raises(TermsRefused, match="no place"):
            read_rules(rules(text))


def rules(place):
    return {
        "rules": [
            {"key": "looks", "name": "Looks", "priority": 1, "pays": "margin", "rate_bps": 500,
             "when": {"surface": [place]}}
        ]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("look:*:pdp", "any look on product pages"),
        ("look:12:*", "look 12 everywhere"),
        ("look:*", "any look"),
        ("look:12:offsite", "look 12 off the shop's pages"),
        ("look:12:new", "look:12:new"),
        ("story:*", "story:*"),
        ("*", "*"),
    ],
)
def test_places_are_said_in_words(pattern, words):
    assert place_name(pattern) == words
