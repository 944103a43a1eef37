"""Whether the buyer of an order was one already, as far as the orders of the shop say."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from shop.models import Order


def came_before() -> Exists:
    """Return the condition that an order's buyer has an earlier one in its shop. Rule T6.

    One that was neither cancelled nor a test, nor the one that this order follows. Ask it only of
    orders with a buyer's reference.
    """
    earlier = Order.objects.filter(
        Q(placed_at__lt=OuterRef("placed_at"))
        | Q(placed_at=OuterRef("placed_at"), pk__lt=OuterRef("pk")),
        shop=OuterRef("shop"),
        customer_ref=OuterRef("customer_ref"),
        cancelled_at__isnull=True,
        is_test=False,
    ).exclude(Q(followed_by=OuterRef("pk")) | Q(customer_ref=""))  # The latter names the index.
    return Exists(earlier)
