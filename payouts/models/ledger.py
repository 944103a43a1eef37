from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q


class Account(models.Model):
    """One column of the ledger, in one currency: ``affiliate:7:pending``, for example."""

    code = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, null=True, related_name="accounts"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "currency"], name="account_once"),
            # The target of the composite foreign keys of Transfer.
            models.UniqueConstraint(fields=["id", "currency"], name="account_id_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.currency})"


class Transfer(models.Model):
    """Money moved from one account to another: debit the first, credit the second. Insert only."""

    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=40)
    source_key = models.CharField(max_length=100)
    leg = models.PositiveSmallIntegerField(default=1)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_key", "leg"], name="transfer_once"),
            models.CheckConstraint(
                name="transfer_amount_positive", condition=Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(name="transfer_two_accounts", condition=~Q(debit=F("credit"))),
        ]
        indexes = [
            models.Index(fields=["debit", "effective_at"], name="transfer_debit"),
            models.Index(fields=["credit", "effective_at"], name="transfer_credit"),
        ]

    def __str__(self) -> str:
        return f"{self.source_key}/{self.leg}: {self.amount_minor} {self.currency}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert. A stored transfer is never saved again.

        :raises TypeError: on a transfer that is already stored.
        """
        if not self._state.adding:
            raise TypeError("A transfer is never edited: post another one.")
        super().save(*args, **kwargs)
