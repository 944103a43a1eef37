from datetime import timedelta

import pytest

from tests.builders import NOW, make_link
from tracking.models import Click, ClickCount
from tracking.services import clicks

pytestmark = pytest.mark.django_db


def record(link, **overrides):
    fields = {"consent": True, "navigation": "followed", "referrer_host": "blog.example"}
    return clicks.record(link=link, **{**fields, "now": NOW, **overrides})


def test_with_consent_there_is_a_row_and_a_token_that_says_nothing():
    link = make_link(sub_id="spring")

    token = record(link)

    click = Click.objects.get()
    assert (click.reference, len(token)) == (token, 22)
    assert (click.link_id, click.affiliate_id) == (link.pk, link.affiliate_id)
    assert (click.sub_id, click.navigation) == ("spring", "followed")
    assert (click.referrer_host, click.clicked_at) == ("blog.example", NOW)
    assert not ClickCount.objects.exists()


def test_no_two_clicks_share_a_token():
    link = make_link()
    assert len({record(link) for _ in range(50)}) == 50


def test_without_consent_only_the_hour_counts():
    link = make_link()
    minutes = (0, 29, 59)

    tokens = [record(link, consent=False, now=NOW + timedelta(minutes=m)) for m in minutes]

    assert tokens == [None] * 3
    assert not Click.objects.exists()
    count = ClickCount.objects.get()
    assert (count.hour, count.count, count.affiliate_id) == (NOW, 3, link.affiliate_id)


@pytest.mark.parametrize(
    "change",
    [
        {"now": NOW + timedelta(hours=1)},
        {"navigation": "typed"},
        {"referrer_host": ""},
    ],
)
def test_other_facts_are_another_count(change):
    link = make_link()
    record(link, consent=False)
    record(link, consent=False, **change)
    assert list(ClickCount.objects.values_list("count", flat=True)) == [1, 1]
