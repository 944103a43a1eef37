from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.crypto import EncryptedBinaryField, EncryptedTextField
from core.money import Money
from core.states import Moves


class ItemStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    READY = "ready", _("Ready")
    SENDING = "sending", _("Sending")
    UNKNOWN = "unknown", _("Unknown")
    SENT = "sent", _("Sent")
    SETTLED = "settled", _("Settled")
    SKIPPED = "skipped", _("Skipped")
    FAILED = "failed", _("Failed")
    RELEASED = "released", _("Released")
    RETURNED = "returned", _("Returned by the bank")


class Item(Moves, models.Model):
    """One payout: what one affiliate gets from one batch, with where it goes frozen."""

    ARROWS = {
        ItemStatus.QUEUED: {ItemStatus.READY, ItemStatus.RELEASED},
        ItemStatus.READY: {ItemStatus.SENDING, ItemStatus.SKIPPED, ItemStatus.RELEASED},
        ItemStatus.SENDING: {
            ItemStatus.SENDING,
            ItemStatus.UNKNOWN,
            ItemStatus.SENT,
            ItemStatus.FAILED,
            ItemStatus.READY,  # Certainly not paid, for want of money: by a new attempt later.
        },
        ItemStatus.UNKNOWN: {ItemStatus.SENDING, ItemStatus.SENT, ItemStatus.FAILED},
        ItemStatus.SENT: {ItemStatus.SETTLED, ItemStatus.RETURNED},
        ItemStatus.SETTLED: {
            ItemStatus.RETURNED,
            ItemStatus.SENT,  # The line that settled it was another payout's.
        },
        ItemStatus.SKIPPED: {ItemStatus.RELEASED},
        ItemStatus.FAILED: {ItemStatus.RELEASED},
        ItemStatus.RELEASED: set(),
        # The line that returned it was another payout's.
        ItemStatus.RETURNED: {ItemStatus.SENT, ItemStatus.SETTLED},
    }
    #: Money is set aside for these.
    LIVE = (ItemStatus.QUEUED, ItemStatus.READY, ItemStatus.SENDING, ItemStatus.UNKNOWN)
    PAID = (ItemStatus.SENT, ItemStatus.SETTLED)
    #: The money left, whatever came back later.
    LEFT = (*PAID, ItemStatus.RETURNED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey("payouts.Batch", models.PROTECT, related_name="items")
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="payout_items"
    )
    amount_minor = models.PositiveBigIntegerField(help_text="What leaves, with VAT.")
    vat_minor = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="VAT on top of what is due: a part of the amount."
    )
    currency = models.CharField(max_length=3)
    payee_name = models.CharField(max_length=120)
    iban = EncryptedTextField(blank=True)
    iban_last4 = models.CharField(max_length=4, blank=True)
    country = models.CharField(max_length=2, blank=True)
    town = models.CharField(max_length=35, blank=True)
    store = models.CharField(max_length=80, blank=True)
    staff_number = models.CharField(max_length=40, blank=True)
    stripe_account = models.CharField(max_length=60, blank=True)
    # How far a rail that answers has come. The key is committed before the rail is asked.
    attempt = models.PositiveSmallIntegerField(default=1)
    idempotency_key = models.CharField(max_length=60, blank=True)
    first_sent_at = models.DateTimeField(null=True, help_text="Of this attempt.")
    lease_until = models.DateTimeField(null=True, help_text="Until when a worker has it.")
    rail_reference = models.CharField(
        max_length=80, blank=True, help_text="What the rail calls this payment."
    )
    bank_failed_at = models.DateTimeField(
        null=True, help_text="It reached the payee's balance, and not their bank."
    )
    status = models.CharField(max_length=8, choices=ItemStatus.choices, default=ItemStatus.QUEUED)
    status_changed_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="item_status_known", condition=Q(status__in=ItemStatus.values)
            ),
            models.CheckConstraint(name="item_amount_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="item_vat_below_amount", condition=Q(vat_minor__lt=F("amount_minor"))
            ),
            models.UniqueConstraint(
                fields=["rail_reference"],
                condition=~Q(rail_reference=""),
                name="item_rail_reference_once",
            ),
            models.UniqueConstraint(
                fields=["batch", "affiliate"],
                condition=~Q(status=ItemStatus.RELEASED),
                name="item_once_per_batch",
            ),
        ]
        indexes = [
            models.Index(fields=["affiliate", "-id"], name="item_of_affiliate"),
            models.Index(
                fields=["lease_until"],
                condition=Q(status__in=["sending", "unknown"]),
                name="item_in_flight",
            ),
        ]

    def __str__(self) -> str:
        return f"Payout {self.reference}"

    @property
    def reference(self) -> str:
        """The end-to-end id: what the bank, the payee and we call this payment (35 at most)."""
        return f"AP{self.pk:010d}"

    @property
    def statement_number(self) -> str:
        """The number of its statement."""
        return f"ST-{self.reference}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def vat(self) -> Money:
        return Money(self.vat_minor, self.currency)

    @property
    def net(self) -> Money:
        """What was due: the sum of the lines."""
        return self.amount - self.vat


class ItemLine(models.Model):
    """A commission or an adjustment inside a payout. Either is on one live payout at most."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="lines")
    commission = models.ForeignKey(
        "payouts.Commission", models.PROTECT, null=True, related_name="item_lines"
    )
    adjustment = models.ForeignKey(
        "payouts.Adjustment", models.PROTECT, null=True, related_name="item_lines"
    )
    amount_minor = models.BigIntegerField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="item_line_commission_or_adjustment",
                condition=Q(commission__isnull=True) ^ Q(adjustment__isnull=True),
            ),
            # "Not paid twice", as a rule of the database.
            models.UniqueConstraint(
                fields=["commission"],
                condition=Q(released_at__isnull=True),
                name="item_line_commission_once",
            ),
            models.UniqueConstraint(
                fields=["adjustment"],
                condition=Q(released_at__isnull=True),
                name="item_line_adjustment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} in {self.item}"


class Statement(models.Model):
    """The document for one payout, made when it was sent."""

    item = models.OneToOneField(Item, models.PROTECT, related_name="statement")
    number = models.CharField(max_length=35, unique=True)
    issued_at = models.DateTimeField()
    body = EncryptedBinaryField()
    sha256 = models.CharField(max_length=64, help_text="Of the document, unencrypted.")

    def __str__(self) -> str:
        return self.number
