"""Orders that wait are found in one walk, whatever was decided before them."""

from datetime import timedelta

import pytest
from django.db import connection

from tests.builders import NOW, make_attribution, make_code, make_order
from tracking.models import Attribution
from tracking.services.attributions import _IN_WINDOW, attribute_pending, catch_up

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
_READ = """
SELECT coalesce(sum(seq_tup_read), 0) + coalesce(sum(idx_tup_fetch), 0)
FROM pg_stat_xact_user_tables WHERE relname IN ('shop_order', 'tracking_attribution')
"""


def rows_read():
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        return int(cursor.fetchone()[0])


def make_some(number):
    for _ in range(number):
        make_order(lines=[])


def reads_of(walk):
    before = rows_read()
    return sum(walk()), rows_read() - before


def test_everything_that_waits_is_decided_in_batches():
    make_attribution(make_order(lines=[]))
    make_some(5)
    batches = list(catch_up(now=NOW, limit=2))
    assert (sum(batches), max(batches)) == (5, 2)
    assert list(catch_up(now=NOW)) == []
    assert Attribution.objects.count() == 6


def test_only_what_was_received_since_is_looked_at():
    old = make_order(placed_at=NOW - 3 * HOUR)
    make_order(placed_at=NOW - 2 * HOUR, received_at=NOW)
    assert list(catch_up(now=NOW, since=NOW - HOUR)) == [1]
    assert not Attribution.objects.filter(order=old).exists()


def test_an_order_that_follows_a_later_row_is_decided_in_the_next_walk():
    code = make_code()
    second = make_order(lines=[], number="E-2")
    first = make_order(lines=[], codes=[code.code], placed_at=second.placed_at - HOUR)
    second.follows, second.follows_external_id = first, first.external_id
    second.save()

    assert list(catch_up(now=NOW, limit=1)) == [1, 1]
    assert Attribution.objects.get(order=second).reason == "followed_order"


def test_twice_the_orders_are_twice_the_rows_read():
    """Batch after batch from the beginning reads four times as many."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # As for a table that is not so small.
    make_some(150)
    done, few = reads_of(lambda: catch_up(now=NOW, limit=10))
    assert done == 150
    Attribution.objects.all().delete()
    make_some(150)
    done, many = reads_of(lambda: catch_up(now=NOW, limit=10))
    assert done == 300
    assert many < 2.5 * few


def test_what_is_decided_is_passed_over_once():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    make_some(200)
    assert attribute_pending(now=NOW, limit=1_000) == 200
    make_some(100)

    done, read = reads_of(lambda: catch_up(now=NOW, limit=10))

    assert done == 100
    assert read < 4_000  # Two walks over 300 rows; from the beginning it is over 200 each batch.


def indexes_of(plan, alias, is_in=False):
    is_in = plan.get("Alias", alias if is_in else "") == alias
    if is_in and "Index Name" in plan:
        yield plan["Index Name"]
    for part in plan.get("Plans", ()):
        yield from indexes_of(part, alias, is_in and part["Parent Relationship"] != "SubPlan")


def test_a_window_is_read_by_ids_whatever_else_its_orders_have_in_common():
    """All were received after the year 1: an index of that time would name every order there is."""
    make_some(2)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {_IN_WINDOW}", [NOW, NOW, 0, 1_000, NOW])
        [(explained,)] = cursor.fetchall()
    assert list(indexes_of(explained[0]["Plan"], "o")) == ["shop_order_pkey"]


def test_ids_that_lie_far_apart_are_no_longer_way():
    make_some(2)
    make_order(lines=[], pk=10**12)

    _number, near = reads_of(lambda: catch_up(now=NOW, limit=1))

    assert Attribution.objects.count() == 3
    assert near < 100
