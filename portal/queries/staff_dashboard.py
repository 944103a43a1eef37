"""What the programme manager's dashboard shows, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse

from affiliates.models import Application
from core.money import BPS, Money, ratio
from fraud.models import Case, CaseStatus
from influencers.models import (
    Delivery,
    DeliveryStatus,
    LookVersion,
    PartStatus,
    Shipment,
    ShipmentStatus,
    VersionStatus,
)
from payouts.models import (
    Adjustment,
    AdjustmentProposal,
    Block,
    BlockKind,
    Claim,
    ClaimStatus,
    Commission,
    CommissionStatus,
    ProposalStatus,
)
from portal.date_range import DateRange
from portal.formats import PARIS
from shop.models import InboundEvent, InboundStatus, Order, Shop
from tracking.models import ClickDay, Credit, Outcome
from tracking.queries import watermark

TOP = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and how much it changed (basis points; None without a basis)."""

    value: int
    change_bps: int | None

    @classmethod
    def of(cls, current: int | None, previous: int | None) -> Figure:
        return cls(current or 0, change_bps(current or 0, previous or 0))


@dataclass(frozen=True, slots=True)
class Tiles:
    """The head of the dashboard. ``attributed_bps`` is a share of the orders decided."""

    orders: Figure
    attributed_bps: Figure
    cost: Money
    cost_change_bps: int | None
    active: Figure
    clicks: Figure


