"""A past history through the same services as the webhook, to the last commission."""

from __future__ import annotations

import pickle
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, Sum

from fraud.services import screening
from payouts.models import Adjustment, Commission, CommissionStatus
from payouts.services import accruals, commissions, costs, imported_affiliates
from payouts.services import returns as reversals
from shop.connectors.history import REFUSED, RETURNS, Fact, History
from shop.domain.canonical import CanonicalOrder, CanonicalReturn
from shop.models import Shop
from shop.queries import Stored, stored_sums
from shop.services import catalogue, orders, returns
from tracking.models import Attribution, Outcome
from tracking.services import attributions

#: Called with the name of the phase, how far it is, and its end (0 when that is not known).
Progress = Callable[[str, int, int], None]

AT_ONCE = 250
MATCHED, PARKED = "returns_matched", "returns_parked"


@dataclass(slots=True)
class ImportReport:
    """What an import read, stored and led to. Amounts are in minor units of ``currency``.

    ``sums`` is by kind of line, and adds up to ``input_minor``; returns count below zero.
    ``differences`` is empty when what is stored equals what was read.
    """

    currency: str
    rows_read: int = 0
    orders: int = 0
    lines: int = 0
    orders_created: int = 0
    returns_created: int = 0
    returns_matched: int = 0
    returns_parked: int = 0
    affiliates_created: int = 0
    products_created: int = 0
    input_minor: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    attributed_orders: int = 0
    accrued_minor: int = 0
    reversed_minor: int = 0
    pending_minor: int = 0
    payable_minor: int = 0
    paid_minor: int = 0
    refused: dict[str, dict[str, Any]] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    changed: bool = False


@dataclass(slots=True)
class _Recorded:
    """What the recording of facts led to, and under which ids they are stored."""

    order_ids: list[str] = field(default_factory=list)
    return_ids: list[str] = field(default_factory=list)
    orders_created: int = 0
    returns_created: int = 0
    changes: int = 0


def run(
    history: History,
    *,
    shop_id: int,
    affiliates: int = 0,
    seed: int = 0,
    shuffle: int | None = None,
    progress: Progress,
    now: datetime,
) -> ImportReport:
    """Import a history and pull it through to payable commissions. Safe to repeat and to kill.

    Everything is stored in pieces under the file's own ids, so a second run finds what the first
    one stored and goes on. ``affiliates`` synthetic affiliates receive a share of the orders,
    chosen by ``seed``; ``shuffle`` stores orders and returns in a random order, after matching.
    Approval comes last, when every return is known: the totals do not depend on the order.
    """
    shop = Shop.objects.get(pk=shop_id)
    total = history.survey(lambda row: progress("reading ahead", row, 0))
    products = catalogue.upsert(shop_id=shop_id, products=list(history.products()), now=now)
    codes, made = imported_affiliates.make(shop_id=shop_id, count=affiliates, now=now)
    facts = history.facts(lambda row: progress("storing orders", row, total))
    if shuffle is not None:
        facts = _shuffled(facts, shuffle)
    recorded = _record(_with_codes(facts, codes, seed), history, shop_id, now)
    pulled = _pull(progress, now)
    report = ImportReport(
        currency=shop.currency,
        orders_created=recorded.orders_created,
        returns_created=recorded.returns_created,
        affiliates_created=made,
        products_created=products.created,
    )
    report.changed = bool(
        made or products.created or products.changed or recorded.changes or pulled
    )
    progress("checking", 0, 0)
    _compare(report, history, shop_id, recorded)
    _outcome(report, shop_id)
    return report


def _with_codes(facts: Iterable[Fact], codes: list[str], seed: int) -> Iterator[Fact]:
    for fact in facts:
        if isinstance(fact, CanonicalOrder):
            code = imported_affiliates.code_for(fact.external_id, codes=codes, seed=seed)
            yield replace(fact, codes=(*fact.codes, code)) if code else fact
        else:
            yield fact


def _shuffled(facts: Iterable[Fact], seed: int) -> Iterator[Fact]:
    """Yield the facts in a random order, through a file: memory stays flat."""
    with tempfile.TemporaryFile() as spool:
        places = []
        for fact in facts:
            places.append(spool.tell())
            pickle.dump(fact, spool, protocol=pickle.HIGHEST_PROTOCOL)
        random.Random(seed).shuffle(places)  # noqa: S311  Nothing here is secret.
        for place in places:
            spool.seek(place)
            yield pickle.load(spool)  # noqa: S301  Our own file, without a name.


def _record(facts: Iterable[Fact], history: History, shop_id: int, now: datetime) -> _Recorded:
    recorded = _Recorded()
    some_orders: list[CanonicalOrder] = []
    some_returns: list[CanonicalReturn] = []
    for fact in facts:
        if isinstance(fact, CanonicalOrder):
            some_orders.append(fact)
        else:
            some_returns.append(fact)
        if len(some_orders) >= AT_ONCE or len(some_returns) >= AT_ONCE:
            _store(some_orders, some_returns, recorded, history, shop_id, now)
            some_orders, some_returns = [], []
    _store(some_orders, some_returns, recorded, history, shop_id, now)
    return recorded


