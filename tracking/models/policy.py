from __future__ import annotations

from django.db import models


class AttributionPolicy(models.Model):
    """One published version of the rules that give an order to somebody. Never changed.

    A policy holds from ``valid_from`` until the next one begins. Who published it is in the audit
    trail.
    """

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=80)
    valid_from = models.DateTimeField(unique=True)
    rules = models.JSONField(help_text="tracking.domain.policy.Policy")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number}: {self.name}"
