"""The codes and clicks that a later state of an order tells, where it had none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from core.data_requests import months_later
from core.models import ErasureEntry
from core.privacy import journal
from shop.domain.canonical import CanonicalOrder
from shop.models import Order
from shop.services.people import key_of_order


def take(repeated: Sequence[tuple[Order, CanonicalOrder]], *, now: datetime) -> set[int]:
    """Take over codes and clicks that orders had none of; return the orders, by id, unsaved.

    Who told of an order first may not know them. Shops tell them with every state for ever: clicks
    of an order that was erased, or whose clicks went after 13 months, do not come back (PV7).
    """
    taken = set()
    for row, said in repeated:
        if said.codes and not row.codes:
            row.codes = list(said.codes)
            taken.add(row.pk)
    since = months_later(now, -settings.CLICK_RETENTION_MONTHS)
    bare = [
        (row, said)
        for row, said in repeated
        if said.click_tokens and not row.click_tokens and row.placed_at >= since
    ]
    keys = {row.pk: key_of_order(row.shop_id, row.external_id) for row, _said in bare}
    entries = ErasureEntry.objects.filter(kind=journal.ORDER, key__in=keys.values())
    erased = set(entries.values_list("key", flat=True))
    for row, said in bare:
        if keys[row.pk] not in erased:
            row.click_tokens = list(said.click_tokens)
            taken.add(row.pk)
    return taken
