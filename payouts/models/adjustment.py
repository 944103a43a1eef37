from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.money import Money


class AdjustmentReason(models.TextChoices):
    RETURN = "return", _("Returned")
    CANCELLATION = "cancellation", _("Order cancelled")
    COST_FOUND = "cost_found", _("Cost found")
    CORRECTION = "correction", _("Correction")
    REFUND = "refund", _("Money back without goods")
    COST_CORRECTED = "cost_corrected", _("Cost corrected")
    BONUS = "bonus", _("Bonus")
    GOODWILL = "goodwill", _("Goodwill")
    CLAWBACK = "clawback", _("Clawback")
    CLAIM = "claim", _("Claim granted")
    PAYMENT_BACK = "payment_back", _("Payment came back")
    WRITE_OFF = "write_off", _("Debt written off")
    CAMPAIGN = "campaign", _("Campaign")

    @property
    def on_documents(self) -> str:
        """What statements and invoices call it: a partner never reads that it was a cost."""
        return str(_ON_DOCUMENTS.get(self, self.label))


#: Where it is not the label.
_ON_DOCUMENTS = {
    AdjustmentReason.COST_FOUND: _("Missing information arrived"),
    AdjustmentReason.COST_CORRECTED: _("Information corrected"),
}


class Adjustment(models.Model):
    """A later plus or minus, beside a commission or on its own. Never edited.

    ``is_payable`` False: it changed a commission still pending, and is inside the amount that was
    approved. True: it changed what is payable, and stands as a line of its own in a payout.
    """

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="adjustments"
    )
    commission = models.ForeignKey(
        "payouts.Commission", models.PROTECT, null=True, related_name="adjustments"
    )
    proposal = models.OneToOneField(
        "payouts.AdjustmentProposal", models.PROTECT, null=True, related_name="adjustment"
    )
    text = models.CharField(max_length=500, blank=True, help_text="Shown to the affiliate.")
    order_line = models.ForeignKey("shop.OrderLine", models.PROTECT, null=True, related_name="+")
    return_line = models.ForeignKey(
        "shop.ReturnLine", models.PROTECT, null=True, related_name="adjustments"
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=14, choices=AdjustmentReason.choices)
    is_payable = models.BooleanField()
    source_key = models.CharField(max_length=100, unique=True)
    steps = models.JSONField(
        default=list, blank=True, help_text="How it was computed, as those of commission lines."
    )
    taken_minor = models.PositiveBigIntegerField(
        default=0, help_text="What a corrected cost took of caps and budgets for the line."
    )
    effective_at = models.DateTimeField()
    created_at = models.DateTimeField()
    author = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["affiliate", "-created_at"], name="adjustment_of_affiliate")
        ]
        constraints = [
            models.CheckConstraint(
                name="adjustment_reason_known",
                condition=Q(reason__in=AdjustmentReason.values),
            ),
            models.CheckConstraint(
                name="adjustment_on_its_own_is_payable",
                condition=Q(commission__isnull=False) | Q(is_payable=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} ({self.reason})"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
