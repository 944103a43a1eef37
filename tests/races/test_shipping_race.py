"""Shippers against each other, and against a database that dies in the middle of a transaction."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection

from tests.builders import NOW
from tests.postgresql.base import acting_as
from tests.races.threads import at_once, raised
from tests.tracking.spool_lines import HOST, VISITOR, click, count, dead, withdrawal
from tracking.domain.spool_line import loss_line, microseconds
from tracking.models import Click, ClickCount, ClickDay, ClickHour, SpoolHost
from tracking.services import shipping, spool_checks, spool_files

_KILL = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND query LIKE '%INTO tracking_clickday%'
      AND datname = current_database()
"""
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def directory(tmp_path, monkeypatch):
    monkeypatch.setattr(spool_files, "BATCH_BYTES", 5_000)  # Many small transactions.
    return tmp_path


def until_nothing_is_left(directory):
    shipped = 0
    while list(directory.iterdir()):
        done = shipping.ship(directory, host=HOST, now=NOW)
        shipped += done.lines
    return shipped


def test_four_shippers_of_one_directory_ship_every_line_once(directory):
    lost = loss_line(microseconds(NOW), 3)
    for number in range(8):
        lines = [*(click() for _ in range(60)), *(count() for _ in range(40)), lost]
        dead(directory, *lines, number=number)

    answers = at_once(4, lambda _number: until_nothing_is_left(directory))

    assert raised(answers) == []
    assert sum(answers) == 8 * 101
    assert (Click.objects.count(), ClickCount.objects.get().count) == (480, 320)
    assert (ClickHour.objects.get().visits, ClickDay.objects.get().visits) == (800, 800)
    assert SpoolHost.objects.get().lost == 24
    assert spool_checks.run(directory, host=HOST, now=NOW).differences == []


def test_shippers_of_two_machines_never_wait_for_each_other_in_a_circle(tmp_path):
    places = [tmp_path / name for name in ("a", "b", "c")]
    for place in places:
        place.mkdir()
        for number in range(5):
            lines = [click(link_id=link) for link in range(1, 40)]
            lines += [count(link_id=link, referrer_host="x.example") for link in range(40, 1, -1)]
            dead(
                place, *lines, withdrawal(), click(visitor=VISITOR), number=f"{place.name}{number}"
            )

    def ship(number):
        return shipping.ship(places[number], host=places[number].name, now=NOW).lines

    answers = at_once(3, ship)

    assert raised(answers) == []
    assert (Click.objects.count(), sum(answers)) == (3 * 5 * 40, 3 * 5 * 80)
    assert sum(ClickHour.objects.values_list("visits", flat=True)) == 3 * 5 * 79
    assert spool_checks.run(tmp_path, host=HOST, now=NOW).differences == []


def test_a_transaction_that_dies_after_the_copy_leaves_nothing_and_is_repeated(directory):
    """The last sum is held by somebody else, so that everything before it is already written."""
    dead(directory, click())
    shipping.ship(directory, host=HOST, now=NOW)
    dead(directory, *(click() for _ in range(9)), number=2)

    with ThreadPoolExecutor(1) as pool, acting_as(connection, None) as cursor:
        cursor.execute("SELECT 1 FROM tracking_clickday FOR UPDATE")
        shipper = pool.submit(_in_thread, directory)
        deadline = time.monotonic() + 30
        killed = 0
        while not killed and not shipper.done() and time.monotonic() < deadline:
            time.sleep(0.02)
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(_KILL)
            killed = cursor.fetchone()[0]
    assert isinstance(shipper.result(), OperationalError), shipper.result()

    assert Click.objects.count() == 1
    assert shipping.ship(directory, host=HOST, now=NOW).lines == 9
    assert (Click.objects.count(), ClickDay.objects.get().visits) == (10, 10)
    assert spool_checks.run(directory, host=HOST, now=NOW).differences == []


def _in_thread(directory):
    try:
        return shipping.ship(directory, host=HOST, now=NOW)
    except OperationalError as error:
        return error
    finally:
        connection.close()
