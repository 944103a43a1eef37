"""The database itself, and what would bring it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from core import backup_marks

_FACTS = """
SELECT pg_database_size(current_database()),
  (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
  (SELECT setting::int FROM pg_settings WHERE name = 'max_connections'),
  (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)
   FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'),
  (SELECT count(*) FROM pg_locks WHERE NOT granted),
  (SELECT deadlocks FROM pg_stat_database WHERE datname = current_database())
"""
_SLOTS = """
SELECT slot_name, active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)
FROM pg_replication_slots WHERE restart_lsn IS NOT NULL
"""


def server(_now: datetime) -> Iterator[Metric]:
    """Yield size, connections, locks, and the log that waits for the backup's follower."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS)
        size, used, most, longest, waiting, deadlocks = cursor.fetchone()
        cursor.execute(_SLOTS)
        slots = cursor.fetchall()
    yield GaugeMetricFamily("apport_database_bytes", "Size of the database.", size)
    yield GaugeMetricFamily("apport_database_connections", "Connections to it.", used)
    yield GaugeMetricFamily("apport_database_connections_most", "How many it takes.", most)
    yield GaugeMetricFamily(
        "apport_database_longest_transaction_seconds", "Age of the oldest one at work.", longest
    )
    yield GaugeMetricFamily("apport_database_lock_waits", "Locks that are waited for.", waiting)
    yield CounterMetricFamily("apport_database_deadlocks", "Since its statistics began.", deadlocks)
    retained = GaugeMetricFamily(
        "apport_wal_retained_bytes", "Log kept for a follower.", labels=["slot"]
    )
    follows = GaugeMetricFamily("apport_wal_followed", "1 while it reads.", labels=["slot"])
    for name, is_active, held in slots:
        retained.add_metric([name], float(held or 0))
        follows.add_metric([name], int(is_active))
    yield from (retained, follows)


def backups(now: datetime) -> Iterator[Metric]:
    """Yield the age of the newest backup, where a folder of backups is watched."""
    if not settings.BACKUP_DIR:
        return
    newest = backup_marks.newest(Path(settings.BACKUP_DIR))
    yield GaugeMetricFamily(
        "apport_backup_age_seconds", "Since the newest backup was complete; -1: there is none.",
        (now - newest.ended_at).total_seconds() if newest else -1,
    )  # fmt: skip
