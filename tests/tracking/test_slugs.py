"""Rule L7: what a link's address may end in."""

from itertools import islice

import pytest

from tracking.domain import slugs
from tracking.domain.slugs import SlugProblem


@pytest.mark.parametrize(
    "slug",
    ["abc", "red-dresses", "ete-2026", "a1b", "x" * 40, "salopette-jean", "pussy-bow-blouse",
     "open-issue", "scunthorpe", "cocktail-classics", "en-retard", "shiitake"],
)  # fmt: skip
def test_a_plain_word_can_be_one(slug):
    assert slugs.problem(slug) is None


@pytest.mark.parametrize(
    ("slug", "why"),
    [
        ("ab", SlugProblem.LENGTH),
        ("x" * 41, SlugProblem.LENGTH),
        ("Red", SlugProblem.SIGNS),
        ("été", SlugProblem.SIGNS),
        ("a_b", SlugProblem.SIGNS),
        ("-abc", SlugProblem.SIGNS),
        ("abc-", SlugProblem.SIGNS),
        ("a--b", SlugProblem.SIGNS),
        ("a/b", SlugProblem.SIGNS),
        ("abc\n", SlugProblem.SIGNS),
        ("api", SlugProblem.RESERVED),
        ("admin", SlugProblem.RESERVED),
        ("manage", SlugProblem.RESERVED),
        ("merde", SlugProblem.RUDE),
        ("bonne-merde", SlugProblem.RUDE),
        ("m3rd3", SlugProblem.RUDE),
        ("shittydeal", SlugProblem.RUDE),
        ("f-u-c-k", SlugProblem.RUDE),
        ("gros-con", SlugProblem.RUDE),
    ],
)
def test_what_cannot_be_one_says_why(slug, why):
    assert slugs.problem(slug) is why


def test_every_reserved_word_and_rude_word_is_refused():
    words = [*slugs.RESERVED, *slugs.RUDE_WORDS, *slugs.RUDE_STEMS]
    assert [word for word in words if len(word) > 2 and slugs.problem(word) is None] == []


def test_suggestions_are_possible_and_fit():
    found = list(islice(slugs.candidates("x" * 40, year=2026, name="Le Carnet d'Ada"), 5))

    assert found[0].endswith("-le-carnet-d")
    assert found[1].endswith("-2026")
    assert [slugs.problem(one) for one in found] == [None] * 5
    assert len(set(found)) == 5


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Le Carnet d'Ada", "le-carnet-d-ada"), ("Été à Ré", "ete-a-re"), ("日本", ""), (" a ", "a")],
)
def test_a_text_as_a_slug(text, slug):
    assert slugs.slug_of(text) == slug
