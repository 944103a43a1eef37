from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.states import Moves


class ClaimKind(models.TextChoices):
    MISSING = "missing", _("The sale is missing")
    WRONG = "wrong", _("The amount is wrong")
    DECLINED = "declined", _("The sale was refused")


class ClaimStatus(models.TextChoices):
    OPEN = "open", _("Open")
    QUESTION = "question", _("Waiting for the affiliate")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Claim(Moves, models.Model):
    """What an affiliate says is missing, wrong or wrongly refused, and what it was answered."""

    ARROWS = {
        ClaimStatus.OPEN: {
            ClaimStatus.QUESTION,
            ClaimStatus.GRANTED,
            ClaimStatus.DECLINED,
            ClaimStatus.WITHDRAWN,
        },
        ClaimStatus.QUESTION: {
            ClaimStatus.OPEN,
            ClaimStatus.GRANTED,
            ClaimStatus.DECLINED,
            ClaimStatus.WITHDRAWN,
        },
        ClaimStatus.GRANTED: set(),
        ClaimStatus.DECLINED: set(),
        ClaimStatus.WITHDRAWN: set(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=8, choices=ClaimKind.choices)
    order_number = models.CharField(max_length=64)
    ordered_on = models.DateField(help_text="As the affiliate says.")
    amount_minor = models.PositiveBigIntegerField(
        null=True, help_text="Price paid without VAT, as the affiliate says."
    )
    currency = models.CharField(max_length=3)
    text = models.TextField(blank=True)
    proof_name = models.CharField(max_length=120, blank=True)
    proof = models.BinaryField(null=True, help_text="A file of at most 2 MB.")
    import_name = models.CharField(max_length=120, blank=True, help_text="The CSV file it is of.")
    order = models.ForeignKey("shop.Order", models.PROTECT, null=True, related_name="claims")
    commission = models.ForeignKey(
        "payouts.Commission", models.PROTECT, null=True, related_name="claims"
    )
    evidence = models.JSONField(help_text="What was found when it was made; see claim_evidence.")
    status = models.CharField(max_length=9, choices=ClaimStatus.choices, default=ClaimStatus.OPEN)
    status_changed_at = models.DateTimeField()
    created_at = models.DateTimeField()
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    due_at = models.DateTimeField(help_text="When it shall be answered.")
    escalated_at = models.DateTimeField(null=True, help_text="When managers were told it is late.")
    reminded_at = models.DateTimeField(
        null=True, help_text="When the affiliate was last reminded of a question."
    )
    assignee = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    answer_code = models.CharField(max_length=40, blank=True)
    answer = models.TextField(blank=True, help_text="Shown to the affiliate.")
    internal_text = models.TextField(blank=True, help_text="For the team only.")
    answered_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    proposal = models.OneToOneField(
        "payouts.AdjustmentProposal", models.PROTECT, null=True, related_name="claim"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate", "order_number", "kind"],
                condition=Q(status__in=["open", "question"]),
                name="claim_open_once",
            ),
            models.CheckConstraint(
                name="claim_status_known", condition=Q(status__in=ClaimStatus.values)
            ),
            models.CheckConstraint(
                name="claim_answered_in_words",
                condition=~Q(status__in=[ClaimStatus.GRANTED, ClaimStatus.DECLINED])
                | (~Q(answer="") & Q(answered_by__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_at"], name="claim_by_status"),
            models.Index(fields=["affiliate", "-created_at"], name="claim_of_affiliate"),
        ]

    def __str__(self) -> str:
        return f"Claim for {self.order_number} ({self.status})"


class ClaimMessage(models.Model):
    """A question of the team about a claim, or the affiliate's reply. Never edited."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="messages")
    at = models.DateTimeField()
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    is_from_team = models.BooleanField()
    text = models.TextField()
    proof_name = models.CharField(max_length=120, blank=True)
    proof = models.BinaryField(null=True, help_text="A file of at most 2 MB.")

    class Meta:
        indexes = [models.Index(fields=["claim", "at"], name="claim_message_of_claim")]

    def __str__(self) -> str:
        return f"Message about claim {self.claim_id}"
