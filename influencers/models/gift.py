from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.money import Money


class Gift(models.Model):
    """Something given to an influencer, at its value. Never edited: another row takes it back."""

    key = models.UUIDField(unique=True, help_text="Of the form: sent twice, it is one gift.")
    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="gifts")
    what = models.CharField(max_length=140)
    purpose = models.CharField(max_length=80, help_text="What it is to promote.")
    value_minor = models.BigIntegerField(help_text="Excluding VAT; negative: taken back.")
    currency = models.CharField(max_length=3, default="EUR")
    given_on = models.DateField()
    takes_back = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="taken_back_by"
    )
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was taken back.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="gift_has_value_or_takes_back",
                condition=Q(takes_back__isnull=True, value_minor__gt=0)
                | (Q(takes_back__isnull=False, value_minor__lt=0) & ~Q(reason="")),
            )
        ]
        indexes = [models.Index(fields=["affiliate", "-given_on"], name="gift_of_affiliate")]

    def __str__(self) -> str:
        return self.what

    @property
    def value(self) -> Money:
        return Money(self.value_minor, self.currency)
