from __future__ import annotations

from django.db import models


class OutboxMail(models.Model):
    """A mail that was not sent because no mail server is configured: shown at /dev/outbox/."""

    sent_at = models.DateTimeField(auto_now_add=True)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    html = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.subject} to {self.recipient}"
