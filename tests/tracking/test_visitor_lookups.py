"""What is asked of visitors goes by their index alone, whatever the planner knows of a month."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from tests.builders import NOW, make_click, make_link
from tracking.models import Click
from tracking.queries import clicks_of_visitors
from tracking.services.attribution_evidence import _STEPS, rows_of

pytestmark = pytest.mark.django_db

SINCE, UNTIL = NOW - timedelta(days=60), NOW
FILL = """
INSERT INTO tracking_click (clicked_at, visitor, link_id, affiliate_id, facts, browser, device,
  navigation, referrer_host, country, sub_id, surface)
SELECT %s - n * interval '1 minute', gen_random_uuid(), 1, 1, 0, 0, 0, 'followed', '', '', '', ''
FROM generate_series(1, 30000) AS n
"""
FILL_STEPS = """
INSERT INTO tracking_journeyevent (at, visitor, shop_id, kind, data)
SELECT %s - n * interval '1 minute', gen_random_uuid(), 1, 'page_view', '{}'
FROM generate_series(1, 30000) AS n
"""
# How often each index of the months was read in this transaction, by its kind.
READS = """
SELECT am.amname, sum(pg_stat_get_xact_numscans(i.indexrelid))
FROM pg_inherits JOIN pg_index i ON i.indrelid = inhrelid
JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam
WHERE inhparent = %s::regclass GROUP BY 1
"""
SEQUENTIAL = """
SELECT coalesce(sum(pg_stat_get_xact_numscans(inhrelid)), 0) FROM pg_inherits
WHERE inhparent = %s::regclass
"""


def asked(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def scans(table):
    by_kind = dict(asked(READS, table))
    return int(by_kind["btree"]), int(by_kind["brin"]), int(asked(SEQUENTIAL, table)[0][0])


@pytest.fixture
def fresh_month():
    """Many clicks that no statistics are made of: as in the first hours of a month."""
    asked(FILL, NOW)
    asked(FILL_STEPS, NOW)


@pytest.mark.parametrize("number", [1, 500])
def test_clicks_are_found_by_the_visitors_index_alone(fresh_month, number):
    click = make_click(make_link())
    before = scans("tracking_click")

    for _turn in range(8):  # After five, PostgreSQL would choose between two kinds of plans.
        visitors = [click.visitor, *(uuid4() for _ in range(number - 1))]
        found = clicks_of_visitors(visitors, SINCE, UNTIL)
        assert [one.pk for one in found] == [click.pk]

    btree, brin, sequential = (
        after - was for after, was in zip(scans("tracking_click"), before, strict=True)
    )
    assert btree >= 8 * number
    assert (brin, sequential) == (0, 0)


def test_steps_are_found_by_the_visitors_index_alone(fresh_month):
    before = scans("tracking_journeyevent")
    for _turn in range(8):
        assert rows_of(_STEPS, [[uuid4()], SINCE, UNTIL]) == []
    after = scans("tracking_journeyevent")
    assert after[0] > before[0]
    assert after[1:] == before[1:]


def test_months_outside_of_the_bounds_are_not_touched(fresh_month):
    read = """
    SELECT sum(pg_stat_get_xact_numscans(i.indexrelid)) FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid WHERE c.relname = %s
    """
    out = f"tracking_click_{SINCE - timedelta(days=40):%Y_%m}"
    before = asked(read, out)
    clicks_of_visitors([uuid4()], SINCE, UNTIL)
    assert asked(read, out) == before


def test_a_month_s_click_is_found_as_the_table_says(fresh_month):
    click = make_click(make_link(), surface="look:7:pdp", sub_id="spring", facts=3)
    (found,) = clicks_of_visitors([click.visitor, click.visitor], SINCE, UNTIL)
    row = Click.objects.get(pk=click.pk)
    assert all(getattr(found, name) == getattr(row, name) for name in found._fields)
