"""What is in the tables, how large they are, and what still waits: asked inside the machine.

``python -m benchmarks.month.verdict`` prints it as JSON; with ``--waiting`` only what waits.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django

django.setup()  # Before anything that has models.

from django.db import connection  # noqa: E402
from django.db.models import Sum  # noqa: E402

from config.chaos.verdict import waiting  # noqa: E402
from payouts.models import Commission  # noqa: E402
from shop.models import InboundEvent, InboundStatus, Order, Return  # noqa: E402
from tracking.models import Click, ClickCount, Credit, JourneyEvent  # noqa: E402

_SIZES = """
    SELECT coalesce(family.name, own.relname), sum(pg_table_size(own.oid)),
      sum(pg_indexes_size(own.oid)), sum(greatest(own.reltuples, 0))
    FROM pg_class own
    LEFT JOIN LATERAL (
      SELECT root.relname AS name FROM pg_partition_ancestors(own.oid) AS up (relid)
      JOIN pg_class root ON root.oid = up.relid
      WHERE NOT root.relispartition
    ) AS family ON true
    WHERE own.relkind = 'r' AND own.relnamespace = 'public'::regnamespace
    GROUP BY 1 ORDER BY sum(pg_total_relation_size(own.oid)) DESC LIMIT 12
"""


def judge() -> dict[str, Any]:
    """Return what is there now."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZES)
        sizes = [
            {"table": name, "bytes": int(heap), "index_bytes": int(indexes), "rows": int(rows)}
            for name, heap, indexes, rows in cursor.fetchall()
        ]
        cursor.execute("SELECT pg_database_size(current_database())")
        total = int(cursor.fetchone()[0])
    return {
        "rows": {
            "clicks": Click.objects.count(),
            "counts": ClickCount.objects.aggregate(n=Sum("count", default=0))["n"],
            "events": JourneyEvent.objects.count(),
            "orders": Order.objects.count(),
            "returns": Return.objects.count(),
        },
        "failed": InboundEvent.objects.filter(status=InboundStatus.FAILED).count(),
        "credits": Credit.objects.count(),
        "commissions": Commission.objects.count(),
        "sizes": sizes,
        "database_bytes": total,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(waiting() if "--waiting" in sys.argv else judge()))
