"""Money that was given back without goods: what the programme's policy makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from affiliates.models import Programme
from payouts.models import RefundRuling
from shop.models import ReturnLine


def rule_on(return_lines: Iterable[ReturnLine], *, now: datetime) -> None:
    """Keep what the policy of today says of refunds that come for the first time. Rule R1.

    Safe to repeat and to race: the first ruling stands.
    """
    fresh = [line for line in return_lines if not line.quantity]
    if fresh:
        policy = Programme.get().amount_only_returns
        RefundRuling.objects.bulk_create(
            (RefundRuling(return_line=line, policy=policy, ruled_at=now) for line in fresh),
            ignore_conflicts=True,
        )
