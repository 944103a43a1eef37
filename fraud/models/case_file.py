from __future__ import annotations

from django.db import models

from fraud.models.case import CaseMessage


class CaseFile(models.Model):
    """A file that came with an affiliate's words about a case. Its body goes in the end."""

    message = models.ForeignKey(CaseMessage, models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, help_text="Of what is kept.")
    body = models.BinaryField(null=True, help_text="Written anew, at most 4 MB; none: deleted.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "sha256"], name="case_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} with message #{self.message_id}"
