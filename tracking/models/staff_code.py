from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class StaffCode(models.Model):
    """A discount code by which a shop's staff buys: its orders earn no employee anything (A19).

    Capitals; a star at the end stands for whatever follows (``STAFF-*``). Period: ``valid_from``
    <= t < ``valid_to``.
    """

    shop = models.ForeignKey("shop.Shop", models.CASCADE, related_name="+")
    code = models.CharField(max_length=64)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "code"],
                condition=Q(valid_to__isnull=True),
                name="staff_code_once_in_use",
            ),
            models.CheckConstraint(
                name="staff_code_period_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.code
