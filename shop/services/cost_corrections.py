"""What units really cost, known after their cost was frozen: facts beside the lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from core.wording import Said
from shop.domain.canonical import CanonicalCost
from shop.domain.order_rules import cost_refusal
from shop.models import CostCorrection, CostSource, Order, OrderLine, Shop
from shop.services.chunks import chunks
from shop.services.following import roots_of
from shop.services.locking import locked


@dataclass(slots=True)
class CostReport:
    """What became of the corrections. ``conflicts`` says why one was refused, by its id."""

    created: int = 0
    unchanged: int = 0
    conflicts: dict[str, str] = field(default_factory=dict)


def record(*, shop_id: int, costs: Iterable[CanonicalCost], now: datetime) -> CostReport:
    """Store cost corrections. Safe to repeat: the same id with other costs is refused.

    The line keeps the cost that was frozen; one that had none gets it from the correction. Which
    correction counts is asked of ``shop.queries.corrected_costs``. Rule O13.
    """
    report = CostReport()
    for chunk in chunks(costs, key=lambda cost: cost.external_id):
        _record_chunk(shop_id, chunk, now, report)
    return report


@transaction.atomic
def _record_chunk(
    shop_id: int, costs: Sequence[CanonicalCost], now: datetime, report: CostReport
) -> None:
    shop = locked(shop_id)
    lines = _lines(shop, costs)
    known = _known(shop, costs)
    fresh: list[CostCorrection] = []
    for said in costs:
        if refusal := cost_refusal(said, now=now) or _unknown(said, lines):
            report.conflicts[said.external_id] = refusal
            continue
        before, content = known.get(said.external_id), _content(said, lines)
        if before is not None and not before <= content.keys():
            report.conflicts[said.external_id] = Said(
                "The correction was already received with other costs: a better figure is a new"
                " correction."
            )
            continue
        report.created += before is None
        report.unchanged += before is not None
        fresh += [
            CostCorrection(
                line=line,
                external_id=said.external_id,
                unit_cost_minor=minor,
                corrected_at=said.corrected_at,
                received_at=now,
            )
            for (pk, minor), line in content.items()
            if (pk, minor) not in (before or ())  # Later edits may have added to a line.
        ]
    CostCorrection.objects.bulk_create(fresh)
    _fill_missing(fresh)


def _lines(shop: Shop, costs: Sequence[CanonicalCost]) -> dict[tuple[str, str], list[OrderLine]]:
    """Return the lines of the orders that are corrected, by the shop's ids.

    What an edit added to a line is a line of an order that follows, under the same id (rule O15).
    """
    named = [said.order_external_id for said in costs]
    orders = dict(
        Order.objects.filter(shop=shop, external_id__in=named).values_list("pk", "external_id")
    )
    root_of = roots_of(orders.keys())
    found: dict[tuple[str, str], list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(order__in=root_of).order_by("pk"):
        found[orders[root_of[line.order_id]], line.external_id].append(line)
    return found


def _known(shop: Shop, costs: Sequence[CanonicalCost]) -> dict[str, set[tuple[int, int]]]:
    """Return what is stored under the ids of the corrections: their lines and costs."""
    known: dict[str, set[tuple[int, int]]] = {}
    rows = CostCorrection.objects.filter(
        line__order__shop=shop, external_id__in=[said.external_id for said in costs]
    )
    for external_id, line_id, minor in rows.values_list(
        "external_id", "line_id", "unit_cost_minor"
    ):
        known.setdefault(external_id, set()).add((line_id, minor))
    return known


def _content(
    said: CanonicalCost, lines: Mapping[tuple[str, str], list[OrderLine]]
) -> dict[tuple[int, int], OrderLine]:
    return {
        (line.pk, minor): line
        for line_id, minor in said.unit_costs
        for line in lines[said.order_external_id, line_id]
    }


def _unknown(said: CanonicalCost, lines: Mapping[tuple[str, str], list[OrderLine]]) -> str:
    """A correction cannot be kept for an order that has not come: it is replayed when it has."""
    for line_id, _minor in said.unit_costs:
        if (said.order_external_id, line_id) not in lines:
            return Said(
                "The order %(order)s has no line %(line)s here: send the order first, then replay"
                " this message.",
                order=said.order_external_id,
                line=line_id,
            )
    return ""


def _fill_missing(fresh: Sequence[CostCorrection]) -> None:
    latest = sorted(fresh, key=lambda one: (one.corrected_at, one.external_id))
    filled = {one.line_id: one for one in latest if one.line.cost_source == CostSource.MISSING}
    for one in filled.values():
        one.line.unit_cost_minor = one.unit_cost_minor
        one.line.cost_source = CostSource.PAYLOAD
    OrderLine.objects.bulk_update(
        [one.line for one in filled.values()], ["unit_cost_minor", "cost_source"]
    )
