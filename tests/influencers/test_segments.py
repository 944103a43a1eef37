"""Segments: what is asked, who is meant, and that a saved one says the same again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencers.domain.segment import (
    Creator,
    Rules,
    UnreadableRules,
    as_document,
    chosen,
    matches,
    read,
    words_of,
)
from influencers.models import Segment
from influencers.queries.creators import members_of
from influencers.services import profiles, segments
from influencers.services.profiles import Known
from influencers.services.segments import SegmentRefused
from tests.builders import NOW, make_user
from tests.influencers.creator_world import make_creator, make_known, make_mark

INES = Creator(
    affiliate_id=1,
    name="Ines Moreau",
    kind="influencer",
    label="ambassador",
    tier="micro",
    members=20_000,
    region="Bretagne",
    themes=frozenset({"linen", "sea"}),
    tags=frozenset({"summer"}),
    networks=frozenset({"instagram"}),
    pools=frozenset({"7"}),
)


@pytest.mark.parametrize(
    ("asked", "is_meant"),
    [
        ({}, True),
        ({"kinds": ("influencer",)}, True),
        ({"kinds": ("employee",)}, False),
        ({"themes": ("wool", "sea")}, True),  # SG1: any of them.
        ({"themes": ("sea",), "regions": ("Alsace",)}, False),  # SG2: every part.
        ({"tiers": ("nano", "micro")}, True),
        ({"without_tags": ("summer",)}, False),
        ({"without_tags": ("winter",)}, True),
        ({"networks": ("tiktok",)}, False),
        ({"pools": ("7",)}, True),
        ({"labels": ("neutral",)}, False),
        ({"search": "moreau"}, True),
        ({"search": "petit"}, False),
        ({"members_from": 20_000, "members_to": 20_000}, True),
        ({"members_from": 20_001}, False),
        ({"members_to": 19_999}, False),
        ({"stores": ("lyon",)}, False),
    ],
)
def test_sg1_and_sg2_who_is_meant(asked, is_meant):
    assert matches(Rules(**asked), INES) is is_meant


def test_sg3_unknown_members_are_never_within_limits():
    unknown = Creator(affiliate_id=2, name="New", kind="influencer", label="neutral")

    assert not matches(Rules(members_to=10**9), unknown)
    assert matches(Rules(), unknown)
    assert chosen(Rules(kinds=("influencer",)), [INES, unknown]) == [INES, unknown]


words = st.lists(st.text(min_size=1, max_size=8), max_size=3).map(tuple)


@given(themes=words, tags=words, least=st.none() | st.integers(0, 10**7), search=st.text())
def test_sg4_what_is_saved_is_read_as_it_was(themes, tags, least, search):
    rules = Rules(themes=themes, tags=tags, members_from=least, search=search)

    assert read(as_document(rules)) == rules


@pytest.mark.parametrize(
    "document",
    [{"colour": ["red"]}, {"themes": "sea"}, {"themes": [1]}, {"members_from": "10"},
     {"members_from": True}, {"members_to": -1}, {"search": ["x"]}],
)  # fmt: skip
def test_sg4_what_is_unknown_is_refused(document):
    with pytest.raises(UnreadableRules):
        read(document)


def test_words_are_small_and_said_once():
    assert words_of(" Linen, SEA\nlinen ,, big  city") == ["linen", "sea", "big city"]
    assert len(words_of(",".join(f"w{n}" for n in range(40)))) == 20


@pytest.mark.django_db
def test_a_segment_means_whoever_fits_when_it_is_used():
    sam = make_user()
    sea, wool = make_creator(), make_creator()
    profiles.describe(sea.pk, Known(themes=["sea"], tags=[], region=""), by_id=sam.pk, now=NOW)
    segment = segments.save(name="Sea", rules=Rules(themes=("sea",)), by_id=sam.pk, now=NOW)
    assert members_of(segment, NOW) == [sea.pk]

    profiles.describe(
        wool.pk, Known(themes=["sea", "wool"], tags=[], region=""), by_id=sam.pk, now=NOW
    )
    assert set(members_of(segment, NOW)) == {sea.pk, wool.pk}


@pytest.mark.django_db
def test_tier_label_and_network_come_from_figures_and_marks():
    known = make_known(network="tiktok")
    make_mark(known, "complaint")
    make_creator()
    rules = Rules(tiers=("micro",), networks=("tiktok",), labels=("detractor",))
    segment = segments.save(name="Angry", rules=rules, by_id=make_user().pk, now=NOW)

    assert members_of(segment, NOW) == [known.pk]


@pytest.mark.django_db
def test_sg5_one_name_is_one_selection():
    sam = make_user()
    first = segments.save(name="Sea", rules=Rules(themes=("sea",)), by_id=sam.pk, now=NOW)
    again = segments.save(name="Sea", rules=Rules(themes=("sea",)), by_id=sam.pk, now=NOW)
    assert first == again

    with pytest.raises(SegmentRefused):
        segments.save(name="Sea", rules=Rules(themes=("wool",)), by_id=sam.pk, now=NOW)
    with pytest.raises(SegmentRefused):
        segments.save(name="All", rules=Rules(), by_id=sam.pk, now=NOW)
    with pytest.raises(SegmentRefused):
        segments.save(name=" ", rules=Rules(themes=("sea",)), by_id=sam.pk, now=NOW)
    assert Segment.objects.get().rules == {"themes": ["sea"]}

    segments.delete(first.pk, by_id=sam.pk, now=NOW)
    segments.delete(first.pk, by_id=sam.pk, now=NOW)
    assert not Segment.objects.exists()
