from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from payouts.models.adjustment import Adjustment


class Capability(models.TextChoices):
    """Whether Stripe lets an account receive transfers, as Stripe says it."""

    ACTIVE = "active", _("Active")
    PENDING = "pending", _("Pending")
    RESTRICTED = "restricted", _("Restricted")
    REJECTED = "rejected", _("Rejected")
    UNSUPPORTED = "unsupported", _("Unsupported")


class StripeAccount(models.Model):
    """The recipient account of an affiliate at Stripe, as it was last read there."""

    affiliate = models.OneToOneField(
        "affiliates.Affiliate", models.PROTECT, related_name="stripe_account"
    )
    account = models.CharField(max_length=60, unique=True, help_text="Stripe's id of it.")
    country = models.CharField(max_length=2)
    capability = models.CharField(
        max_length=11, choices=Capability.choices, default=Capability.PENDING
    )
    requirements = models.JSONField(default=list, help_text="What Stripe still asks for.")
    last4 = models.CharField(max_length=4, blank=True, help_text="Of its bank account.")
    bank_failed_at = models.DateTimeField(
        null=True, help_text="Stripe could not pay out to the bank account."
    )
    created_at = models.DateTimeField()
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.account


class StripeEvent(models.Model):
    """Something that Stripe told us. The object it is about is read anew, never believed."""

    event = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=120)
    account = models.CharField(max_length=60, blank=True, help_text="Of a connected account.")
    subject = models.CharField(max_length=80, help_text="The id of what it is about.")
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=models.Q(handled_at__isnull=True),
                name="stripe_event_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event}"


class ItemReturnQuerySet(models.QuerySet["ItemReturn"]):
    def standing(self) -> ItemReturnQuerySet:
        """Return those of which no later adjustment says the contrary (BK22)."""
        contrary = Adjustment.objects.filter(
            source_key=Concat(Value("return:"), OuterRef("reference"), Value(":off"))
        )
        return self.filter(~Exists(contrary))


class ItemReturn(models.Model):
    """Money of a payout that came back, in part or whole: a reversal, or a return of the bank."""

    item = models.ForeignKey("payouts.Item", models.PROTECT, related_name="returns")
    reference = models.CharField(max_length=80, unique=True, help_text="Of the rail.")
    amount_minor = models.PositiveBigIntegerField()
    vat_minor = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="The part of it that was VAT."
    )
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=140, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    objects = ItemReturnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="item_return_positive", condition=models.Q(amount_minor__gt=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.amount_minor} {self.currency}"

    @property
    def source_key(self) -> str:
        """The key of the adjustment by which it is due again."""
        return f"return:{self.reference}"

    @property
    def contrary_key(self) -> str:
        """The key of the adjustment that says the contrary (BK22)."""
        return f"{self.source_key}:off"
