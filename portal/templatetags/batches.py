"""``{% load batches %}``: what finance said about a batch, and the files it keeps with it."""

from __future__ import annotations

from typing import Any

from django import template

from payouts.models import Batch
from payouts.services.batch_attachments import attachments_of
from payouts.services.batch_comments import LONGEST, comments_of

register = template.Library()


@register.inclusion_tag("finance/_batch_comments.html", takes_context=True)
def batch_comments(context: template.Context, batch: Batch) -> dict[str, Any]:
    """Draw the comments of a batch, and the form for another one."""
    return {
        "batch": batch,
        "comments": comments_of(batch),
        "longest": LONGEST,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("finance/_batch_attachments.html", takes_context=True)
def batch_attachments(context: template.Context, batch: Batch) -> dict[str, Any]:
    """Draw the files of a batch, and the form for another one."""
    return {
        "batch": batch,
        "files": attachments_of(batch),
        "csrf_token": context.get("csrf_token"),
    }