@dataclass(frozen=True, slots=True)
class Queue:
    """Work that waits for a person: how much of it, and since when the oldest."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Queues:
    """Everything that waits for a manager."""

    applications: Queue
    reviews: Queue
    blocked: Queue
    inbound: Queue
    claims: Queue
    proposals: Queue
    looks: Queue
    deliveries: Queue
    parcels: Queue

    @property
    def is_clear(self) -> bool:
        queues = (
            self.applications, self.reviews, self.blocked, self.inbound, self.claims,
            self.proposals, self.looks, self.deliveries, self.parcels,
        )  # fmt: skip
        return not any(queue.count for queue in queues)


@dataclass(frozen=True, slots=True)
class TopAffiliate:
    """One of those who earned most in the period."""

    name: str
    public_id: str
    orders: int
    earned: Money

    @property
    def href(self) -> str:
        """Where the affiliate is looked at."""
        return reverse("portal:affiliate-detail", args=[self.public_id])


@dataclass(frozen=True, slots=True)
class Health:
    """Whether facts still come in and are worked on."""

    last_delivery: datetime | None
    waiting_events: int
    failed_events: int
    watermark: datetime
    undecided_orders: int

    @property
    def is_good(self) -> bool:
        return not self.failed_events


def currency_of_programme() -> str:
    """Return the currency of the first shop, the euro before there is one."""
    return Shop.objects.order_by("pk").values_list("currency", flat=True).first() or "EUR"


def change_bps(current: int, previous: int) -> int | None:
    """Return the relative change in basis points; None when there was nothing before."""
    return ratio((current - previous) * BPS, previous) if previous else None


def tiles(period: DateRange, currency: str) -> Tiles:
    """Count the period and the one before it, in five queries. Test orders are left out."""
    now, before = _within("placed_at", period)
    orders = Order.objects.filter(now | before, is_test=False).aggregate(
        now=Count("pk", filter=now),
        before=Count("pk", filter=before),
        decided_now=Count("attribution", filter=now),
        decided_before=Count("attribution", filter=before),
        attributed_now=Count("pk", filter=now & Q(attribution__outcome=Outcome.ATTRIBUTED)),
        attributed_before=Count("pk", filter=before & Q(attribution__outcome=Outcome.ATTRIBUTED)),
    )
    cost_now, cost_before = _cost(period, currency)
    return Tiles(
        orders=Figure.of(orders["now"], orders["before"]),
        attributed_bps=Figure.of(
            _share(orders["attributed_now"], orders["decided_now"]),
            _share(orders["attributed_before"], orders["decided_before"]),
        ),
        cost=Money(cost_now, currency),
        cost_change_bps=change_bps(cost_now, cost_before),
        active=_active(period),
        clicks=_clicks(period),
    )


def _within(field: str, period: DateRange) -> tuple[Q, Q]:
    now = Q(**{f"{field}__gte": period.since, f"{field}__lt": period.until})
    earlier = period.previous()
    before = Q(**{f"{field}__gte": earlier.since, f"{field}__lt": earlier.until})
    return now, before


def _share(part: int, whole: int) -> int:
    return ratio(part * BPS, whole) if whole else 0


def _cost(period: DateRange, currency: str) -> tuple[int, int]:
    """What the orders of each period earned with all that changed it since, and what was booked in
    it beside any sale: bonuses, corrections, goodwill, claims.
    """
    now, before = _within("credit__order__placed_at", period)
    earned = (
        Commission.objects.filter(now | before, currency=currency)
        .exclude(status=CommissionStatus.REVERSED)
        .aggregate(now=Sum("amount_minor", filter=now), before=Sum("amount_minor", filter=before))
    )
    beside = Q(commission__isnull=True)
    now, before = (
        of_sale | (beside & booked)
        for of_sale, booked in zip(
            _within("commission__credit__order__placed_at", period),
            _within("effective_at", period),
            strict=True,
        )
    )
    changed = (
        Adjustment.objects.filter(now | before, currency=currency)
        # Of a sale that does not stand only what a person added since does.
        .exclude(commission__status=CommissionStatus.REVERSED, is_payable=False)
        .aggregate(now=Sum("amount_minor", filter=now), before=Sum("amount_minor", filter=before))
    )
    return (
        (earned["now"] or 0) + (changed["now"] or 0),
        (earned["before"] or 0) + (changed["before"] or 0),
    )


def _active(period: DateRange) -> Figure:
    now, before = _within("order__placed_at", period)
    counts = Credit.objects.filter(now | before).aggregate(
        now=Count("affiliate", distinct=True, filter=now),
        before=Count("affiliate", distinct=True, filter=before),
    )
    return Figure.of(counts["now"], counts["before"])


def _clicks(period: DateRange) -> Figure:
    earlier = period.previous()
    visits = ClickDay.objects.filter(day__gte=earlier.first, day__lte=period.last).aggregate(
        now=Sum("visits", filter=Q(day__gte=period.first)),
        before=Sum("visits", filter=Q(day__lte=earlier.last)),
    )
    return Figure.of(visits["now"], visits["before"])


def orders_by_day(period: DateRange) -> tuple[list[tuple[date, int]], list[int]]:
    """Return the orders of each day, and beside them how many were attributed."""
    rows = (
        Order.objects.filter(placed_at__gte=period.since, placed_at__lt=period.until, is_test=False)
        .annotate(day=TruncDate("placed_at", tzinfo=PARIS))
        .values("day")
        .annotate(
            orders=Count("pk"),
            attributed=Count("pk", filter=Q(attribution__outcome=Outcome.ATTRIBUTED)),
        )
    )
    found = {row["day"]: (row["orders"], row["attributed"]) for row in rows}
    days = [(day, *found.get(day, (0, 0))) for day in period.days]
    return [(day, orders) for day, orders, _ in days], [attributed for *_, attributed in days]


def top_affiliates(period: DateRange, currency: str) -> list[TopAffiliate]:
    """Return those whose orders of the period earned most, before returns."""
    now, _before = _within("credit__order__placed_at", period)
    rows = (
        Commission.objects.filter(now, currency=currency)
        .exclude(status=CommissionStatus.REVERSED)
        .values(name=F("affiliate__name"), public_id=F("affiliate__public_id"))
        .annotate(orders=Count("pk"), earned=Sum("amount_minor"))
        .order_by("-earned", "name")[:TOP]
    )
    return [
        TopAffiliate(
            row["name"], str(row["public_id"]), row["orders"], Money(row["earned"], currency)
        )
        for row in rows
    ]


def queues() -> Queues:
    """Return what waits for a decision, in nine queries."""
    return Queues(
        applications=Queue(
            **Application.objects.filter(status__in=Application.OPEN).aggregate(
                count=Count("pk"), oldest=Min("submitted_at")
            )
        ),
        reviews=Queue(
            **Case.objects.filter(status=CaseStatus.OPEN).aggregate(
                count=Count("pk"), oldest=Min("opened_at")
            )
        ),
        blocked=Queue(
            **Block.objects.filter(released_at__isnull=True)
            .exclude(kind__in=[BlockKind.FRAUD_CASE, BlockKind.UNPAID])
            .aggregate(count=Count("commission", distinct=True), oldest=Min("created_at"))
        ),
        inbound=Queue(
            **InboundEvent.objects.filter(status=InboundStatus.FAILED).aggregate(
                count=Count("pk"), oldest=Min("received_at")
            )
        ),
        claims=Queue(
            **Claim.objects.filter(status=ClaimStatus.OPEN).aggregate(
                count=Count("pk"), oldest=Min("created_at")
            )
        ),
        proposals=Queue(
            **AdjustmentProposal.objects.filter(status=ProposalStatus.PROPOSED).aggregate(
                count=Count("pk"), oldest=Min("created_at")
            )
        ),
        **_of_creators(),
    )


def _of_creators() -> dict[str, Queue]:
    """Return what creators wait for: looks, what they made for campaigns, products asked for."""
    return {
        "looks": Queue(
            **LookVersion.objects.filter(status=VersionStatus.SUBMITTED).aggregate(
                count=Count("pk"), oldest=Min("submitted_at")
            )
        ),
        "deliveries": Queue(
            **Delivery.objects.filter(
                status=DeliveryStatus.SUBMITTED, participation__status=PartStatus.ACCEPTED
            ).aggregate(count=Count("pk"), oldest=Min("submitted_at"))
        ),
        "parcels": Queue(
            **Shipment.objects.filter(status=ShipmentStatus.ASKED).aggregate(
                count=Count("pk"), oldest=Min("created_at")
            )
        ),
    }


def health(now: datetime, failed_events: int) -> Health:
    """Return how fresh the facts are."""
    events = InboundEvent.objects
    return Health(
        last_delivery=events.order_by("-pk").values_list("received_at", flat=True).first(),
        waiting_events=events.filter(status=InboundStatus.NEW).count(),
        failed_events=failed_events,
        watermark=watermark(now),
        undecided_orders=Order.objects.filter(attribution__isnull=True).count(),
    )
