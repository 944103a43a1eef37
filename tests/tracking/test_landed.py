"""Which landing events belong to a click, and what they prove of it together."""

from datetime import timedelta

import pytest

from tests.builders import NOW
from tracking.domain.landed import proven_by
from tracking.domain.navigation import Fact

TYPED = Fact.TOP_LEVEL | Fact.REFERRER_ABSENT
HIDDEN = {"path": "/", "redirects": 0, "entry": "navigate", "referrer": "", "visible": False,
          "focused": False}  # fmt: skip
LEFT = {**HIDDEN, "leaving": True}
LOOKED_AT = {**LEFT, "visible": True}
SECOND = timedelta(seconds=1)


def proven(*landings, facts=TYPED, **more):
    return proven_by(int(facts), navigation="typed", clicked_at=NOW, landings=landings, **more)


def test_without_a_landing_the_request_is_all_that_is_known():
    assert proven() == TYPED


def test_a_landing_adds_what_the_page_saw():
    found = proven((NOW + SECOND, HIDDEN))
    assert found == TYPED | Fact.LANDED | Fact.HIDDEN_REDIRECTOR | Fact.UNSEEN


def test_a_page_that_was_never_looked_at_stays_unseen():
    assert Fact.UNSEEN in proven((NOW + SECOND, HIDDEN), (NOW + 60 * SECOND, LEFT))


def test_a_page_that_was_looked_at_later_was_seen():
    found = proven((NOW + SECOND, HIDDEN), (NOW + 60 * SECOND, LOOKED_AT))
    assert Fact.UNSEEN not in found
    assert Fact.HIDDEN_REDIRECTOR in found


@pytest.mark.parametrize(
    ("after", "is_its_own"),
    [(-3, False), (-1, True), (0, True), (599, True), (600, False), (86_400, False)],
)
def test_a_landing_belongs_to_the_click_just_before_it(after, is_its_own):
    found = proven((NOW + after * SECOND, HIDDEN))
    assert (Fact.LANDED in found) is is_its_own


def test_a_landing_after_the_next_click_is_that_ones():
    landing = (NOW + 31 * SECOND, HIDDEN)
    assert Fact.LANDED in proven(landing)
    assert Fact.LANDED not in proven(landing, next_click_at=NOW + 30 * SECOND)


def test_on_another_origin_redirects_prove_nothing():
    found = proven((NOW + SECOND, LOOKED_AT), is_same_origin=False)
    assert found == TYPED | Fact.LANDED
