"""Commissions with later facts or entries of people: what they come to by the facts they count."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet

from payouts.models import Adjustment, AdjustmentReason, Commission, CommissionStatus
from payouts.services.checks.difference import Difference
from payouts.services.refunds import unsettled
from payouts.services.targets import OF_THE_SALE, Targets

CHUNK = 200


def changes() -> QuerySet[Adjustment]:
    """Return what refunds and corrected costs changed: targets that are not of quantities alone."""
    return Adjustment.objects.filter(
        Q(return_line__quantity=0) | Q(reason=AdjustmentReason.COST_CORRECTED)
    )


def differences() -> Iterator[Difference]:
    """Yield every line that is not what its rule pays for the price and the cost that are left,
    and every sale that people took more of than there is, or kept after its goods came back.
    """
    changed = Commission.objects.filter(Exists(changes().filter(commission=OuterRef("pk"))))
    for targets, pks in _chunks(
        changed.exclude(status=CommissionStatus.REVERSED).exclude(
            Exists(unsettled().filter(commission=OuterRef("pk")))
        )
    ):
        for pk in pks:
            yield from _lines(targets, pk)
    booked = Adjustment.objects.filter(proposal__isnull=False, reason__in=OF_THE_SALE)
    for targets, pks in _chunks(
        Commission.objects.filter(Exists(booked.filter(commission=OuterRef("pk"))))
    ):
        for pk in pks:
            yield from _sale(targets, pk)


def _chunks(commissions: QuerySet[Commission]) -> Iterator[tuple[Targets, list[int]]]:
    last = 0
    while chunk := list(commissions.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = chunk[-1].pk
        yield Targets(chunk), [one.pk for one in chunk]


def _lines(targets: Targets, pk: int) -> Iterator[Difference]:
    posted = targets.posted(pk)
    for line, minor in targets.of(pk, targets.known(pk)).items():
        if minor != posted[line]:
            yield Difference(check="line after refunds", subject=f"commission {pk} line {line}",
                             expected=str(minor), found=str(posted[line]))  # fmt: skip


def _sale(targets: Targets, pk: int) -> Iterator[Difference]:
    """Rule R13: never below zero, and nothing once all goods are back."""
    found = targets.sale_minor(pk)
    was_all_there = all(one.worth for one in targets.booked(pk))
    is_back = was_all_there and not targets.worth(pk, targets.known(pk))
    if found < 0 or (found and is_back):
        yield Difference(check="sale as a whole", subject=f"commission {pk}",
                         expected="0" if is_back else "0 or more", found=str(found))  # fmt: skip
