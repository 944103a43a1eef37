"""What the programme manager's dashboard shows, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Min, OuterRef, Subquery

from affiliates.models import Application
from core.models import Delivery as Mail
from core.models import DeliveryStatus as MailStatus
from core.pulls import LOOK_BACK
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
    AdjustmentProposal,
    Block,
    BlockKind,
    Claim,
    ClaimStatus,
    ProposalStatus,
)
from shop.models import Connection, InboundEvent, InboundStatus, Order, Shop
from shop.models.inbound import SignedWith
from tracking.models import CodeRequest, CodeRequestStatus
from tracking.queries import watermark


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
    codes: Queue
    costs: Queue
    mails: Queue
    silent: Queue

    @property
    def is_clear(self) -> bool:
        queues = (
            self.applications, self.reviews, self.blocked, self.inbound, self.claims,
            self.proposals, self.looks, self.deliveries, self.parcels, self.codes, self.costs,
            self.mails, self.silent,
        )  # fmt: skip
        return not any(queue.count for queue in queues)


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


def queues() -> Queues:
    """Return what waits for a decision, or for somebody to look, in thirteen queries."""
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
        codes=Queue(
            **CodeRequest.objects.filter(status=CodeRequestStatus.OPEN).aggregate(
                count=Count("pk"), oldest=Min("created_at")
            )
        ),
        **_of_machines(),
        **_of_creators(),
    )


def _of_machines() -> dict[str, Queue]:
    """Return what went wrong without anybody: costs, mails, connections that fell silent."""
    silent = Connection.objects.filter(paused_at__isnull=True, silence_told_at__isnull=False)
    newest = InboundEvent.objects.filter(connection=OuterRef("pk")).exclude(
        signed_with=SignedWith.ASKED
    )
    last = newest.order_by("-received_at").values("received_at")[:1]
    return {
        "costs": Queue(
            **Block.objects.filter(kind=BlockKind.COST_MISSING, released_at__isnull=True).aggregate(
                count=Count("commission", distinct=True), oldest=Min("created_at")
            )
        ),
        "mails": Queue(
            **Mail.objects.filter(status=MailStatus.FAILED).aggregate(
                count=Count("pk"), oldest=Min("status_changed_at")
            )
        ),
        # A silence is over with the next delivery.
        "silent": Queue(
            **silent.annotate(last=Subquery(last))
            .filter(last__lt=F("silence_told_at"))
            .aggregate(count=Count("pk"), oldest=Min("last"))
        ),
    }


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
    """Return how fresh the facts are.

    Orders that are not decided are those received in the days that the tick looks back: of all
    orders there may be millions.
    """
    events = InboundEvent.objects
    return Health(
        last_delivery=events.order_by("-pk").values_list("received_at", flat=True).first(),
        waiting_events=events.filter(status=InboundStatus.NEW).count(),
        failed_events=failed_events,
        watermark=watermark(now),
        undecided_orders=Order.objects.filter(
            attribution__isnull=True, received_at__gte=now - LOOK_BACK
        ).count(),
    )
