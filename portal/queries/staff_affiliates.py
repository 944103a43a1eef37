"""The directory of affiliates, and one affiliate from every side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.urls import reverse

from affiliates.models import Affiliate, AffiliateKind, AffiliateStatus, Payee
from core.money import Money
from payouts.models import Commission, CommissionStatus, Item
from portal.queries import staff_wishes
from shop.counting import number_of_orders
from tracking.models import CouponCode, Credit, Link

RECENT = timedelta(days=30)
LATEST = 20
ORDERS = {"name": "name", "-name": "-name", "joined": "joined_at", "-joined": "-joined_at"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the directory is narrowed to, and its order."""

    status: str = ""
    kind: str = ""
    group: str = ""
    search: str = ""
    sort: str = ""
    waits: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the directory, with what happened in the last 30 days."""

    affiliate: Affiliate
    orders: int
    earned: list[Money]
    last_sale: datetime | None

    @property
    def href(self) -> str:
        """Where the affiliate is looked at."""
        return reverse("portal:affiliate-detail", args=[self.affiliate.public_id])


def directory(filters: Filters) -> QuerySet[Affiliate]:
    """Return the affiliates that match; by name unless another order is asked for."""
    rows = _matching(filters).select_related("group")
    return rows.order_by(ORDERS.get(filters.sort, "name"), "pk")


def _matching(filters: Filters, *, but: str = "") -> QuerySet[Affiliate]:
    rows = Affiliate.objects.all()
    if filters.status and but != "status":
        rows = rows.filter(status=filters.status)
    if filters.kind and but != "kind":
        rows = rows.filter(kind=filters.kind)
    if filters.group:
        rows = rows.filter(group__slug=filters.group)
    if filters.waits == "name":
        rows = rows.filter(pk__in=staff_wishes.waiting().values("pk"))
    if filters.search:
        rows = rows.filter(pk__in=found(filters.search).values_list("pk", flat=True))
    return rows


def found(search: str) -> QuerySet[Affiliate]:
    """Return whom words name: by name, e-mail, site, link, promo code, store or staff number."""
    return Affiliate.objects.filter(
        Q(name__icontains=search)
        | Q(memberships__user__email__icontains=search)
        | Q(properties__url__icontains=search)
        | Q(links__code=search)
        | Q(codes__code__iexact=search)
        | Q(store__icontains=search)
        | Q(staff_number__iexact=search)
    ).distinct()


def status_chips(filters: Filters) -> list[tuple[str, str, int]]:
    """Return how many affiliates stand in each state."""
    rows = _matching(filters, but="status").values_list("status")
    counts = dict(rows.annotate(Count("pk")).order_by())
    return [(status, str(status.label), counts.get(status, 0)) for status in AffiliateStatus]


def kind_chips(filters: Filters) -> list[tuple[str, str, int]]:
    """Return how many affiliates are of each kind; kinds nobody is of are left out."""
    rows = _matching(filters, but="kind").values_list("kind")
    counts = dict(rows.annotate(Count("pk")).order_by())
    return [(kind, str(kind.label), counts[kind]) for kind in AffiliateKind if kind in counts]


def entries(affiliates: Sequence[Affiliate], now: datetime) -> list[Entry]:
    """Return the lines of a page of the directory, in two queries."""
    recent = Credit.objects.filter(
        affiliate__in=affiliates, order__placed_at__gte=now - RECENT, order__is_test=False
    )
    sales: dict[int, tuple[int, datetime]] = {
        row["affiliate"]: (row["orders"], row["last"])
        for row in recent.values("affiliate").annotate(
            orders=number_of_orders(), last=Max("order__placed_at")
        )
    }
    earned: dict[int, list[Money]] = {}
    rows = (
        Commission.objects.filter(affiliate__in=affiliates, accrued_at__gte=now - RECENT)
        .exclude(status=CommissionStatus.REVERSED)
        .values_list("affiliate", "currency")
        .annotate(Sum("amount_minor"))
        .order_by("affiliate", "currency")
    )
    for affiliate_id, currency, minor in rows:
        earned.setdefault(affiliate_id, []).append(Money(minor, currency))
    return [
        Entry(
            affiliate,
            sales[affiliate.pk][0] if affiliate.pk in sales else 0,
            earned.get(affiliate.pk, []),
            sales[affiliate.pk][1] if affiliate.pk in sales else None,
        )
        for affiliate in affiliates
    ]


def same_account(payee: Payee | None) -> list[Affiliate]:
    """Return the other affiliates that are paid to the same bank account."""
    if payee is None:
        return []
    others = Affiliate.objects.filter(payee__iban_hash=payee.iban_hash)
    return list(others.exclude(pk=payee.affiliate_id).order_by("name")[:LATEST])


def links(affiliate: Affiliate) -> list[Link]:
    """Return the latest links."""
    return list(affiliate.links.order_by("-created_at", "-pk")[:LATEST])


def codes(affiliate: Affiliate) -> list[CouponCode]:
    """Return the latest promo codes."""
    return list(affiliate.codes.order_by("-valid_from", "-pk")[:LATEST])


def code_state(code: CouponCode, now: datetime) -> str:
    """Return the state of a promo code at ``now``, for ``status_language.code_status``."""
    if code.valid_from > now:
        return "scheduled"
    return "expired" if code.valid_to is not None and code.valid_to <= now else "active"


def credits(affiliate: Affiliate) -> list[Credit]:
    """Return the latest orders credited to the affiliate, with their commissions."""
    return list(
        Credit.objects.filter(affiliate=affiliate)
        .select_related("order", "commission", "touchpoint")
        .order_by("-order__placed_at", "-pk")[:LATEST]
    )


def payouts(affiliate: Affiliate) -> list[Item]:
    """Return the latest payouts."""
    return list(
        Item.objects.filter(affiliate=affiliate).select_related("batch").order_by("-pk")[:LATEST]
    )
