"""Payouts and their batches against their lines, and against what the lines stand for."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from payouts.models import (
    Batch,
    BatchStatus,
    Commission,
    CommissionStatus,
    Item,
    ItemLine,
    ItemReturn,
    ItemStatus,
)
from payouts.services.checks.difference import Difference

CHUNK = 2_000


def differences() -> Iterator[Difference]:
    """Yield every payout, batch, line and paid commission that the others contradict."""
    yield from _payout_sums()
    yield from _batch_totals()
    yield from _line_amounts()
    yield from _released_lines()
    yield from _paid_commissions()
    yield from _returned_payouts()


def _payout_sums() -> Iterator[Difference]:
    """A payout is the sum of its lines, and VAT on top."""
    wrong = (
        Item.objects.exclude(status=ItemStatus.RELEASED)
        .annotate(total=Coalesce(Sum("lines__amount_minor"), 0))
        .exclude(total=F("amount_minor") - F("vat_minor"))
        .values_list("pk", F("amount_minor") - F("vat_minor"), "total")
    )
    for pk, amount, total in wrong.order_by("pk").iterator(chunk_size=CHUNK):
        yield Difference(check="payout lines", subject=f"payout {pk}", expected=str(amount),
                         found=str(total))  # fmt: skip


def _batch_totals() -> Iterator[Difference]:
    """A submitted batch is the sum of its payouts."""
    for batch in Batch.objects.exclude(status__in=[BatchStatus.DRAFT, BatchStatus.CANCELLED]):
        # A payout that was taken out of the draft has no lines and is not part of the total.
        inside = batch.items.filter(pk__in=ItemLine.objects.values("item"))
        total = inside.aggregate(total=Sum("amount_minor"))["total"] or 0
        if batch.total_minor != total:
            yield Difference(check="batch total", subject=batch.reference,
                             expected=str(batch.total_minor), found=str(total))  # fmt: skip


def _line_amounts() -> Iterator[Difference]:
    """A line is worth what its commission was approved with, or its adjustment."""
    owed = Coalesce("commission__approved_minor", "adjustment__amount_minor", 0)
    wrong = ItemLine.objects.annotate(owed=owed).exclude(owed=F("amount_minor"))
    rows = wrong.order_by("pk").values_list("pk", "item", "owed", "amount_minor")
    for pk, item, expected, found in rows.iterator(chunk_size=CHUNK):
        yield Difference(check="payout line amount", subject=f"payout {item} line {pk}",
                         expected=str(expected), found=str(found))  # fmt: skip


def _released_lines() -> Iterator[Difference]:
    """The lines of a released payout are released, and no others are."""
    over = Q(item__status=ItemStatus.RELEASED)
    wrong = ItemLine.objects.filter(
        Q(over, released_at__isnull=True) | Q(~over, released_at__isnull=False)
    )
    rows = wrong.order_by("pk").values_list("pk", "item", "item__status")
    for pk, item, status in rows.iterator(chunk_size=CHUNK):
        is_over = status == ItemStatus.RELEASED
        yield Difference(check="released line", subject=f"payout {item} line {pk}",
                         expected="released" if is_over else "not released",
                         found="not released" if is_over else "released")  # fmt: skip


def _paid_commissions() -> Iterator[Difference]:
    """A commission is paid if, and only if, it is on a payout that left."""
    left = ItemLine.objects.filter(
        commission=OuterRef("pk"),
        item__status__in=Item.LEFT,
        released_at__isnull=True,
    )
    paid = Q(status=CommissionStatus.PAID)
    wrong = Commission.objects.filter(Q(paid, ~Exists(left)) | Q(~paid, Exists(left)))
    rows = wrong.order_by("pk").values_list("pk", "status")
    for pk, status in rows.iterator(chunk_size=CHUNK):
        said, is_on = ("paid", "no") if status == CommissionStatus.PAID else ("not paid", "a")
        yield Difference(check="paid commission", subject=f"commission {pk}", expected=said,
                         found=f"on {is_on} payout that left")  # fmt: skip


def _returned_payouts() -> Iterator[Difference]:
    """A payout is returned if, and only if, all of it came back; never more than all."""
    standing = ItemReturn.objects.standing().filter(item=OuterRef("pk")).values("item")
    back = Coalesce(Subquery(standing.annotate(total=Sum("amount_minor")).values("total")), 0)
    is_returned = Q(status=ItemStatus.RETURNED)
    wrong = (
        Item.objects.annotate(back=back)
        .filter(Q(back__gt=0) | is_returned)
        .exclude(is_returned, back=F("amount_minor"))
        .exclude(status__in=Item.PAID, back__lt=F("amount_minor"))
    )
    rows = wrong.order_by("pk").values_list("pk", "status", "amount_minor", "back")
    for pk, status, amount, found in rows.iterator(chunk_size=CHUNK):
        yield Difference(check="returned payout", subject=f"payout {pk} ({status})",
                         expected=str(amount), found=str(found))  # fmt: skip
