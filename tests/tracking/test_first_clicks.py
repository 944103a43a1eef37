"""The first visit is told once, in the reader's language, and no later one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.models import Delivery
from tests.builders import NOW, make_affiliate, make_click, make_link, make_user
from tracking.services import first_clicks

pytestmark = pytest.mark.django_db


def _link(language="en", **overrides):
    affiliate = make_affiliate(user=make_user(language=language, name="Ada"))
    return make_link(affiliate, **overrides)


def test_the_first_visit_is_told_once_with_its_link():
    link = _link(label="Coats")
    make_click(link)
    make_click(link, clicked_at=NOW - timedelta(hours=1))

    assert first_clicks.tell(now=NOW) == 1
    assert first_clicks.tell(now=NOW + timedelta(hours=1)) == 0

    mail = Delivery.objects.get(kind="first_click")
    assert mail.subject == "Your first visitor"
    assert "Coats" in mail.body
    assert f"/portal/links/{link.pk}/" in mail.body
    assert "Hello Ada" in mail.body


def test_it_is_told_in_french():
    make_click(_link("fr"))
    first_clicks.tell(now=NOW)

    assert Delivery.objects.get(kind="first_click").body.startswith("Bonjour Ada")


def test_of_two_links_the_one_that_was_first_is_named():
    link = _link(label="Coats")
    later = make_link(link.affiliate, label="Shoes")
    make_click(later)
    make_click(link, clicked_at=NOW - timedelta(hours=30))

    assert first_clicks.tell(now=NOW) == 1
    assert "Coats" in Delivery.objects.get(kind="first_click").body


def test_who_had_visitors_before_is_told_of_none():
    link = _link()
    make_click(link, clicked_at=NOW - timedelta(days=30))
    make_click(link)

    assert first_clicks.tell(now=NOW) == 0
    assert not Delivery.objects.exists()


def test_a_first_visit_of_last_week_is_no_news():
    make_click(_link(), clicked_at=NOW - timedelta(days=7))

    assert first_clicks.tell(now=NOW) == 0
