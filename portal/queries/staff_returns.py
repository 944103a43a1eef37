"""Returned goods that belong to no order line yet: nothing of them has been taken back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from core.money import Money
from shop.models import OrderLine, Return, ReturnLine


class Parked(StrEnum):
    """Why a returned quantity has no place."""

    NO_ORDER = "no_order"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_LINE = "unknown_line"
    SURPLUS = "surplus"


@dataclass(frozen=True, slots=True)
class ParkedLine:
    """One returned quantity without a place."""

    shop_return: Return
    line: ReturnLine
    amount: Money
    why: Parked


def parked_returns() -> QuerySet[Return]:
    """Return the returns of which something is parked, with those lines and their order."""
    of_order = OrderLine.objects.filter(order=OuterRef("shop_return__order"))
    parked = (
        without_place()
        .annotate(
            has_line=Exists(of_order.filter(external_id=OuterRef("line_external_id"))),
            has_sku=Exists(of_order.filter(sku=OuterRef("sku"))),
        )
        .order_by("pk")
    )
    return (
        Return.objects.filter(Exists(without_place().filter(shop_return=OuterRef("pk"))))
        .select_related("shop", "order")
        .prefetch_related(Prefetch("lines", queryset=parked))
    )


def without_place() -> QuerySet[ReturnLine]:
    """Return what is of no order line. Money that was given back for a whole order has a place."""
    of_whole_order = Q(quantity=0, line_external_id="", sku="", shop_return__order__isnull=False)
    return ReturnLine.objects.filter(~of_whole_order, line__isnull=True)


def parked_lines(returns: list[Return]) -> list[ParkedLine]:
    """Return the parked lines of a page of :func:`parked_returns`, without another query."""
    return [
        ParkedLine(
            shop_return=one,
            line=line,
            amount=Money(line.net_minor, one.order.currency if one.order else one.shop.currency),
            why=_why(one, line),
        )
        for one in returns
        for line in one.lines.all()
    ]


def _why(shop_return: Return, line: ReturnLine) -> Parked:
    if shop_return.order is None:
        return Parked.UNKNOWN_ORDER if shop_return.order_external_id else Parked.NO_ORDER
    found = line.has_line if line.line_external_id else line.has_sku  # type: ignore[attr-defined]
    return Parked.SURPLUS if found else Parked.UNKNOWN_LINE
