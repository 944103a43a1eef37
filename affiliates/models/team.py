from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from affiliates.models.affiliate import Affiliate, MemberRole
from core.models.invitation import InvitationQuerySet, MailedInvitation


class TeamInvitationQuerySet(InvitationQuerySet["Invitation"]):
    """Words for invitations to the team of an affiliate."""

    def open(self, now: datetime) -> Self:
        """Keep those that can still be accepted."""
        return self.pending().filter(expires_at__gt=now)


class Invitation(MailedInvitation):
    """Somebody is asked by mail to join an affiliate's team. One that lives for each address."""

    affiliate = models.ForeignKey(Affiliate, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=MemberRole.choices)
    sent_at = models.DateTimeField()

    objects = TeamInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_role_known", condition=Q(role__in=MemberRole.values)
            ),
            models.CheckConstraint(
                name="invitation_accepted_or_revoked",
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_somebody",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.UniqueConstraint(
                "affiliate",
                models.functions.Lower("email"),
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.affiliate}"


class AccountView(models.Model):
    """Somebody of the programme looks at an account as its people see it, for a short time."""

    affiliate = models.ForeignKey(Affiliate, models.PROTECT, related_name="views_by_team")
    viewer = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    reason = models.TextField()
    begun_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="account_view_ends_later", condition=Q(ends_at__gt=F("begun_at"))
            ),
            models.CheckConstraint(name="account_view_has_reason", condition=~Q(reason="")),
            models.UniqueConstraint(
                fields=["viewer"], condition=Q(ended_at__isnull=True), name="account_view_one_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.viewer} looks at {self.affiliate}"

    def is_live(self, now: datetime) -> bool:
        """Tell whether it still holds."""
        return self.ended_at is None and now < self.ends_at
