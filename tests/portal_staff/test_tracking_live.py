"""The live stream: every kind of thing, nobody told apart, bounded questions."""

from datetime import timedelta

import pytest

from tests.builders import (
    NOW,
    make_click,
    make_link,
)
from tests.portal_staff.tracking_world import (
    land,
    make_everything,
    page,
)
from tracking.domain.references import to_uuid

pytestmark = pytest.mark.django_db


def test_the_stream_shows_every_kind(sam):
    make_everything()

    shown = page(sam, "tracking-stream")

    assert "Landing through /c/ete" in shown
    assert "Sub-id bio" in shown
    assert "3 landings without consent through /c/ete in the hour from 11:00" in shown
    assert "Page seen" in shown
    assert "Order WEB-7 received" in shown
    assert "Brought by Le Carnet" in shown
    assert "Return of order WEB-7" in shown
    assert "Delivery evt-1 could not be worked on" in shown


def test_the_stream_identifies_nobody(sam):
    reference = make_everything()

    for shown in (page(sam, "tracking-stream"), page(sam, "tracking-debug", order="WEB-7")):
        assert reference not in shown
        assert str(to_uuid(reference)) not in shown
        assert "8123456789012345678" not in shown.replace(",", "")


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ({"kind": "order"}, "Order WEB-7", "Landing through"),
        ({"kind": "click"}, "Landing through", "Order WEB-7"),
        ({"affiliate": "carnet"}, "Order WEB-7", "Page seen"),
        ({"affiliate": "nobody"}, "Nothing in 24 hours", "WEB-7"),
        ({"code": "ete"}, "Return of order WEB-7", "evt-1"),
        ({"code": "https://shop.example/c/ete"}, "Landing through /c/ete", "evt-1"),
        ({"code": "other"}, "Nothing in 24 hours", "WEB-7"),
        ({"shop": "atelier"}, "Page seen", "Nothing in 24 hours"),
        ({"shop": "unknown"}, "Nothing in 24 hours", "WEB-7"),
    ],
)
def test_the_stream_narrowed(sam, query, seen, unseen):
    make_everything()

    shown = page(sam, "tracking-stream", headers={"HX-Request": "true"}, **query)

    assert seen in shown
    assert unseen not in shown


def test_what_is_asked_again_is_the_list_alone(sam):
    make_everything()

    shown = page(sam, "tracking-stream", headers={"HX-Request": "true"})

    assert "<html" not in shown
    assert "data-live-list" in shown
    assert "data-live-part" in shown


def test_a_count_that_grew_has_another_version(sam):
    link = make_link(code="ete")
    land(link, 3)
    before = page(sam, "tracking-stream", headers={"HX-Request": "true"})
    land(link, 1)
    after = page(sam, "tracking-stream", headers={"HX-Request": "true"})

    assert 'data-version="3-0"' in before
    assert 'data-version="4-0"' in after


def test_the_hour_before_is_counted_for_ten_minutes_more(sam, time_machine):
    land(make_link(), 3)

    assert "in the hour from 11:00" in page(sam, "tracking-stream")

    time_machine.move_to(NOW + timedelta(minutes=10), tick=False)
    assert "in the hour from 11:00" not in page(sam, "tracking-stream")


def test_an_old_day_is_not_in_the_stream(sam):
    make_click(clicked_at=NOW - timedelta(hours=25))

    assert "Nothing in 24 hours" in page(sam, "tracking-stream")
