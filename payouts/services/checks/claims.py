"""What stands of granted claims beside no commission, against what came back of their orders."""

from __future__ import annotations

from collections.abc import Iterator

from payouts.models import Claim, ClaimStatus
from payouts.services.checks.difference import Difference
from payouts.services.claim_returns import granted, posted


def differences() -> Iterator[Difference]:
    """Yield every granted claim of which more or less stands than its goods that are left."""
    beside = Claim.objects.filter(
        status=ClaimStatus.GRANTED,
        order__returns__isnull=False,
        proposal__adjustment__commission__isnull=True,
        proposal__adjustment__isnull=False,
    )
    for one in granted(list(beside.order_by("pk").distinct().values_list("pk", flat=True))):
        taken, since = posted(one.claim)
        target = one.target_minor(since)
        if one.booked.amount_minor + taken != target:
            yield Difference(check="claim after returns", subject=f"claim {one.claim.pk}",
                             expected=str(target),
                             found=str(one.booked.amount_minor + taken))  # fmt: skip
