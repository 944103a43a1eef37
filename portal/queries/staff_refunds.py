"""Money given back without goods: what became of each refund, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from affiliates.models import AmountOnly
from core.money import Money
from payouts.models import Adjustment, Commission, CommissionStatus, RefundRuling
from shop.models import ReturnLine


class Became(StrEnum):
    """What was done with a refund."""

    LOWERED = "lowered"
    IGNORED = "ignored"
    UNCHANGED = "unchanged"
    REVERSED = "reversed"
    NOBODY = "nobody"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One refund. ``change``: what it did to commissions of its order, in all."""

    line: ReturnLine
    refunded: Money
    became: Became
    change: Money
    ruling: RefundRuling | None


def refunds(became: str) -> QuerySet[ReturnLine]:
    """Return money given back without goods, newest first; ``became`` of one kind, or all."""
    rows = (
        ReturnLine.objects.filter(quantity=0, shop_return__order__isnull=False)
        .select_related("shop_return__order", "line", "refund_ruling")
        .order_by("-shop_return__returned_at", "-pk")
    )
    return rows.filter(_that_became(Became(became))) if became in set(Became) else rows


def refund_rows(page: Sequence[ReturnLine]) -> list[RefundRow]:
    """Return the lines of a page, in two queries more."""
    orders = {line.shop_return.order_id for line in page}
    changes: dict[int, int] = defaultdict(int)
    booked = Adjustment.objects.filter(
        commission__credit__order__in=orders, source_key__startswith="return_line:"
    )
    for key, minor in booked.values_list("source_key", "amount_minor"):
        changes[int(key.split(":")[1])] += minor
    stand: dict[int, list[bool]] = defaultdict(list)
    earned = Commission.objects.filter(credit__order__in=orders)
    for order, status in earned.values_list("credit__order", "status"):
        stand[order].append(status != CommissionStatus.REVERSED)
    return [_row(line, changes[line.pk], stand[line.shop_return.order_id or 0]) for line in page]


def _row(line: ReturnLine, change: int, stand: Sequence[bool]) -> RefundRow:
    order = line.shop_return.order
    currency = order.currency if order else ""
    ruling: RefundRuling | None = getattr(line, "refund_ruling", None)
    return RefundRow(
        line=line,
        refunded=Money(line.net_minor, currency),
        became=_became(ruling, change, stand),
        change=Money(change, currency),
        ruling=ruling,
    )


def _became(ruling: RefundRuling | None, change: int, stand: Sequence[bool]) -> Became:
    if change:
        return Became.LOWERED
    if ruling is not None and ruling.policy == AmountOnly.IGNORED:
        return Became.IGNORED
    if not stand:
        return Became.NOBODY
    if ruling is None:
        return Became.WAITING
    return Became.UNCHANGED if any(stand) else Became.REVERSED


def _that_became(became: Became) -> Q:
    """Return what :func:`_became` says, for the database."""
    of_order = Commission.objects.filter(credit__order=OuterRef("shop_return__order"))
    key = Concat(
        Value("return_line:"), Cast(OuterRef("pk"), CharField()), Value(":"),
        output_field=CharField(),
    )  # fmt: skip
    changes = Adjustment.objects.filter(
        commission__credit__order=OuterRef("shop_return__order"), source_key__startswith=key
    )
    changed = Q(Exists(changes.exclude(amount_minor=0)))
    ignored = Q(refund_ruling__policy=AmountOnly.IGNORED)
    earned, ruled = Q(Exists(of_order)), Q(refund_ruling__isnull=False)
    stands = Q(Exists(of_order.exclude(status=CommissionStatus.REVERSED)))
    return {
        Became.LOWERED: changed,
        Became.IGNORED: ~changed & ignored,
        Became.NOBODY: ~changed & ~ignored & ~earned,
        Became.WAITING: ~changed & ~ruled & earned,
        Became.UNCHANGED: ~changed & ruled & ~ignored & stands,
        Became.REVERSED: ~changed & ruled & ~ignored & earned & ~stands,
    }[became]
