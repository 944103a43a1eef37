"""What the programme manager's dashboard shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, F, Min, OuterRef, QuerySet, Subquery, Value

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
from portal.formats import in_paris
from portal.queries import staff_wishes
from shop.models import Connection, InboundEvent, InboundStatus, Shop
from shop.models.inbound import SignedWith
from tracking.models import CodeRequest, CodeRequestStatus
from tracking.queries import DayOfOrders, watermark


@dataclass(frozen=True, slots=True)
class Queue:
    """Work that waits for a person: how much of it, and since when the oldest."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Queues:
    """Everything that waits for a manager."""

    applications: Queue
    names: Queue
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
            self.applications, self.names, self.reviews, self.blocked, self.inbound, self.claims,
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
    """Return what waits for a decision, or for somebody to look, in one query."""
    every = {**_of_people(), **_of_machines(), **_of_creators()}
    waiting = dict.fromkeys(every, Queue(0, None))
    first, *others = (
        rows.annotate(queue=Value(name, CharField())).values_list("queue").annotate(count, oldest)
        for name, (rows, count, oldest) in every.items()
    )
    for name, number, since in first.union(*others, all=True):
        waiting[name] = Queue(number, since)
    return Queues(**waiting)


#: The rows that wait, how many things they are, and since when the oldest waits.
_Waiting = tuple[Any, Count, Min]


def _waiting(rows: QuerySet[Any], moment: str, of: str = "pk") -> _Waiting:
    return rows.order_by(), Count(of, distinct=of != "pk"), Min(moment)


def _of_people() -> dict[str, _Waiting]:
    """Return what partners wait for, and what the team itself proposed."""
    blocks = Block.objects.filter(released_at__isnull=True)
    return {
        "names": _waiting(staff_wishes.waiting(), "wished_at"),
        "applications": _waiting(
            Application.objects.filter(status__in=Application.OPEN), "submitted_at"
        ),
        "reviews": _waiting(Case.objects.filter(status=CaseStatus.OPEN), "opened_at"),
        "blocked": _waiting(
            blocks.exclude(kind__in=[BlockKind.FRAUD_CASE, BlockKind.UNPAID]),
            "created_at",
            of="commission",
        ),
        "claims": _waiting(Claim.objects.filter(status=ClaimStatus.OPEN), "created_at"),
        "proposals": _waiting(
            AdjustmentProposal.objects.filter(status=ProposalStatus.PROPOSED), "created_at"
        ),
        "codes": _waiting(CodeRequest.objects.filter(status=CodeRequestStatus.OPEN), "created_at"),
    }


def _of_machines() -> dict[str, _Waiting]:
    """Return what went wrong without anybody: costs, mails, connections that fell silent."""
    silent = Connection.objects.filter(paused_at__isnull=True, silence_told_at__isnull=False)
    newest = InboundEvent.objects.filter(connection=OuterRef("pk")).exclude(
        signed_with=SignedWith.ASKED
    )
    last = Subquery(newest.order_by("-received_at").values("received_at")[:1])
    missing = Block.objects.filter(kind=BlockKind.COST_MISSING, released_at__isnull=True)
    return {
        "inbound": _waiting(
            InboundEvent.objects.filter(status=InboundStatus.FAILED), "received_at"
        ),
        "costs": _waiting(missing, "created_at", of="commission"),
        "mails": _waiting(Mail.objects.filter(status=MailStatus.FAILED), "status_changed_at"),
        # A silence is over with the next delivery.
        "silent": _waiting(
            silent.annotate(last=last).filter(last__lt=F("silence_told_at")), "last"
        ),
    }


def _of_creators() -> dict[str, _Waiting]:
    """Return what creators wait for: looks, what they made for campaigns, products asked for."""
    made = Delivery.objects.filter(
        status=DeliveryStatus.SUBMITTED, participation__status=PartStatus.ACCEPTED
    )
    return {
        "looks": _waiting(
            LookVersion.objects.filter(status=VersionStatus.SUBMITTED), "submitted_at"
        ),
        "deliveries": _waiting(made, "submitted_at"),
        "parcels": _waiting(Shipment.objects.filter(status=ShipmentStatus.ASKED), "created_at"),
    }


def lately(now: datetime) -> tuple[date, date]:
    """Return the first and the last of the days that the ticks look back."""
    return in_paris(now - LOOK_BACK).date(), in_paris(now).date()


def health(now: datetime, failed_events: int, days: Iterable[DayOfOrders]) -> Health:
    """Return how fresh the facts are.

    ``days``: those of :func:`lately`, whose orders are looked at, and any others.
    """
    events = InboundEvent.objects
    first, last = lately(now)
    return Health(
        last_delivery=events.order_by("-pk").values_list("received_at", flat=True).first(),
        waiting_events=events.filter(status=InboundStatus.NEW).count(),
        failed_events=failed_events,
        watermark=watermark(now),
        undecided_orders=sum(one.orders - one.decided for one in days if first <= one.day <= last),
    )
