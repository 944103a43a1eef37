"""What is in the tables, how large they are, and what still waits: asked inside the machine.

``python -m benchmarks.month.verdict`` prints it as JSON; with ``--waiting`` only what waits.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import django

django.setup()  # Before anything that has models.

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Exists, OuterRef, Sum  # noqa: E402
from django.utils import timezone  # noqa: E402

from payouts.models import Adjustment, Commission  # noqa: E402
from portal.metrics import work  # noqa: E402
from shop.models import InboundEvent, InboundStatus, Order, Return, ReturnLine  # noqa: E402
from tracking.models import Click, ClickCount, Credit, JourneyEvent, SpoolFile  # noqa: E402
from tracking.spool import SUFFIX  # noqa: E402

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


def waiting() -> dict[str, float]:
    """Return how much no stage has taken yet; nothing where all is zero."""
    counts, _ages = work.pulls(timezone.now())
    found = {sample.labels["stage"]: sample.value for sample in counts.samples}
    shipped = dict(SpoolFile.objects.values_list("name", "shipped_bytes"))
    found["spool_bytes"] = sum(
        max(file.stat().st_size - shipped.get(file.name, 0), 0)
        for file in Path(settings.SPOOL_DIR).glob(f"*{SUFFIX}")
    )
    commission = "shop_return__order__credits__commission"
    handled = Adjustment.objects.filter(return_line=OuterRef("pk"), commission=OuterRef(commission))
    due = ReturnLine.objects.filter(~Exists(handled), **{f"{commission}__isnull": False})
    found["returns"] = due.count()
    return found


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
