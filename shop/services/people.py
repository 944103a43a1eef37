"""How long buyers can be recognised, and how they are forgotten."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from shop.models import Order

#: What an order knows of its buyer against fraud: blank, or not told, when it is forgotten.
_KEYS: dict[str, Any] = {
    "email_key": "",
    "phone_key": "",
    "address_key": "",
    "has_disposable_email": None,
}
#: And what connects the orders of one customer.
_CUSTOMER: dict[str, Any] = {
    **_KEYS,
    "customer_ref": "",
    "is_new_customer": None,
    "click_tokens": [],
}
CHUNK = 5_000


def forget(*, now: datetime) -> int:
    """Erase the keys of orders older than ``BUYER_KEY_DAYS``; return how many orders.

    The customer's reference stays: it tells whether somebody is a new customer.
    """
    known = ~Q(email_key="") | ~Q(phone_key="") | ~Q(address_key="")
    old = Order.objects.filter(
        known, placed_at__lt=now - timedelta(days=settings.BUYER_KEY_DAYS)
    ).order_by("pk")
    done = 0
    while pks := list(old.values_list("pk", flat=True)[:CHUNK]):
        done += Order.objects.filter(pk__in=pks).update(**_KEYS)
    return done


def orders_of(
    *, shop_id: int, customer_ref: str, order_external_ids: Collection[str]
) -> QuerySet[Order]:
    """Return the orders of a customer: those under its reference, and those that are named."""
    ids = list(order_external_ids)
    named = Q(external_id__in=ids) | Q(is_addition=True, follows__external_id__in=ids)
    of_them = named | Q(customer_ref=customer_ref) if customer_ref else named
    return Order.objects.filter(of_them, shop=shop_id)


def erase(orders: QuerySet[Order]) -> int:
    """Erase whom orders are of, and by which clicks they came; amounts stay. Return how many."""
    return orders.update(**_CUSTOMER)
