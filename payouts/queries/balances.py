"""What an affiliate has earned, by the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce

from core.money import Money
from payouts.models import Account, Item, ItemReturn, Transfer
from payouts.services.ledger import account_of

COLUMNS = ("pending", "payable", "reserved", "invoiced")
#: Since when the balance of each account has been on one side of zero without a break.
_SINCE = """
WITH moved AS (
  SELECT account.affiliate_id, sides.effective_at, sides.id, sides.minor
  FROM payouts_account account JOIN (
    SELECT id, credit_id AS account_id, effective_at, amount_minor AS minor FROM payouts_transfer
    UNION ALL SELECT id, debit_id, effective_at, -amount_minor FROM payouts_transfer
  ) sides ON sides.account_id = account.id
  WHERE account.affiliate_id = ANY(%(ids)s) AND account.currency = %(currency)s
    AND account.code = 'affiliate:' || account.affiliate_id || ':payable'
), standing AS (
  SELECT *, %(sign)s * sum(minor) OVER (
    PARTITION BY affiliate_id ORDER BY effective_at, id) > 0 AS holds FROM moved
), streak AS (
  SELECT *, count(*) FILTER (WHERE NOT holds) OVER (
    PARTITION BY affiliate_id ORDER BY effective_at DESC, id DESC) AS breaks FROM standing
)
SELECT affiliate_id, min(effective_at) FROM streak WHERE breaks = 0 GROUP BY affiliate_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """Sums of transfers. ``payable`` below zero is a debt that the next payout nets."""

    pending: Money
    payable: Money
    reserved: Money
    invoiced: Money
    paid: Money


def balances(affiliate_id: int, currency: str, *, at: datetime | None = None) -> Balances:
    """Return an affiliate's balances, now or as they were in effect just before ``at``."""
    left = [_left(affiliate_id, currency)] if at is None else []
    found = _columns([affiliate_id], currency, at, *left)[affiliate_id]
    paid = found.get("paid", 0) if at is None else _left_before(affiliate_id, currency, at)
    return Balances(
        pending=Money(found["pending"], currency),
        payable=Money(found["payable"], currency),
        reserved=Money(found["reserved"], currency),
        invoiced=Money(found["invoiced"], currency),
        paid=Money(paid, currency),
    )


def _left(affiliate_id: int, currency: str) -> QuerySet[Any]:
    """Return what left for an affiliate, less what came back, as a row of :func:`_columns`."""
    items = Item.objects.filter(affiliate=affiliate_id, currency=currency, status__in=Item.LEFT)
    returns = ItemReturn.objects.standing().filter(item=OuterRef("pk")).values("item")
    back = Coalesce(Subquery(returns.annotate(total=Sum("amount_minor")).values("total")), 0)
    row: QuerySet[Any] = (
        items.order_by()
        .values_list("affiliate", Value("left:paid", CharField()), Value(1, IntegerField()))
        .annotate(total=Sum(F("amount_minor") - back))
    )
    return row


def _left_before(affiliate_id: int, currency: str, at: datetime) -> int:
    """Return what had left for an affiliate before ``at``, less what had come back by then."""
    transfers = Transfer.objects.filter(currency=currency, effective_at__lt=at)
    left = transfers.filter(debit__affiliate=affiliate_id, kind__in=["sent", "return_undone"])
    back = transfers.filter(credit__affiliate=affiliate_id, kind="came_back")
    return sum(
        sign * (rows.aggregate(total=Sum("amount_minor"))["total"] or 0)
        for sign, rows in ((1, left), (-1, back))
    )


def liabilities(currency: str) -> dict[int, dict[str, int]]:
    """Return minor units by affiliate id and column, one of :data:`COLUMNS`."""
    ids = Account.objects.filter(affiliate__isnull=False, currency=currency)
    return _columns(sorted(set(ids.values_list("affiliate", flat=True))), currency, None)


def currencies(affiliate_id: int) -> list[str]:
    """Return the currencies in which an affiliate has accounts."""
    rows = Account.objects.filter(affiliate=affiliate_id).values_list("currency", flat=True)
    return sorted(set(rows))


def _columns(
    affiliate_ids: Sequence[int], currency: str, at: datetime | None, *others: QuerySet[Any]
) -> dict[int, dict[str, int]]:
    """Return sums by affiliate and column; ``others`` are rows of the same kind, asked with it."""
    found = {pk: dict.fromkeys(COLUMNS, 0) for pk in affiliate_ids}
    transfers = Transfer.objects.filter(currency=currency)
    if at is not None:
        transfers = transfers.filter(effective_at__lt=at)
    into, out_of = (
        transfers.filter(**{f"{side}__affiliate__in": affiliate_ids})
        .values_list(f"{side}__affiliate", f"{side}__code", Value(sign, IntegerField()))
        .annotate(total=Sum("amount_minor"))
        .order_by()
        for side, sign in (("credit", 1), ("debit", -1))
    )
    for affiliate_id, code, sign, total in into.union(out_of, *others, all=True):
        column = code.rsplit(":", 1)[1]
        found[affiliate_id][column] = found[affiliate_id].get(column, 0) + sign * total
    return found


def due_since(affiliate_ids: Iterable[int], currency: str) -> dict[int, datetime]:
    """Return since when something has been due to each without a break, in one query.

    Who is due nothing is left out.
    """
    return _since(affiliate_ids, currency, 1)


def owing_since(affiliate_ids: Iterable[int], currency: str) -> dict[int, datetime]:
    """Return since when each has owed something without a break, in one query.

    Who owes nothing is left out.
    """
    return _since(affiliate_ids, currency, -1)


def _since(affiliate_ids: Iterable[int], currency: str, sign: int) -> dict[int, datetime]:
    asked: dict[str, Any] = {"ids": list(affiliate_ids), "currency": currency, "sign": sign}
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, asked)
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One transfer as it changed one account."""

    transfer: Transfer
    change: Money
    balance: Money


def moved(
    affiliate_id: int, column: str, currency: str, *, at: datetime | None = None
) -> QuerySet[Any]:
    """Return the transfers of one account as they took effect, for :func:`movements`.

    The database sums the running balance: of a long account any page can be taken.
    """
    code = account_of(affiliate_id, column)
    transfers = Transfer.objects.filter(Q(debit__code=code) | Q(credit__code=code))
    if at is not None:
        transfers = transfers.filter(effective_at__lt=at)
    taken = When(credit__code=code, then=F("amount_minor"))
    in_order = ("effective_at", "pk")
    rows: QuerySet[Any] = (
        transfers.filter(currency=currency)
        .select_related("debit", "credit")
        .annotate(change_minor=Case(taken, default=-F("amount_minor")))
        .annotate(balance_minor=Window(Sum("change_minor"), order_by=in_order))
        .order_by(*in_order)
    )
    return rows


def movements(transfers: Iterable[Any]) -> list[Movement]:
    """Return transfers of :func:`moved` with the running balance, in their order."""
    return [
        Movement(
            transfer=one,
            change=Money(one.change_minor, one.currency),
            balance=Money(int(one.balance_minor), one.currency),
        )
        for one in transfers
    ]
