"""What a partner's sales come to: every query is bounded, and none of them reads a cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from core.money import Money
from payouts.models import (
    Adjustment,
    BatchStatus,
    Block,
    BlockKind,
    Commission,
    CommissionStatus,
    Item,
    ItemLine,
    ReversalReason,
    Transfer,
)
from shop.counting import number_of_orders
from shop.models import LineKind, OrderLine
from tracking.models import Credit


class StateFacts(TypedDict):
    """What :func:`with_state` adds to a credit. ``earned_minor`` is None before it is computed."""

    state: str
    earned_minor: int | None


class SaleFacts(StateFacts):
    """What :func:`sales` adds to a credit."""

    items: int
    basket_minor: int


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    CreditWithState = WithAnnotations[Credit, StateFacts]
    SaleCredit = WithAnnotations[Credit, SaleFacts]


class SaleState(StrEnum):
    """What a partner reads: derived from commission, blocks and payout (design 11)."""

    TRACKED = "tracked"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    APPROVED = "approved"
    IN_PAYOUT = "in_payout"
    PAID = "paid"
    DECLINED = "declined"
    REVERSED = "reversed"
    CLAWED_BACK = "clawed_back"


#: What will be earned if nothing comes back, what is earned, and what was paid.
EXPECTED = (SaleState.TRACKED, SaleState.PENDING, SaleState.ON_HOLD)
EARNED = (SaleState.APPROVED, SaleState.IN_PAYOUT)
PAID = (SaleState.PAID, SaleState.CLAWED_BACK)
#: Of which no payout can hold anything.
_NEVER_PAID = (*EXPECTED, SaleState.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleFilters:
    """Which sales: by the time of the order (half-open), state, and what brought them."""

    since: datetime | None = None
    until: datetime | None = None
    state: str = ""
    link_id: int | None = None
    code_id: int | None = None


@dataclass(frozen=True, slots=True)
class StateTotal:
    """How many sales are in a state, of how many orders, and their worth in one currency."""

    state: SaleState
    count: int
    orders: int
    amount: Money


def sales(affiliate_id: int, filters: SaleFilters) -> QuerySet[SaleCredit]:
    """Return the credits of an affiliate, newest order first, annotated for a list.

    ``state``, ``earned_minor`` (commission with every adjustment; when reversed, only with those
    that are payable by themselves),
    ``items`` (units of products) and ``basket_minor`` (their net of VAT and discounts).
    """
    rows = _narrowed(with_state(Credit.objects.filter(affiliate_id=affiliate_id)), filters)
    if filters.state:
        rows = rows.filter(state=filters.state)
    found = (
        rows.select_related(
            "order", "touchpoint__link", "touchpoint__coupon_code", "commission__terms"
        )
        .annotate(items=of_products("quantity"), basket_minor=of_products("net_minor"))
        .order_by("-order__placed_at", "-pk")
    )
    return cast("QuerySet[SaleCredit]", found)


def state_totals(affiliate_id: int, filters: SaleFilters) -> list[StateTotal]:
    """Return the totals by state and currency, whatever ``filters.state`` says."""
    rows = _narrowed(with_state(Credit.objects.filter(affiliate_id=affiliate_id)), filters)
    grouped = (
        rows.order_by()
        .values("state", "order__currency")
        .annotate(
            number=Count("pk"),
            orders=number_of_orders(),
            total=Coalesce(Sum("earned_minor"), 0),
        )
        .order_by("state", "order__currency")
    )
    totals = [
        StateTotal(
            SaleState(row["state"]),
            row["number"],
            row["orders"],
            Money(row["total"], row["order__currency"]),
        )
        for row in grouped
    ]
    return sorted(totals, key=lambda total: list(SaleState).index(total.state))


def total_of(
    totals: Iterable[StateTotal], states: Sequence[SaleState], currency: str
) -> tuple[int, Money]:
    """Return how many orders are in ``states``, and their worth in ``currency``."""
    chosen = [
        total for total in totals if total.state in states and total.amount.currency == currency
    ]
    minor = sum(total.amount.minor for total in chosen)
    return sum(total.orders for total in chosen), Money(minor, currency)


def link_earnings(affiliate_id: int, link_ids: Sequence[int]) -> dict[int, int]:
    """Return the minor units that the sales of each link come to; links without are absent."""
    rows = (
        with_earned(
            Credit.objects.filter(affiliate_id=affiliate_id, touchpoint__link_id__in=link_ids)
        )
        .order_by()
        .values("touchpoint__link_id")
        .annotate(total=Coalesce(Sum("earned_minor"), 0))
    )
    return {row["touchpoint__link_id"]: row["total"] for row in rows}


def payouts_of(credits: Iterable[CreditWithState | SaleCredit]) -> dict[int, Item]:
    """Return the payout of each credit's commission, by credit id, once it has left the draft.

    One query; without any that is or was due, none.
    """
    by_commission = {
        credit.commission.pk: credit.pk for credit in credits if credit.state not in _NEVER_PAID
    }
    lines = (
        ItemLine.objects.filter(commission_id__in=by_commission, released_at__isnull=True)
        .exclude(item__batch__status=BatchStatus.DRAFT)
        .select_related("item__batch")
    )
    return {by_commission[line.commission_id]: line.item for line in lines if line.commission_id}


def blocked_since(credits: Iterable[SaleCredit]) -> dict[int, datetime]:
    """Return when the oldest standing block of each credit on hold began, by credit id.

    One query; without any on hold, none.
    """
    ids = [credit.pk for credit in credits if credit.state == SaleState.ON_HOLD]
    rows = (
        Block.objects.filter(commission__credit_id__in=ids, released_at__isnull=True)
        .exclude(kind=BlockKind.UNPAID)
        .order_by("-created_at")
        .values_list("commission__credit_id", "created_at")
    )
    return dict(rows)


def approved_at(commission: Commission) -> datetime | None:
    """Return when the commission was approved, as the ledger knows it also after its payment."""
    approvals = Transfer.objects.filter(source_key=f"commission:{commission.pk}:approved")
    return approvals.values_list("effective_at", flat=True).first()


def sources(affiliate_id: int) -> Iterator[tuple[str, str]]:
    """Yield ``(value, label)`` of every link and code that earned, for the filter of the list."""
    credits = Credit.objects.filter(affiliate_id=affiliate_id)
    links = (
        credits.filter(touchpoint__link__isnull=False)
        .values_list("touchpoint__link_id", "touchpoint__link__label", "touchpoint__link__code")
        .distinct()
        .order_by("touchpoint__link__code")
    )
    for pk, label, code in links:
        yield f"link-{pk}", label or f"/c/{code}"
    codes = (
        credits.filter(touchpoint__coupon_code__isnull=False)
        .values_list("touchpoint__coupon_code_id", "touchpoint__coupon_code__code")
        .distinct()
        .order_by("touchpoint__coupon_code__code")
    )
    for pk, code in codes:
        yield f"code-{pk}", code


def _narrowed(rows: QuerySet[CreditWithState], filters: SaleFilters) -> QuerySet[CreditWithState]:
    if filters.since is not None:
        rows = rows.filter(order__placed_at__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(order__placed_at__lt=filters.until)
    if filters.link_id is not None:
        rows = rows.filter(touchpoint__link_id=filters.link_id)
    if filters.code_id is not None:
        rows = rows.filter(touchpoint__coupon_code_id=filters.code_id)
    return rows


def with_state(rows: QuerySet[Credit]) -> QuerySet[CreditWithState]:
    """Annotate ``state`` and ``earned_minor``."""
    return rows.annotate(earned_minor=_earned()).annotate(state=_state())


def with_earned(rows: QuerySet[Credit]) -> QuerySet[Credit]:
    """Annotate ``earned_minor`` alone: minor units, None before there is a commission."""
    return rows.annotate(earned_minor=_earned())


#: It is joined already: no subquery looks it up again.
_OWN = OuterRef("commission__pk")
_REVERSED = Q(commission__status=CommissionStatus.REVERSED)


@cache  # As the next one: put together once, a query takes a copy.
def _earned() -> Case:
    adjustments = Adjustment.objects.filter(commission=_OWN)
    return Case(
        When(commission__isnull=True, then=None),
        # What a person added beside a sale that does not stand is earned all the same.
        When(_REVERSED, then=_sum(adjustments.filter(is_payable=True), "amount_minor")),
        default=F("commission__amount_minor") + _sum(adjustments, "amount_minor"),
        output_field=BigIntegerField(),
    )


@cache
def _state() -> Case:
    taken_back = Adjustment.objects.filter(commission=_OWN, is_payable=True, amount_minor__lt=0)
    blocks = Block.objects.filter(commission=_OWN, released_at__isnull=True).exclude(
        kind=BlockKind.UNPAID
    )
    paying = ItemLine.objects.filter(commission=_OWN, released_at__isnull=True).exclude(
        item__batch__status=BatchStatus.DRAFT
    )
    returned = _REVERSED & Q(commission__reversal_reason=ReversalReason.RETURNED)
    paid = Q(commission__status=CommissionStatus.PAID)
    approved = Q(commission__status=CommissionStatus.APPROVED)
    return Case(
        When(commission__isnull=True, then=Value(SaleState.TRACKED)),
        When(returned, then=Value(SaleState.REVERSED)),
        When(_REVERSED, then=Value(SaleState.DECLINED)),
        When(paid & Q(Exists(taken_back)), then=Value(SaleState.CLAWED_BACK)),
        When(paid, then=Value(SaleState.PAID)),
        When(approved & Q(Exists(taken_back), earned_minor=0), then=Value(SaleState.REVERSED)),
        When(approved & Q(Exists(paying)), then=Value(SaleState.IN_PAYOUT)),
        When(approved, then=Value(SaleState.APPROVED)),
        When(Exists(blocks), then=Value(SaleState.ON_HOLD)),
        default=Value(SaleState.PENDING),
    )


def _sum(rows: QuerySet[Any], field: str) -> Coalesce:
    key = "commission_id" if rows.model is Adjustment else "order_id"
    total = rows.order_by().values(key).annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), 0)


def of_products(field: str) -> Coalesce:
    """Return the sum of a field of the products of a credit's order."""
    lines = OrderLine.objects.filter(order_id=OuterRef("order_id"), kind=LineKind.PRODUCT)
    return _sum(lines, field)
