"""Payout batches as finance reads them: what is in, what is not and why, what deserves a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from core.models import User
from core.money import BPS, Money, ratio
from payouts.models import (
    Batch,
    BatchFile,
    BatchStatus,
    Item,
    ItemLine,
    ItemStatus,
    Transfer,
)
from payouts.queries.approvals import why_not_approve
from payouts.queries.candidates import Candidate, candidates
from payouts.queries.review import FlagCode, flags, means
from payouts.queries.why_not_paid import staff_sentence
from portal.display import Tone
from portal.item_pages import item_page


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about a payout that deserves a look before the yes."""

    label: str
    tone: Tone
    icon: str


@dataclass(frozen=True, slots=True)
class Line:
    """A payout in a batch, beside what its payee was paid before."""

    item: Item
    commissions: int
    debts: Money
    mean: Money | None
    flags: list[Flag]

    @property
    def href(self) -> str:
        """Where the payment is looked at."""
        return item_page(self.item)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A payee who is due something (or owes) and is not in the batch."""

    name: str
    public_id: str
    due: Money
    why: str
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a batch prepared now would hold."""

    paid: list[Candidate]
    left_out: list[LeftOut]
    total: Money


@dataclass(frozen=True, slots=True)
class Comparison:
    """This batch beside the one that left before it on the same rail."""

    last: Batch
    total_change_bps: int | None
    count_change: int
    new_payees: int
    missing_payees: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the payouts of a batch have come."""

    total: int
    left: int
    held_back: int


def batches(status: str) -> QuerySet[Batch]:
    """Return the batches in ``status``, all without one, the newest first."""
    rows = Batch.objects.select_related("created_by", "submitted_by").order_by("-pk")
    return rows.filter(status=status) if status else rows


def open_batch(rail: str) -> Batch | None:
    """Return the batch of ``rail`` that nobody has approved yet: there is one at most."""
    return Batch.objects.filter(rail=rail, status__in=Batch.OPEN).first()


def status_chips() -> list[tuple[str, str, int]]:
    """Return how many batches stand in each state; states of none are left out."""
    counts = dict(Batch.objects.values_list("status").annotate(Count("pk")).order_by())
    return [
        (status, str(status.label), counts[status]) for status in BatchStatus if counts.get(status)
    ]


def preview(rail: str, currency: str, cutoff_at: datetime, now: datetime) -> Preview:
    """Return who would be paid by a batch prepared now, and who would not and why."""
    found = candidates(rail=rail, currency=currency, cutoff_at=cutoff_at, at=now)
    paid = [candidate for candidate in found if candidate.is_payable]
    total = sum(candidate.amount.minor for candidate in paid)
    return Preview(
        paid=sorted(paid, key=lambda candidate: -candidate.amount.minor),
        left_out=[_left_out(candidate) for candidate in found if not candidate.is_payable],
        total=Money(total, currency),
    )


def lines(batch: Batch, now: datetime) -> list[Line]:
    """Return the payouts of a batch, the largest first, with what deserves a look."""
    items = list(
        batch.items.exclude(status=ItemStatus.RELEASED)
        .select_related("affiliate__payee", "batch")
        .order_by("-amount_minor", "pk")
    )
    # Of a batch that is over, only what was true when it ended is worth a flag.
    looked_at = now if batch.ARROWS[BatchStatus(batch.status)] else batch.status_changed_at
    usual, sums = means(batch, items), _sums(items)
    found = flags(items, usual, looked_at)
    return [
        Line(
            item=item,
            commissions=sums[item.pk][0],
            debts=Money(sums[item.pk][1], item.currency),
            mean=usual.get(item.affiliate_id),
            flags=_drawn(found[item.pk]),
        )
        for item in items
    ]


def _sums(items: Sequence[Item]) -> dict[int, tuple[int, int]]:
    """How many lines each payout has, and what is taken off in it."""
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    rows = (
        ItemLine.objects.filter(item__in=items)
        .values("item")
        .annotate(
            count=Count("pk"), debts=Sum("amount_minor", filter=Q(amount_minor__lt=0), default=0)
        )
    )
    for row in rows:
        found[row["item"]] = (row["count"], row["debts"])
    return found


def _drawn(codes: Sequence[FlagCode]) -> list[Flag]:
    drawn = {
        FlagCode.FIRST_PAYOUT: Flag(_("First payout"), "info", "info"),
        FlagCode.UNUSUAL: Flag(_("More than 3 times the usual"), "warning", "triangle-alert"),
        FlagCode.DETAILS_YOUNG: Flag(_("Bank details under 30 days old"), "warning", "landmark"),
        FlagCode.CASE_OPEN: Flag(_("A review case is open"), "warning", "shield-check"),
        FlagCode.NAME_CLOSE: Flag(_("The bank writes the name otherwise"), "warning", "landmark"),
    }
    return [drawn[code] for code in codes]


def left_out(batch: Batch, now: datetime) -> list[LeftOut]:
    """Return who is not in the batch: taken out by hand, or stopped by a gate."""
    by_hand = [
        LeftOut(
            name=item.affiliate.name,
            public_id=str(item.affiliate.public_id),
            due=item.net,
            why=item.reason,
            item=item,
        )
        for item in batch.items.filter(status=ItemStatus.RELEASED).select_related("affiliate")
    ]
    if batch.status not in Batch.OPEN:
        return by_hand
    found = candidates(
        rail=batch.rail,
        currency=batch.currency,
        cutoff_at=batch.cutoff_at,
        at=now,
        batch=batch,
    )
    return by_hand + [_left_out(candidate) for candidate in found if not candidate.is_payable]


def _left_out(candidate: Candidate) -> LeftOut:
    return LeftOut(
        name=candidate.affiliate.name,
        public_id=str(candidate.affiliate.public_id),
        due=candidate.due,
        why=" ".join(staff_sentence(gate) for gate in candidate.gates),
    )


def comparison(batch: Batch) -> Comparison | None:
    """Return the batch beside the one that left before it; None for the first of its rail."""
    last = (
        Batch.objects.filter(
            rail=batch.rail,
            currency=batch.currency,
            status__in=Batch.DONE,
        )
        .filter(pk__lt=batch.pk)
        .order_by("-pk")
        .first()
    )
    if last is None:
        return None
    here, there = _payees(batch), _payees(last)
    change = batch.total_minor - last.total_minor
    return Comparison(
        last=last,
        total_change_bps=ratio(change * BPS, last.total_minor) if last.total_minor else None,
        count_change=batch.item_count - last.item_count,
        new_payees=len(here - there),
        missing_payees=len(there - here),
    )


def _payees(batch: Batch) -> set[int]:
    live = batch.items.exclude(status=ItemStatus.RELEASED)
    return set(live.values_list("affiliate", flat=True))


def progress(batch: Batch) -> Progress:
    """Return how far the payouts have come, in one query."""
    counts = batch.items.exclude(status=ItemStatus.RELEASED).aggregate(
        total=Count("pk"),
        left=Count("pk", filter=Q(status__in=Item.PAID)),
        held_back=Count("pk", filter=Q(status__in=[ItemStatus.SKIPPED, ItemStatus.FAILED])),
    )
    return Progress(**counts)


def file_of(batch: Batch) -> BatchFile | None:
    """Return the file of a batch without its bytes, if it was made: never before the approval."""
    if batch.status in Batch.OPEN:
        return None
    return BatchFile.objects.defer("body").select_related("created_by").filter(batch=batch).first()


def approval_refusal(batch: Batch, person: User) -> str:
    """Return why ``person`` may not approve the batch; empty when they may."""
    return why_not_approve(batch, person.pk)


def item_lines(item: Item) -> QuerySet[ItemLine]:
    """Return what a payout is made of, the oldest order first."""
    return (
        ItemLine.objects.filter(item=item)
        .select_related(
            "commission__credit__order",
            "commission__credit__touchpoint__link",
            "commission__credit__touchpoint__coupon_code",
            "adjustment__commission__credit__order",
        )
        .order_by("commission__credit__order__placed_at", "pk")
    )


def item_transfers(item: Item) -> list[Transfer]:
    """Return what the ledger says of a payout."""
    return list(
        Transfer.objects.filter(source_key__startswith=f"item:{item.pk}:")
        .select_related("debit", "credit")
        .order_by("pk")
    )
