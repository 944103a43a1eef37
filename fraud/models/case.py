from __future__ import annotations

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.states import Moves
from fraud.models.screening import Family, Severity


class CaseStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")


class Case(Moves, models.Model):
    """A judgement that a person must make: one open at a time per affiliate and family."""

    ARROWS = {
        CaseStatus.OPEN: {CaseStatus.CONFIRMED, CaseStatus.DISMISSED},
        CaseStatus.CONFIRMED: set(),
        CaseStatus.DISMISSED: set(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="cases")
    family = models.CharField(max_length=10, choices=Family.choices)
    severity = models.CharField(max_length=6, choices=Severity.choices)
    holds_account = models.BooleanField(
        default=False, help_text="It holds every credit of the affiliate that is not settled."
    )
    status = models.CharField(max_length=9, choices=CaseStatus.choices, default=CaseStatus.OPEN)
    opened_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    status_changed_at = models.DateTimeField()
    assignee = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    snoozed_until = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(null=True, help_text="The affiliate was asked.")
    decided_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True, help_text="Internal.")
    message = models.TextField(blank=True, help_text="What the affiliate was told.")
    appealed_in = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="appeals",
        help_text="The case in which somebody else decides about it again.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_appealed_once_decided",
                condition=Q(appealed_in__isnull=True) | ~Q(status=CaseStatus.OPEN),
            ),
            models.CheckConstraint(
                name="case_status_known", condition=Q(status__in=CaseStatus.values)
            ),
            models.CheckConstraint(name="case_family_known", condition=Q(family__in=Family.values)),
            models.CheckConstraint(
                name="case_severity_known", condition=Q(severity__in=Severity.values)
            ),
            models.CheckConstraint(
                name="case_decided_by_somebody_for_a_reason",
                condition=Q(status=CaseStatus.OPEN) | (Q(decided_by__isnull=False) & ~Q(reason="")),
            ),
            models.UniqueConstraint(
                fields=["affiliate", "family"],
                condition=Q(status=CaseStatus.OPEN),
                name="case_one_open_per_family",
            ),
        ]
        indexes = [models.Index(fields=["status", "opened_at"], name="case_queue")]

    def __str__(self) -> str:
        return f"Case #{self.pk} ({self.status})"


class Ruling(models.TextChoices):
    WAITING = "waiting", _("Held")
    REFUSED = "refused", _("Refused")
    CLEARED = "cleared", _("Cleared")


class CaseCreditQuerySet(models.QuerySet["CaseCredit"]):
    """Words for credits in cases."""

    def standing(self) -> Self:
        """Leave out what an appeal opened again: the case that decides about it anew has a row."""
        again = CaseCredit.objects.filter(
            case=OuterRef("case__appealed_in"), credit=OuterRef("credit")
        )
        return self.filter(~Exists(again))


class CaseCredit(models.Model):
    """That a case holds a credit, and what became of it. A credit may be held by several cases."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="credits")
    credit = models.ForeignKey("tracking.Credit", models.PROTECT, related_name="case_credits")
    added_at = models.DateTimeField()
    ruling = models.CharField(max_length=7, choices=Ruling.choices, default=Ruling.WAITING)
    ruled_at = models.DateTimeField(null=True)
    ruled_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    objects = CaseCreditQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "credit"], name="case_credit_once"),
            models.CheckConstraint(
                name="case_credit_ruled_by_somebody",
                condition=Q(ruling=Ruling.WAITING, ruled_at__isnull=True, ruled_by__isnull=True)
                | (
                    Q(ruling__in=[Ruling.REFUSED, Ruling.CLEARED])
                    & Q(ruled_at__isnull=False, ruled_by__isnull=False)
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["credit"], condition=Q(ruling=Ruling.WAITING), name="case_credit_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.credit} in case #{self.case_id}"


class CaseMessage(models.Model):
    """What the team and the affiliate wrote about a case, maybe with files; notes are internal."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="messages")
    author = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    is_from_affiliate = models.BooleanField()
    is_internal = models.BooleanField(default=False)
    is_appeal = models.BooleanField(default=False, help_text="The affiliate contests a decision.")
    text = models.TextField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_message_internal_is_ours",
                condition=Q(is_internal=False) | Q(is_from_affiliate=False),
            )
        ]
        indexes = [models.Index(fields=["case", "sent_at"], name="case_message_thread")]

    def __str__(self) -> str:
        return f"Message of {self.sent_at:%Y-%m-%d} in case #{self.case_id}"


class Measure(models.TextChoices):
    LINKS = "links", _("Links")
    CODES = "codes", _("Promo codes")
    PAYOUTS = "payouts", _("Payouts")


class SanctionStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waits for a second person")
    IN_FORCE = "in_force", _("In force")
    REJECTED = "rejected", _("Not agreed to")
    LIFTED = "lifted", _("Lifted")


class Sanction(Moves, models.Model):
    """What a person stops of an account, on two families of evidence; a ban needs a second one."""

    ARROWS = {
        SanctionStatus.PROPOSED: {SanctionStatus.IN_FORCE, SanctionStatus.REJECTED},
        SanctionStatus.IN_FORCE: {SanctionStatus.LIFTED},
        SanctionStatus.REJECTED: set(),
        SanctionStatus.LIFTED: set(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="sanctions")
    is_ban = models.BooleanField(default=False)
    measures = ArrayField(models.CharField(max_length=7, choices=Measure.choices))
    families = ArrayField(models.CharField(max_length=10, choices=Family.choices))
    cases = models.ManyToManyField(Case, related_name="sanctions")
    status = models.CharField(max_length=8, choices=SanctionStatus.choices)
    status_changed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(help_text="Internal.")
    message = models.TextField(help_text="What the affiliate is told.")
    contested_in = models.ForeignKey(
        Case,
        models.PROTECT,
        null=True,
        related_name="contested_sanctions",
        help_text="The case in which somebody else looks at it again.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sanction_status_known", condition=Q(status__in=SanctionStatus.values)
            ),
            models.CheckConstraint(
                name="sanction_ban_by_two",
                condition=Q(is_ban=False)
                | Q(status=SanctionStatus.PROPOSED)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=models.F("proposed_by"))),
            ),
            models.CheckConstraint(
                name="sanction_said_why", condition=~Q(reason="") & ~Q(message="")
            ),
            models.UniqueConstraint(
                fields=["affiliate", "status"],
                condition=Q(status__in=[SanctionStatus.PROPOSED, SanctionStatus.IN_FORCE]),
                name="sanction_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Sanction of {self.affiliate} ({self.status})"

    @property
    def is_in_force(self) -> bool:
        return self.status == SanctionStatus.IN_FORCE
