"""What waits for a person's judgement: open cases, held commissions, deliveries that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Prefetch, Q, QuerySet
from django.urls import reverse

from core.money import Money
from fraud.models import Case, CaseCredit, CaseStatus, Signal
from payouts.models import Block, BlockKind, Commission
from payouts.services.commissions import outstanding
from shop.models import InboundEvent, InboundStatus
from tracking.models import Credit

HELD = 50
CREDITS = Prefetch(
    "credits",
    CaseCredit.objects.select_related(
        "credit__order__shop", "credit__touchpoint", "credit__commission", "credit__screening"
    )
    .prefetch_related("credit__screening__signals")
    .order_by("pk"),
)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line of the queue: the case, what it is about, and what it decides over."""

    case: Case
    credit: Credit
    signals: list[Signal]
    at_stake: Money | None

    @property
    def href(self) -> str:
        """Where the case is decided."""
        return reverse("portal:review-detail", args=[self.case.public_id])


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A commission that waits for a missing fact, or is held by hand."""

    commission: Commission
    blocks: list[Block]
    since: datetime

    @property
    def href(self) -> str:
        """Where it is released."""
        return reverse("portal:order-detail", args=[self.commission.credit.order_id])


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case with its evidence and its effect in money."""

    case: Case
    credit: Credit
    signals: list[Signal]
    commission: Commission | None
    at_stake: Money | None
    following: Case | None


def cases(status: str) -> QuerySet[Case]:
    """Return the cases in ``status``: open ones the longest waiting first, others newest first."""
    rows = Case.objects.filter(status=status).select_related("affiliate", "decided_by")
    order = "opened_at" if status == CaseStatus.OPEN else "-status_changed_at"
    return rows.prefetch_related(CREDITS).order_by(order, "pk")


def case_chips() -> list[tuple[str, str, int]]:
    """Return how many cases stand in each state."""
    counts = dict(Case.objects.values_list("status").annotate(Count("pk")).order_by())
    return [(status, str(status.label), counts.get(status, 0)) for status in CaseStatus]


def case_rows(page: Sequence[Case]) -> list[CaseRow]:
    """Return the lines of a page of the queue, in one query more."""
    credits = {case.pk: [one.credit for one in case.credits.all()] for case in page}
    left = _left([credit for held in credits.values() for credit in held])
    return [
        CaseRow(case, held[0], _signals(held), _sum([left.get(credit.pk) for credit in held]))
        for case in page
        if (held := credits[case.pk])
    ]


def case_view(case: Case) -> CaseView:
    """Return one case, in three queries more."""
    held = [one.credit for one in case.credits.all()]
    credit, left = held[0], _left(held)
    waiting = Case.objects.filter(status=CaseStatus.OPEN).exclude(pk=case.pk)
    return CaseView(
        case=case,
        credit=credit,
        signals=_signals(held),
        commission=getattr(credit, "commission", None),
        at_stake=_sum([left.get(one.pk) for one in held]),
        following=waiting.order_by("opened_at", "pk").first(),
    )


def _signals(credits: Sequence[Credit]) -> list[Signal]:
    return [signal for credit in credits for signal in credit.screening.signals.all()]


def _sum(amounts: Sequence[Money | None]) -> Money | None:
    known = [amount for amount in amounts if amount is not None]
    return Money(sum(one.minor for one in known), known[0].currency) if known else None


def _left(credits: Sequence[Credit]) -> dict[int, Money]:
    commissions = [credit.commission for credit in credits if hasattr(credit, "commission")]
    left = outstanding(commissions) if commissions else {}
    return {commission.credit_id: left[commission.pk] for commission in commissions}


def _held() -> QuerySet[Commission]:
    others = Block.objects.filter(released_at__isnull=True).exclude(kind=BlockKind.FRAUD_CASE)
    return Commission.objects.filter(pk__in=others.values("commission"))


def held() -> list[HeldRow]:
    """Return commissions held for another reason than a case, the longest held first."""
    live = Q(blocks__released_at__isnull=True) & ~Q(blocks__kind=BlockKind.FRAUD_CASE)
    rows = (
        _held()
        .annotate(since=Min("blocks__created_at", filter=live))
        .select_related("affiliate", "credit__order")
        .prefetch_related("blocks")
        .order_by("since", "pk")[:HELD]
    )
    return [
        HeldRow(
            commission,
            [
                block
                for block in commission.blocks.all()
                if block.released_at is None and block.kind != BlockKind.FRAUD_CASE
            ],
            commission.since,
        )
        for commission in rows
    ]


def held_count() -> int:
    """Return how many commissions are held for another reason than a case."""
    return _held().count()


def failed_events() -> QuerySet[InboundEvent]:
    """Return deliveries of the shop that could not be worked on, without their bodies."""
    return (
        InboundEvent.objects.filter(status=InboundStatus.FAILED)
        .select_related("shop")
        .defer("body")
    )


def event_counts() -> dict[str, int]:
    """Return how many deliveries stand in each state."""
    return dict(InboundEvent.objects.values_list("status").annotate(Count("pk")).order_by())
