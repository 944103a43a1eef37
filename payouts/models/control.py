"""Who may let how much leave, and what stops everything."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from payouts.domain.approval_rules import Rule


class FourEyes(models.Model):
    """What one person proposes, and what holds from its moment on once another confirmed it."""

    valid_from = models.DateTimeField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


class ApprovalRule(FourEyes):
    """From which amount of a batch on how many people have to approve it.

    A rule is proposed by one person, and holds once another confirmed it. The rules that hold at
    a moment are those of the newest confirmed set (``valid_from``).
    """

    currency = models.CharField(max_length=3)
    above_minor = models.PositiveBigIntegerField(help_text="Batches of more than this.")
    people = models.PositiveSmallIntegerField(help_text="How many have to approve.")
    needs_owner = models.BooleanField(default=False, help_text="One of them is an owner (CFO).")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "valid_from", "above_minor"], name="approval_rule_once"
            ),
            models.CheckConstraint(name="approval_rule_people", condition=Q(people__gte=1)),
            models.CheckConstraint(
                name="approval_rule_four_eyes",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"above {self.above_minor} {self.currency}: {self.people}"

    @property
    def rule(self) -> Rule:
        """What it says, for the rules to decide with."""
        return Rule(above_minor=self.above_minor, people=self.people, needs_owner=self.needs_owner)


class ApprovalLimit(FourEyes):
    """How much one person may approve in a day, all batches together. No row: no limit."""

    user = models.ForeignKey("core.User", models.PROTECT, related_name="approval_limits")
    currency = models.CharField(max_length=3)
    daily_minor = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "currency", "valid_from"], name="approval_limit_once"
            ),
            models.CheckConstraint(
                name="approval_limit_four_eyes",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.daily_minor} {self.currency} a day"


class MinimumRule(FourEyes):
    """After how many months without a payout somebody is paid less than the minimum (P56)."""

    months = models.PositiveSmallIntegerField(help_text="0: the minimum always holds.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["valid_from"], name="minimum_rule_once"),
            models.CheckConstraint(
                name="minimum_rule_four_eyes",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"minimum lifted after {self.months} months"


class PayoutStop(models.Model):
    """The kill switch: while one is live, no money leaves by any rail."""

    began_at = models.DateTimeField()
    began_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"], nulls_distinct=False, name="payout_stop_one_live"
            )
        ]

    def __str__(self) -> str:
        return f"Payouts stopped at {self.began_at:%Y-%m-%d %H:%M}"
