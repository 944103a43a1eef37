from __future__ import annotations

from django.db import models


class LedgerCheck(models.Model):
    """One run of the ledger check and what it found. ``by`` empty: the nightly run or a command."""

    at = models.DateTimeField()
    by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    differences = models.JSONField(default=list)
    audit_pk = models.BigIntegerField(
        null=True, help_text="The last audit entry then: it must be there ever after."
    )
    audit_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        get_latest_by = ["at", "pk"]

    def __str__(self) -> str:
        return f"Check of {self.at:%Y-%m-%d %H:%M}: {len(self.differences)} differences"

    @property
    def agrees(self) -> bool:
        return not self.differences
