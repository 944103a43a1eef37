from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.crypto import EncryptedBinaryField, EncryptedTextField
from core.money import Money
from core.states import Moves


class Rail(models.TextChoices):
    SEPA = "sepa", _("SEPA credit transfer")
    PAYROLL = "payroll", _("Payroll")
    STRIPE = "stripe", _("Stripe")
    MANUAL = "manual", _("By hand, with proof")


class BatchStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    EXECUTING = "executing", _("Executing")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    DONE_WITH_EXCEPTIONS = "done_with_exceptions", _("Done with exceptions")
    CANCELLED = "cancelled", _("Cancelled")


class DebtorAccount(models.Model):
    """The programme's own bank account, from which payouts leave."""

    name = models.CharField(max_length=70)
    iban = EncryptedTextField()
    iban_last4 = models.CharField(max_length=4)
    bic = models.CharField(max_length=11)
    currency = models.CharField(max_length=3)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["currency"],
                condition=Q(is_active=True),
                name="debtor_account_one_active_per_currency",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} (•••• {self.iban_last4})"


class Batch(Moves, models.Model):
    """The run that makes payouts: prepared by one person, approved by another, frozen by a hash."""

    ARROWS = {
        BatchStatus.DRAFT: {BatchStatus.IN_REVIEW, BatchStatus.CANCELLED},
        BatchStatus.IN_REVIEW: {BatchStatus.DRAFT, BatchStatus.APPROVED},
        BatchStatus.APPROVED: {BatchStatus.EXECUTING, BatchStatus.CANCELLED},
        BatchStatus.EXECUTING: {
            BatchStatus.PAUSED,
            BatchStatus.DONE,
            BatchStatus.DONE_WITH_EXCEPTIONS,
        },
        BatchStatus.PAUSED: {BatchStatus.EXECUTING, BatchStatus.CANCELLED},
        BatchStatus.DONE: set(),
        BatchStatus.DONE_WITH_EXCEPTIONS: set(),
        BatchStatus.CANCELLED: set(),
    }
    OPEN = (BatchStatus.DRAFT, BatchStatus.IN_REVIEW)
    DONE = (BatchStatus.DONE, BatchStatus.DONE_WITH_EXCEPTIONS)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=35, unique=True)
    rail = models.CharField(max_length=7, choices=Rail.choices)
    currency = models.CharField(max_length=3)
    cutoff_at = models.DateTimeField(help_text="Approved before this moment is in.")
    execution_date = models.DateField()
    debtor = models.ForeignKey(DebtorAccount, models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=20, choices=BatchStatus.choices, default=BatchStatus.DRAFT)
    status_changed_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64, blank=True)
    total_minor = models.PositiveBigIntegerField(default=0)
    item_count = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True, help_text="Why it was sent back or cancelled.")

    class Meta:
        verbose_name_plural = "batches"
        constraints = [
            models.CheckConstraint(
                name="batch_status_known", condition=Q(status__in=BatchStatus.values)
            ),
            models.UniqueConstraint(
                fields=["rail", "currency"],
                condition=Q(status__in=["draft", "in_review"]),
                name="batch_one_open_per_rail",
            ),
            models.CheckConstraint(
                name="batch_sepa_has_debtor",
                condition=~Q(rail=Rail.SEPA) | Q(debtor__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_frozen_once_submitted",
                condition=Q(status__in=[BatchStatus.DRAFT, BatchStatus.CANCELLED])
                | (~Q(content_hash="") & Q(submitted_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


class Approval(models.Model):
    """One person's yes to exactly this content."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="approvals")
    user = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, help_text="When the batch was sent back.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "user"],
                condition=Q(dropped_at__isnull=True),
                name="approval_once_per_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} approved {self.batch}"


class BatchFile(models.Model):
    """The file that was made of a batch, once. Every download gives the same bytes."""

    batch = models.OneToOneField(Batch, models.PROTECT, related_name="file")
    name = models.CharField(max_length=80)
    content_type = models.CharField(max_length=60)
    body = EncryptedBinaryField()
    sha256 = models.CharField(max_length=64, help_text="Of the file as it is downloaded.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name
