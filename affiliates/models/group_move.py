from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext


class GroupMoveQuerySet(models.QuerySet["GroupMove"]):
    """Words for moves."""

    def to_come(self) -> Self:
        """Return the moves that are announced and not carried out."""
        return self.filter(done_at__isnull=True, cancelled_at__isnull=True)


class GroupMove(models.Model):
    """That an affiliate has the terms of another group from ``begins_at`` on.

    ``Affiliate.group`` follows when it begins; what held on a day is read from here.
    """

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="group_moves"
    )
    before = models.ForeignKey("affiliates.Group", models.PROTECT, related_name="+")
    after = models.ForeignKey("affiliates.Group", models.PROTECT, related_name="+")
    begins_at = models.DateTimeField()
    is_worse = models.BooleanField(help_text="Something pays less, or later.")
    told_at = models.DateTimeField()
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = GroupMoveQuerySet.as_manager()

    class Meta:
        ordering = ["begins_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate"],
                condition=Q(done_at__isnull=True, cancelled_at__isnull=True),
                name="group_move_one_to_come",
            ),
            models.CheckConstraint(name="group_move_to_another", condition=~Q(before=F("after"))),
            models.CheckConstraint(
                name="group_move_not_backwards", condition=Q(begins_at__gte=F("told_at"))
            ),
            models.CheckConstraint(
                name="group_move_done_or_cancelled",
                condition=Q(done_at__isnull=True) | Q(cancelled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(name)s moves to %(group)s") % {
            "name": self.affiliate,
            "group": self.after,
        }
