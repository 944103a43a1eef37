"""Where one payment of a batch is looked at."""

from __future__ import annotations

from django.urls import reverse

from payouts.models import Item


def item_page(item: Item) -> str:
    """Return the address of a payment's page; its batch is loaded with it."""
    return reverse("portal:batch-item", args=[item.batch.public_id, item.public_id])
