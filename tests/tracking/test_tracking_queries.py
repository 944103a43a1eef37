from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_code,
    make_link,
    make_order,
)
from tracking import queries
from tracking.services import clicks
from tracking.services.attributions import attribute_pending

pytestmark = pytest.mark.django_db


def count(link, hour, number, navigation="followed"):
    landing = clicks.Landing(
        link=link, consent=False, navigation=navigation, referrer_host="", at=hour
    )
    clicks.record_many([landing] * number, now=NOW)


def test_visits_are_counted_by_day_with_the_empty_days(django_assert_num_queries):
    affiliate = make_affiliate()
    link = make_link(affiliate)
    make_click(link, clicked_at=datetime(2026, 6, 12, 21, 59, tzinfo=UTC))  # 23:59 in Paris
    make_click(link, clicked_at=datetime(2026, 6, 12, 22, 0, tzinfo=UTC))  # the next day
    count(link, datetime(2026, 6, 14, 9, 0, tzinfo=UTC), 5)
    count(link, datetime(2026, 6, 14, 9, 0, tzinfo=UTC), 99, "embedded")
    make_click(clicked_at=NOW - timedelta(days=1))  # Somebody else's.
    since = datetime(2026, 6, 11, 22, 0, tzinfo=UTC)

    with django_assert_num_queries(1):
        days = queries.click_days(affiliate.pk, since, since + timedelta(days=3))

    assert [(day.day.day, day.clicks) for day in days] == [(12, 1), (13, 1), (14, 5)]


def test_click_days_follow_the_time_zone_of_the_reader():
    link = make_link()
    at = datetime(2026, 6, 12, 22, 0, tzinfo=UTC)
    make_click(link, clicked_at=at)
    with timezone.override("UTC"):
        days = queries.click_days(link.affiliate_id, at, at + timedelta(hours=2))
    assert [(day.day.day, day.clicks) for day in days] == [(12, 1)]


def test_a_link_tells_its_visits_and_orders(django_assert_num_queries):
    affiliate = make_affiliate()
    clicked, counted, unused = (make_link(affiliate) for _ in range(3))
    click = make_click(clicked)
    make_click(clicked, clicked_at=NOW - timedelta(days=3))
    count(clicked, NOW, 2)
    count(counted, NOW, 7)
    count(counted, NOW, 1, "embedded")
    make_order(click_tokens=[click.reference])
    make_order(codes=[make_code(affiliate).code])
    attribute_pending(now=NOW)

    with django_assert_num_queries(2):
        stats = queries.link_stats(affiliate.pk)

    assert stats[clicked.pk] == queries.LinkStats(4, 1, NOW)
    assert stats[counted.pk] == queries.LinkStats(7, 0, NOW)
    assert unused.pk not in stats
    recent = queries.link_stats(affiliate.pk, since=NOW - timedelta(days=1))
    assert recent[clicked.pk].clicks == 3


def test_a_code_tells_its_orders():
    affiliate = make_affiliate()
    code, _unused = make_code(affiliate), make_code(affiliate)
    for _ in range(2):
        make_order(codes=[code.code])
    attribute_pending(now=NOW)

    assert queries.code_orders(affiliate.pk) == {code.pk: 2}


def test_the_trace_of_an_order_tells_everything_that_came_with_it(django_assert_max_num_queries):
    click, code = make_click(), make_code()
    order = make_order(
        click_tokens=[click.reference, "unknown"], codes=[code.code.lower(), "shopown", "other"]
    )
    assert queries.trace(order.pk).attribution is None
    attribute_pending(now=NOW)

    with django_assert_max_num_queries(5):
        trace = queries.trace(order.pk)

    assert trace.attribution == order.attribution
    assert [(one.kind, one.won) for one in trace.touchpoints] == [("code", True), ("click", False)]
    assert [credit.affiliate for credit in trace.credits] == [code.affiliate]
    assert (trace.unknown_codes, trace.unknown_clicks) == (["other", "shopown"], 1)
