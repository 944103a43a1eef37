"""What is true after the chaos, asked of the database and of the double of Stripe.

``python -m config.chaos.verdict`` reads what was acknowledged as JSON and prints what it found;
with ``--waiting`` it prints how much no stage has taken yet.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import django

django.setup()  # Before anything that has models.

from django.conf import settings  # noqa: E402
from django.db.models import Exists, Min, OuterRef  # noqa: E402
from django.utils import timezone  # noqa: E402

from core import audit  # noqa: E402
from payouts.models import Adjustment, Commission, Item  # noqa: E402
from payouts.proof.double import Double  # noqa: E402
from payouts.proof.sums import sums_of  # noqa: E402
from payouts.services import checks  # noqa: E402
from portal.metrics import work  # noqa: E402
from shop.models import InboundEvent, InboundStatus, Order, Return, ReturnLine  # noqa: E402
from tracking.domain.references import to_uuid  # noqa: E402
from tracking.models import Click, Credit, JourneyEvent, Outcome, SpoolFile  # noqa: E402
from tracking.spool import SUFFIX  # noqa: E402


def waiting() -> dict[str, float]:
    """Return how many facts each stage has still to take."""
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


def judge(told: dict[str, Any]) -> dict[str, Any]:
    """Return what is lost, doubled or wrong; ``told`` is what was acknowledged (``run.told``)."""
    clicks = Counter(Click.objects.filter(visitor__isnull=False).values_list("visitor", flat=True))
    pages = Counter(
        JourneyEvent.objects.filter(kind="page_view").values_list("data__path", flat=True)
    )
    orders = Counter(Order.objects.values_list("external_id", flat=True))
    returns = Counter(Return.objects.values_list("external_id", flat=True))
    credited = Counter(Credit.objects.values_list("order__external_id", flat=True))
    earning = Counter(Commission.objects.values_list("credit__order__external_id", flat=True))
    early = _before_their_click(told["orders"])
    promised = [number for number in told["orders"] if number not in early]
    found: dict[str, Any] = {
        "clicks": _once(clicks, (to_uuid(token) for token in told["tokens"])),
        "page_views": _once(pages, (f"/dresses/{token}" for token in told["told"])),
        "orders": _once(orders, told["orders"]),
        "orders_before_their_click": len(early),
        "orders_credited": _once(credited, promised),
        "orders_with_commission": _once(earning, promised),
        "returns": _once(returns, told["returns"]),
        "deliveries_failed": InboundEvent.objects.filter(status=InboundStatus.FAILED).count(),
        "payouts": _payouts(Double(told["double"])),
        "ledger_differences": [str(one) for one in checks.check()],
        "audit_broken": [entry.pk for entry in audit.broken_entries()],
        "waiting": waiting(),
    }
    found["ok"] = (
        all(not part["lost"] and not part["doubled"] for part in found.values() if _is_count(part))
        and not found["deliveries_failed"]
        and found["payouts"]["ok"]
        and not found["ledger_differences"]
        and not found["audit_broken"]
        and not any(found["waiting"].values())
    )
    return found


def _before_their_click(numbers: Iterable[str]) -> set[str]:
    """Return the orders whose own click seems later, because a redirect's clock was ahead.

    Nobody earns by them (docs/runbooks/landings.md): a click after an order earns nothing.
    """
    nobodys = Order.objects.filter(
        external_id__in=list(numbers), attribution__outcome=Outcome.NOBODY
    )
    found = set()
    for order in nobodys:
        visitors = [to_uuid(token) for token in order.click_tokens]
        first = Click.objects.filter(visitor__in=visitors).aggregate(at=Min("clicked_at"))["at"]
        if first is not None and first > order.placed_at:
            found.add(order.external_id)
    return found


def _is_count(part: object) -> bool:
    return isinstance(part, dict) and "lost" in part


def _once(rows: Counter[Any], acknowledged: Iterable[Any]) -> dict[str, int]:
    """Compare what is there with what was acknowledged; more than that may be there, once."""
    wanted = set(acknowledged)
    return {
        "acknowledged": len(wanted),
        "lost": sum(not rows[one] for one in wanted),
        "doubled": sum(number > 1 for number in rows.values()),
    }


def _payouts(double: Double) -> dict[str, Any]:
    sums = sums_of(double, Item.objects.all())
    ours, theirs = sums.ours, sums.theirs
    found = {
        "paid": len(ours),
        "open": Item.objects.exclude(status__in=Item.PAID).count(),
        "paid_twice": len(sums.duplicates),
        "differ_from_stripe": sum(ours.get(key) != theirs.get(key) for key in {*ours, *theirs}),
        "stripe_net_minor": sums.stripe_net_minor,
        "ledger_minor": sums.ledger_minor,
    }
    found["ok"] = (
        not found["paid_twice"]
        and not found["differ_from_stripe"]
        and found["stripe_net_minor"] == found["ledger_minor"]
    )
    return found


if __name__ == "__main__":
    result = waiting() if "--waiting" in sys.argv else judge(json.load(sys.stdin))
    sys.stdout.write(json.dumps(result))
