"""What empties the tables between two tests does not fail on a request that comes too late."""

import threading
import time

import pytest
from django.db import connection, transaction

from experiments.models import Experiment
from influencers.models import Campaign
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
HELD, WANTED = Campaign._meta.db_table, Experiment._meta.db_table
FLUSH_WAITS = """
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE datname = current_database() AND mode = 'AccessExclusiveLock' AND NOT granted
"""


def test_a_flush_that_meets_a_late_request_flushes_again():
    holds = threading.Event()

    def late_request(_number):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {HELD} IN ROW EXCLUSIVE MODE")
            holds.set()
            for _try in range(400):
                cursor.execute(FLUSH_WAITS)
                if cursor.fetchone()[0]:
                    break
                time.sleep(0.01)
            cursor.execute(f"SELECT count(*) FROM {WANTED}")

    def flush(_number):
        holds.wait(timeout=10)
        connection.ops.execute_sql_flush([f"TRUNCATE {name} CASCADE;" for name in (WANTED, HELD)])

    answers = at_once(2, lambda number: (late_request, flush)[number](number))

    assert raised(answers) == []
