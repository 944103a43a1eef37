from __future__ import annotations

from django.db import models


class SpoolFile(models.Model):
    """How far one spool file is shipped: moved on in the same transaction as its lines."""

    name = models.CharField(max_length=200, unique=True)
    host = models.CharField(max_length=100)
    shipped_bytes = models.BigIntegerField(default=0)
    shipped_lines = models.BigIntegerField(default=0)
    began_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class SpoolReject(models.Model):
    """A line of a spool that could not be read, kept as it was for a person to look at."""

    file = models.CharField(max_length=200)
    at_byte = models.BigIntegerField()
    text = models.BinaryField()
    reason = models.CharField(max_length=200)
    noticed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "at_byte"], name="spool_reject_once")
        ]

    def __str__(self) -> str:
        return f"{self.file} at {self.at_byte}"


class SpoolHost(models.Model):
    """One machine that records landings: up to when its spool is shipped, and what it lost."""

    name = models.CharField(max_length=100, unique=True)
    watermark = models.DateTimeField(help_text="Everything recorded before it is shipped.")
    beat_at = models.DateTimeField()
    lost = models.BigIntegerField(default=0, help_text="Records that no disk would take.")

    def __str__(self) -> str:
        return self.name
