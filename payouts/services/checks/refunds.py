"""Commissions with refunds or corrected costs: each line is its target by the facts it counts."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet

from payouts.models import Adjustment, AdjustmentReason, Commission, CommissionStatus
from payouts.services.checks.difference import Difference
from payouts.services.refunds import unsettled
from payouts.services.targets import Targets

CHUNK = 200


def changes() -> QuerySet[Adjustment]:
    """Return what refunds and corrected costs changed: targets that are not of quantities alone."""
    return Adjustment.objects.filter(
        Q(return_line__quantity=0) | Q(reason=AdjustmentReason.COST_CORRECTED)
    )


def differences() -> Iterator[Difference]:
    """Yield every line that is not what its rule pays for the price and the cost that are left."""
    waiting = (
        Commission.objects.filter(Exists(changes().filter(commission=OuterRef("pk"))))
        .exclude(status=CommissionStatus.REVERSED)
        .exclude(Exists(unsettled().filter(commission=OuterRef("pk"))))
        .order_by("pk")
    )
    last = 0
    while chunk := list(waiting.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        targets = Targets(chunk)
        for commission in chunk:
            posted = targets.posted(commission.pk)
            wanted = targets.of(commission.pk, targets.known(commission.pk))
            for line, minor in wanted.items():
                if minor != posted[line]:
                    yield Difference(check="line after refunds",
                                     subject=f"commission {commission.pk} line {line}",
                                     expected=str(minor), found=str(posted[line]))  # fmt: skip
