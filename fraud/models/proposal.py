from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.states import Moves
from fraud.models.case import Case, CaseStatus


class ProposalStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waits for a second person")
    AGREED = "agreed", _("Agreed to")
    DECLINED = "declined", _("Not agreed to")
    WITHDRAWN = "withdrawn", _("Taken back")


class CaseProposal(Moves, models.Model):
    """A decision about a case with much at stake: it holds once a second person agrees."""

    ARROWS = {
        ProposalStatus.PROPOSED: {
            ProposalStatus.AGREED,
            ProposalStatus.DECLINED,
            ProposalStatus.WITHDRAWN,
        },
        ProposalStatus.AGREED: set(),
        ProposalStatus.DECLINED: set(),
        ProposalStatus.WITHDRAWN: set(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="proposals")
    verdict = models.CharField(max_length=9, choices=CaseStatus.choices)
    waiting = ArrayField(models.BigIntegerField(), help_text="The credits that it decides about.")
    refused = ArrayField(models.BigIntegerField(), help_text="Of them: those that do not stand.")
    at_stake_minor = models.PositiveBigIntegerField(help_text="In the currency of most.")
    currency = models.CharField(max_length=3)
    reason = models.TextField(help_text="Internal.")
    message = models.TextField(blank=True, help_text="What the affiliate would read.")
    status = models.CharField(
        max_length=9, choices=ProposalStatus.choices, default=ProposalStatus.PROPOSED
    )
    status_changed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True, help_text="Why it was not agreed to. Internal.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_proposal_status_known", condition=Q(status__in=ProposalStatus.values)
            ),
            models.CheckConstraint(
                name="case_proposal_decides",
                condition=Q(verdict__in=[CaseStatus.CONFIRMED, CaseStatus.DISMISSED]),
            ),
            models.CheckConstraint(
                name="case_proposal_by_two",
                condition=~Q(status__in=[ProposalStatus.AGREED, ProposalStatus.DECLINED])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
            ),
            models.CheckConstraint(
                name="case_proposal_declined_for_a_reason",
                condition=~Q(status=ProposalStatus.DECLINED) | ~Q(answer=""),
            ),
            models.CheckConstraint(name="case_proposal_for_a_reason", condition=~Q(reason="")),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status=ProposalStatus.PROPOSED),
                name="case_proposal_one_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"Proposal about case #{self.case_id} ({self.status})"

    @property
    def is_confirming(self) -> bool:
        """Whether sales are to be refused."""
        return self.verdict == CaseStatus.CONFIRMED


class DecisionLimit(models.Model):
    """From which amount on two people decide a case, from a moment on. Append-only."""

    #: Before anybody has set another one: 1,000.00.
    AT_FIRST_MINOR = 100_000

    from_minor = models.PositiveBigIntegerField(
        null=True, help_text="Of held commissions, in any one currency; none: one person decides."
    )
    valid_from = models.DateTimeField(unique=True)
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(name="decision_limit_for_a_reason", condition=~Q(reason=""))
        ]

    def __str__(self) -> str:
        return f"Two people from {self.from_minor} on, since {self.valid_from:%Y-%m-%d}"

    @classmethod
    def at(cls, *moments: datetime) -> int | None:
        """Return the lowest of the limits that held at some moments, in minor units.

        None: at none of them was there one. One query.
        """
        rows = list(cls.objects.order_by("-valid_from").values_list("valid_from", "from_minor"))
        held = [
            next((limit for since, limit in rows if since <= moment), cls.AT_FIRST_MINOR)
            for moment in moments
        ]
        return min((limit for limit in held if limit is not None), default=None)
