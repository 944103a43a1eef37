from __future__ import annotations

from django.db import models
from django.db.models import Q

from affiliates.models import AmountOnly


class RefundRuling(models.Model):
    """What the programme's policy made of money given back without goods. Never edited.

    It is written when the refund is first handled: a policy that changes later changes nothing.
    """

    return_line = models.OneToOneField(
        "shop.ReturnLine", models.PROTECT, related_name="refund_ruling"
    )
    policy = models.CharField(max_length=8, choices=AmountOnly.choices)
    ruled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="refund_ruling_policy_known", condition=Q(policy__in=AmountOnly.values)
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy} for line {self.return_line_id}"