def _store(
    some_orders: list[CanonicalOrder],
    some_returns: list[CanonicalReturn],
    recorded: _Recorded,
    history: History,
    shop_id: int,
    now: datetime,
) -> None:
    of_orders = orders.record(shop_id=shop_id, orders=some_orders, now=now)
    of_returns = returns.record(shop_id=shop_id, returns=some_returns, now=now)
    for order in some_orders:
        if why := of_orders.conflicts.get(order.external_id):
            _refuse_order(history, order, why)
        else:
            recorded.order_ids.append(order.external_id)
    for one in some_returns:
        if why := of_returns.conflicts.get(one.external_id):
            _refuse_return(history, one, why)
        else:
            recorded.return_ids.append(one.external_id)
    recorded.orders_created += of_orders.created
    recorded.returns_created += of_returns.created
    recorded.changes += of_orders.created + of_orders.cancelled + of_returns.created


def _refuse_order(history: History, order: CanonicalOrder, why: str) -> None:
    """Move an order that the shop's rules refuse from what was read to what was refused."""
    tally = history.tally
    tally.orders -= 1
    tally.lines -= len(order.lines)
    for line in order.lines:
        tally.sums[line.kind] -= line.net_minor
        tally.input_minor -= line.net_minor
        tally.refuse(why, 0, line.net_minor, f"order {order.external_id}")


def _refuse_return(history: History, one: CanonicalReturn, why: str) -> None:
    tally = history.tally
    for line in one.lines:
        tally.sums[RETURNS] += line.net_minor
        tally.input_minor += line.net_minor
        tally.refuse(why, 0, -line.net_minor, f"return {one.external_id}")


def _pull(progress: Progress, now: datetime) -> int:
    """Pull every stage until nothing waits; return how much was done."""
    undecided = attributions.catch_up(now=now, limit=2_000)
    stages: tuple[tuple[str, Callable[[], int]], ...] = (
        ("attributing", lambda: next(undecided, 0)),
        ("screening", lambda: screening.screen_pending(now=now, limit=1_000)),
        ("computing commissions", lambda: accruals.accrue_pending(now=now, limit=500)),
        ("completing commissions", lambda: costs.complete_pending(now=now, limit=500)),
        ("applying returns", lambda: reversals.apply_pending(now=now, limit=1_000)),
        ("approving", lambda: commissions.approve_due(now=now, limit=1_000)),
    )
    pulled = 0
    for name, pull in stages:
        done = 0
        progress(name, 0, 0)
        while count := pull():
            done += count
            progress(name, done, 0)
        pulled += done
    return pulled


def _compare(report: ImportReport, history: History, shop_id: int, recorded: _Recorded) -> None:
    """Compare what was read with what the database holds under the same ids, sum by sum."""
    tally = history.tally
    stored = stored_sums(shop_id, order_ids=recorded.order_ids, return_ids=recorded.return_ids)
    report.rows_read, report.orders, report.lines = tally.rows, tally.orders, tally.lines
    report.input_minor = tally.input_minor
    report.refused = {
        reason: {"rows": found.rows, "minor": found.minor, "examples": found.examples}
        for reason, found in sorted(tally.refused.items())
    }
    report.returns_matched = stored.lines[MATCHED]
    report.returns_parked = stored.lines[PARKED]
    report.sums = {**dict(sorted(stored.sums.items())), REFUSED: tally.sums[REFUSED]}
    report.differences = list(_differences(report, tally.sums, stored))


def _differences(report: ImportReport, read: Counter[str], stored: Stored) -> Iterator[str]:
    found = Counter(stored.sums)
    found[RETURNS] = found.pop(MATCHED, 0) + found.pop(PARKED, 0)
    for name in sorted((read.keys() | found.keys()) - {REFUSED}):
        if read[name] != found[name]:
            yield f"{name}: the file says {read[name]}, the database {found[name]}."
    if sum(report.sums.values()) != report.input_minor:
        yield f"The file adds up to {report.input_minor}, its parts to {sum(report.sums.values())}."
    order_lines = stored.lines.total() - report.returns_matched - report.returns_parked
    if order_lines != report.lines:
        yield f"The file has {report.lines} order lines, the database {order_lines}."


def _outcome(report: ImportReport, shop_id: int) -> None:
    """Fill in what the shop's orders came to: attributed, accrued, reversed, payable."""
    report.attributed_orders = Attribution.objects.filter(
        order__shop_id=shop_id, outcome=Outcome.ATTRIBUTED
    ).count()
    earned = Commission.objects.filter(credit__order__shop_id=shop_id)
    by_status = dict(earned.values_list("status").annotate(Sum("amount_minor")))
    approved = dict(earned.values_list("status").annotate(Sum("approved_minor")))
    later = Adjustment.objects.filter(commission__in=earned).values_list("commission__status")
    before = dict(later.annotate(total=Sum("amount_minor", filter=Q(is_payable=False))))
    after = dict(later.annotate(total=Sum("amount_minor", filter=Q(is_payable=True))))

    def payable(status: CommissionStatus) -> int:
        return (approved.get(status) or 0) + (after.get(status) or 0)

    pending = CommissionStatus.PENDING
    report.accrued_minor = sum(by_status.values())
    report.pending_minor = (by_status.get(pending) or 0) + (before.get(pending) or 0)
    report.payable_minor = payable(CommissionStatus.APPROVED)
    report.paid_minor = payable(CommissionStatus.PAID)
    report.reversed_minor = report.accrued_minor - (
        report.pending_minor + report.payable_minor + report.paid_minor
    )
