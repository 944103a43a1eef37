"""The pull that gives every order to somebody or to nobody (docs/rules/attribution.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.db import transaction

from tracking.domain.attribution import attribute
from tracking.domain.touchpoints import CODE
from tracking.services.attribution_evidence import (
    ORDER_COLUMNS,
    Evidence,
    OrderFacts,
    gather,
    rows_of,
)
from tracking.services.attribution_rows import Decided, write
from tracking.services.followers import PATIENCE, heirs, inherit

# Where queries.watermark would take a round trip of its own for every order. IS TRUE: of nearly
# all orders the time is past, so that no plan shall look them up by the index of their times.
_KNOWN = """
WHERE (o.placed_at <= least(%s::timestamptz, (SELECT min(watermark) FROM tracking_spoolhost)))
  IS TRUE
AND NOT EXISTS (SELECT FROM tracking_attribution d WHERE d.order_id = o.id)
AND (o.follows_external_id = ''
  OR EXISTS (SELECT FROM tracking_attribution f WHERE f.order_id = o.follows_id)
  OR o.follows_id IS NULL AND o.received_at <= %s)
"""
_LOCKED = "FOR NO KEY UPDATE OF o SKIP LOCKED"
_ONE = f"{ORDER_COLUMNS} {_KNOWN} AND o.id = %s {_LOCKED}"
_WAITING = f"{ORDER_COLUMNS} {_KNOWN} ORDER BY o.id LIMIT %s {_LOCKED}"
# The ids as an array: whichever plan is made, it reads these orders one by one, and of what was
# decided only them. IS TRUE as above.
_IN_WINDOW = f"""{ORDER_COLUMNS} {_KNOWN}
AND o.id = ANY(ARRAY(SELECT id FROM shop_order WHERE id > %s AND id <= %s))
AND (o.received_at >= %s) IS TRUE ORDER BY o.id {_LOCKED}
"""  # noqa: S608
_SPAN = "SELECT 0, coalesce(max(id), 0) FROM shop_order"
# OFFSET: by the index of received_at, and not by all ids up to the first one that is recent.
_RECENT_SPAN = """
SELECT coalesce(min(id), 1) - 1, coalesce(max(id), 0)
FROM (SELECT id FROM shop_order WHERE received_at >= %s OFFSET 0) AS recent
"""
# Ids have gaps, as wide as whoever numbered them: a window is of so many orders.
_WINDOW_END = """
SELECT max(id) FROM (
  SELECT id FROM shop_order WHERE id > %s AND id <= %s ORDER BY id LIMIT %s) AS window_of
"""
_EVER = datetime(1, 1, 2, tzinfo=UTC)
_RECENT = f"{ORDER_COLUMNS} {_KNOWN} AND o.received_at >= %s ORDER BY o.id LIMIT %s {_LOCKED}"


@transaction.atomic
def attribute_pending(*, now: datetime, limit: int = 500, since: datetime | None = None) -> int:
    """Decide about up to ``limit`` orders that have no attribution; return how many.

    Orders wait until every click up to their time is known (``queries.watermark``). With
    ``since`` only orders received from then on are looked at. Each order is decided under the
    policy of its date; one that follows another waits for that one, and goes where it went (A16,
    A17). Safe to repeat and to run in parallel: each run takes orders that no
    other holds, and one order is decided once.
    """
    if since is None:
        rows = rows_of(_WAITING, [now, now - PATIENCE, limit])
    else:
        rows = rows_of(_RECENT, [now, now - PATIENCE, since, limit])
    return _decide([OrderFacts.of(row) for row in rows], now)


def catch_up(*, now: datetime, limit: int = 500, since: datetime | None = None) -> Iterator[int]:
    """Decide about every order that waits, ``limit`` at a time; yield how many, if any were.

    Walks once over the ids, window by window, so that the time grows with the number of orders
    and not with its square. After a walk that decided something comes another one, for orders
    that follow one with a later id. ``since``, safety and order are as in ``attribute_pending``.
    Each window is a transaction of its own.
    """
    received = since or _EVER
    has_decided = True
    while has_decided:
        has_decided = False
        [(first, last)] = rows_of(_RECENT_SPAN, [since]) if since else rows_of(_SPAN, [])
        for after, until in _windows(first, last, limit):
            if done := _window(after, until, received, now):
                has_decided = True
                yield done


def _windows(first: int, last: int, limit: int) -> Iterator[tuple[int, int]]:
    """Yield windows of at most ``limit`` orders: after one id, until another."""
    while first < last:
        [(until,)] = rows_of(_WINDOW_END, [first, last, limit])
        if until is None:
            return
        yield first, until
        first = until


@transaction.atomic
def _window(after: int, until: int, received: datetime, now: datetime) -> int:
    """Decide about the orders that wait with ``after`` < id <= ``until``; return how many."""
    rows = rows_of(_IN_WINDOW, [now, now - PATIENCE, after, until, received])
    return _decide([OrderFacts.of(row) for row in rows], now)


@transaction.atomic
def attribute_order(*, order_id: int, now: datetime) -> bool:
    """Decide about one order; return False if it waits, is decided, or is being decided."""
    rows = rows_of(_ONE, [now, now - PATIENCE, order_id])
    return bool(_decide([OrderFacts.of(row) for row in rows], now))


def _decide(orders: Sequence[OrderFacts], now: datetime) -> int:
    if not orders:
        return 0
    following = heirs(orders)
    done = inherit(following, now=now) if following else 0
    others = [order for order in orders if order not in following] if following else orders
    return done + (_judge(others, now) if others else 0)


def _judge(orders: Sequence[OrderFacts], now: datetime) -> int:
    evidence = gather(orders, until=now)
    in_time = sorted(orders, key=lambda order: (order.placed_at, order.pk))
    # One by one, not as a list: what an order is judged by is gone before the next one's comes.
    return write((_decided(order, evidence) for order in in_time), evidence, now)


def _decided(order: OrderFacts, evidence: Evidence) -> Decided:
    clicks, codes = evidence.clicks_of(order), evidence.codes_of(order)
    candidates = [evidence.from_click(order, click) for click in clicks]
    candidates += [evidence.from_code(order, code) for code in codes]
    decision = attribute(
        candidates,
        sale=order.sale(is_duplicate=order.pk in evidence.duplicates),
        policy=order.policy,
        journey=evidence.journey_of(order, is_known=bool(clicks)),
    )
    for share in decision.shares:
        if share.candidate.kind == CODE:
            code_id = share.candidate.source_id
            evidence.uses[code_id] = evidence.uses.get(code_id, 0) + 1
    return Decided(order, decision, clicks, codes)
