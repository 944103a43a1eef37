from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class InvitationQuerySet(models.QuerySet[Row]):
    """Words for invitations by mail."""

    def pending(self) -> Self:
        """Keep those that nobody accepted or took back, also when they are too old."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)


class MailedInvitation(models.Model):
    """Somebody is asked by mail to join others. Of ``sendings`` mails the last one's link works."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(max_length=254)
    invited_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    sendings = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def is_open(self, now: datetime) -> bool:
        """Tell whether it can be accepted."""
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at
