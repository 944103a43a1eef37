"""One writer of a shop's facts at a time."""

from __future__ import annotations

from shop.models import Shop


def locked(shop_id: int) -> Shop:
    """Return the shop, locked until the transaction ends.

    An order and a return of it that are stored at the same time would not see each other. Locking
    the shop puts them one after the other, and keeps every other lock in one order.
    """
    return Shop.objects.select_for_update(no_key=True).get(pk=shop_id)
