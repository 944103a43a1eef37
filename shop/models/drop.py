from __future__ import annotations

from django.db import models


class DroppedFile(models.Model):
    """A file that was found in a drop, and what became of its rows. The file itself stays there.

    Until ``read_at`` it is only seen: it may still grow. The same name, size and SHA-256 are read
    once. ``refused``: the first refused rows as ``[row, about, why]``; ``error``: why it could not
    be read at all.
    """

    connection = models.ForeignKey("shop.Connection", models.PROTECT, related_name="dropped_files")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    seen_at = models.DateTimeField(help_text="With this size.")
    sha256 = models.CharField(max_length=64, blank=True)
    read_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0, help_text="New ones.")
    returns = models.PositiveIntegerField(default=0, help_text="New ones.")
    refused_rows = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "name"],
                condition=models.Q(read_at__isnull=True),
                name="dropped_file_seen_once",
            ),
            models.UniqueConstraint(
                fields=["connection", "name", "size", "sha256"],
                condition=models.Q(read_at__isnull=False),
                name="dropped_file_read_once",
            ),
        ]
        indexes = [models.Index(fields=["connection", "-read_at"], name="dropped_file_last")]

    def __str__(self) -> str:
        return self.name
