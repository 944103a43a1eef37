"""What a person holds back: all that is due to a payee, or one payment."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q


class PayoutHoldQuerySet(models.QuerySet["PayoutHold"]):
    def at(self, moment: datetime) -> PayoutHoldQuerySet:
        """Return those that hold at ``moment``: begun, not released, their day not come."""
        return self.filter(
            Q(until__isnull=True) | Q(until__gt=moment),
            Q(ended_at__isnull=True) | Q(ended_at__gt=moment),
            began_at__lte=moment,
        )


class PayoutHold(models.Model):
    """Nothing is paid to a payee, or by one payment, until a person or a day ends it (P63)."""

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="payout_holds"
    )
    item = models.ForeignKey(
        "payouts.Item", models.PROTECT, null=True, related_name="holds",
        help_text="The one payment that is held; none: all of the payee's.",
    )  # fmt: skip
    reason = models.TextField()
    began_at = models.DateTimeField()
    began_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True, help_text="It ends by itself; null: by a person only.")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    end_reason = models.TextField(blank=True)

    objects = PayoutHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate", "item"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="payout_hold_one_live",
            ),
            models.CheckConstraint(
                name="payout_hold_ends_later",
                condition=Q(until__isnull=True) | Q(until__gt=F("began_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"Hold of {self.item or self.affiliate}"
