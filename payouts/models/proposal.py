from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.money import Money
from core.states import Moves

#: The reasons that people may give; the others are given by facts.
PROPOSABLE = ("bonus", "correction", "goodwill", "clawback", "claim")
#: What finance proposes about a debt, never below four eyes.
WRITE_OFF = "write_off"
#: What a campaign promised to whoever delivered: proposed by the programme alone.
CAMPAIGN = "campaign"


class ProposalStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    BOOKED = "booked", _("Booked")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class AdjustmentProposal(Moves, models.Model):
    """An adjustment that a person wants; above the programme's limit a second person books it."""

    ARROWS = {
        ProposalStatus.PROPOSED: {
            ProposalStatus.BOOKED,
            ProposalStatus.DECLINED,
            ProposalStatus.WITHDRAWN,
        },
        ProposalStatus.BOOKED: set(),
        ProposalStatus.DECLINED: set(),
        ProposalStatus.WITHDRAWN: set(),
    }

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="adjustment_proposals"
    )
    commission = models.ForeignKey(
        "payouts.Commission", models.PROTECT, null=True, related_name="proposals"
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=14)
    text = models.CharField(max_length=500, help_text="Shown to the affiliate.")
    internal_text = models.TextField(blank=True, help_text="For the team only.")
    evidence_name = models.CharField(max_length=120, blank=True)
    evidence = models.BinaryField(null=True, help_text="A file of at most 2 MB.")
    import_name = models.CharField(max_length=120, blank=True, help_text="The CSV file it is of.")
    source_key = models.CharField(max_length=100, unique=True)
    status = models.CharField(
        max_length=9, choices=ProposalStatus.choices, default=ProposalStatus.PROPOSED
    )
    status_changed_at = models.DateTimeField()
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    decision_text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="proposal_reason_known",
                condition=Q(reason__in=(*PROPOSABLE, WRITE_OFF, CAMPAIGN)),
            ),
            models.CheckConstraint(
                name="proposal_status_known", condition=Q(status__in=ProposalStatus.values)
            ),
            models.CheckConstraint(name="proposal_of_something", condition=~Q(amount_minor=0)),
            models.CheckConstraint(
                name="proposal_declined_by_somebody",
                condition=~Q(status=ProposalStatus.DECLINED) | Q(decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("author")),
            ),
        ]
        indexes = [models.Index(fields=["status", "-created_at"], name="proposal_by_status")]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} ({self.reason}, {self.status})"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
