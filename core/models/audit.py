from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """Who did what to which thing, when and why. Append-only and chained by hash."""

    at = models.DateTimeField()
    actor = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(
        max_length=32, blank=True, default="", db_default="", help_text="Empty: no request."
    )
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["verb", "-id"], name="audit_verb"),
            models.Index(fields=["at"], name="audit_at"),
            models.Index(
                fields=["request_id"], condition=~models.Q(request_id=""), name="audit_request"
            ),
        ]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"
