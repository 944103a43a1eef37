from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.crypto import EncryptedBinaryField


class BankFileKind(models.TextChoices):
    STATUS = "pain.002", _("Status report")
    STATEMENT = "camt.053", _("Account statement")
    NOTICE = "camt.054", _("Debit and credit notification")


class BankFile(models.Model):
    """A file that came from the bank, as it came. The same bytes are read once."""

    kind = models.CharField(max_length=8, choices=BankFileKind.choices)
    name = models.CharField(max_length=120)
    message_id = models.CharField(max_length=80)
    body = EncryptedBinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    opening_minor = models.BigIntegerField(null=True, help_text="Of a statement.")
    closing_minor = models.BigIntegerField(null=True, help_text="Of a statement.")
    currency = models.CharField(max_length=3, blank=True)
    day = models.DateField(null=True, help_text="Of a statement.")

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class EntryKind(models.TextChoices):
    BOOKED = "booked", _("Paid out")
    REJECTED = "rejected", _("Refused by the bank")
    RETURNED = "returned", _("Returned by the payee's bank")
    OTHER = "other", _("Something else")


class EntryState(models.TextChoices):
    MATCHED = "matched", _("Matched")
    UNMATCHED = "unmatched", _("Unmatched")
    IGNORED = "ignored", _("Not ours")


class BankEntry(models.Model):
    """One line of a bank file, and the payout that it is about."""

    file = models.ForeignKey(BankFile, models.PROTECT, related_name="entries")
    reference = models.CharField(max_length=120, unique=True, help_text="The bank's, made unique.")
    kind = models.CharField(max_length=8, choices=EntryKind.choices)
    end_to_end_id = models.CharField(max_length=35, blank=True)
    amount_minor = models.BigIntegerField(help_text="Below zero: money that left.")
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    reason_code = models.CharField(max_length=10, blank=True)
    text = models.CharField(max_length=300, blank=True)
    item = models.ForeignKey("payouts.Item", models.PROTECT, null=True, related_name="bank_entries")
    state = models.CharField(max_length=9, choices=EntryState.choices)
    unmatched = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How often two people took it off a payout again."
    )
    unmatch_reason = models.TextField(blank=True, default="", db_default="")
    unmatch_asked_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    unmatch_asked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "bank entries"
        constraints = [
            models.CheckConstraint(
                name="bank_entry_unmatch_asked",
                condition=Q(unmatch_asked_at__isnull=True, unmatch_asked_by__isnull=True)
                | (
                    Q(unmatch_asked_at__isnull=False, unmatch_asked_by__isnull=False)
                    & Q(state=EntryState.MATCHED)
                    & ~Q(unmatch_reason="")
                ),
            ),
            models.CheckConstraint(
                name="bank_entry_matched_has_item",
                condition=~Q(state=EntryState.MATCHED) | Q(item__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["end_to_end_id"], name="bank_entry_end_to_end")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
