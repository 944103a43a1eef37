"""Where mail goes when no mail server is configured: into a table that a page shows."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from core.models import OutboxMail


class OutboxBackend(BaseEmailBackend):
    """E-mail backend of the embedded default: keeps each mail for the development outbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store one row per recipient and return how many messages were taken."""
        OutboxMail.objects.bulk_create(
            OutboxMail(
                recipient=recipient,
                subject=message.subject[:200],
                body=str(message.body),
                html=_html(message),
            )
            for message in email_messages
            for recipient in message.recipients()
        )
        return len(email_messages)


def _html(message: EmailMessage) -> str:
    """Return the HTML part of a mail, if it has one."""
    parts = getattr(message, "alternatives", None) or []
    return next((str(content) for content, kind in parts if kind == "text/html"), "")
