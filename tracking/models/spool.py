from __future__ import annotations

from django.db import models


class SpoolFile(models.Model):
    """How far one spool file is shipped: moved on in the same transaction as its lines."""

    name = models.CharField(max_length=200, unique=True)
    host = models.CharField(max_length=100)
    shipped_bytes = models.BigIntegerField(default=0)
    shipped_lines = models.BigIntegerField(default=0)
    clicks = models.BigIntegerField(default=0, help_text="Lines that became a row of Click.")
    counts = models.BigIntegerField(default=0, help_text="Lines that were only counted.")
    events = models.BigIntegerField(default=0, help_text="Lines that became a JourneyEvent.")
    withdrawals = models.BigIntegerField(default=0, help_text="Lines that took consent back.")
    losses = models.BigIntegerField(default=0, help_text="Lines that told of lost records.")
    rejects = models.BigIntegerField(default=0, help_text="Lines that nobody could read.")
    lost = models.BigIntegerField(default=0, help_text="Records that those lines said were lost.")
    began_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, help_text="Its writer is gone, all is shipped.")
    problem = models.CharField(max_length=40, blank=True, help_text="Why a person has to look.")

    def __str__(self) -> str:
        return self.name


class SpoolTally(models.Model):
    """What the files' own rows do not tell, so that the sums can still be proven.

    ``direct``: recorded without a file. ``folded``: of files so old that their rows are gone.
    ``removed``: rows that erasure and retention took away.
    """

    name = models.CharField(max_length=10, unique=True)
    clicks = models.BigIntegerField(default=0)
    counts = models.BigIntegerField(default=0)
    events = models.BigIntegerField(default=0)
    rejects = models.BigIntegerField(default=0)
    lost = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Withdrawal(models.Model):
    """A consent taken back, until no spool can still hold an older line of that visitor."""

    visitor = models.UUIDField(unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Withdrawal at {self.at:%Y-%m-%d %H:%M}"


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
