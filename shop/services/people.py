"""How long buyers can be recognised, and how they are forgotten."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.data_requests import months_later
from core.privacy import journal
from shop.history import came_before
from shop.models import Order

#: What an order knows of its buyer against fraud: blank, or not told, when it is forgotten.
_KEYS: dict[str, Any] = {
    "email_key": "",
    "phone_key": "",
    "address_key": "",
    "has_disposable_email": None,
}
#: And what connects the orders of one customer. Whether they were new stays: it names nobody.
_CUSTOMER: dict[str, Any] = {
    **_KEYS,
    "customer_ref": "",
    "click_tokens": [],
}
#: By what an order tells whose it is.
IDENTITY = (*_KEYS, "customer_ref", "is_new_customer")
KNOWN = ~Q(email_key="") | ~Q(phone_key="") | ~Q(address_key="")
CHUNK = 5_000
#: Customers are forgotten three years after their last order (CNIL, commercial management).
GONE_MONTHS = -36


def forget(*, now: datetime) -> int:
    """Erase the keys of orders older than ``BUYER_KEY_DAYS``; return how many orders.

    The customer's reference stays: it tells whether somebody is a new customer.
    """
    return _empty(over(now), _KEYS)


def over(now: datetime) -> QuerySet[Order]:
    """Return the orders whose keys are older than ``BUYER_KEY_DAYS``."""
    return Order.objects.filter(KNOWN, placed_at__lt=now - timedelta(days=settings.BUYER_KEY_DAYS))


def with_old_tokens(now: datetime) -> QuerySet[Order]:
    """Return the orders that still name clicks which are kept no longer."""
    until = months_later(now, -settings.CLICK_RETENTION_MONTHS)
    return Order.objects.filter(placed_at__lt=until).exclude(click_tokens=[])


def forget_tokens(*, now: datetime) -> int:
    """Take the references of clicks from old orders; return how many. What was decided stays."""
    return _empty(with_old_tokens(now), {"click_tokens": []})


def of_gone_customers(now: datetime) -> QuerySet[Order]:
    """Return the orders of customers whose last one is three years old."""
    until = months_later(now, GONE_MONTHS)
    later = Order.objects.filter(
        shop=OuterRef("shop"), customer_ref=OuterRef("customer_ref"), placed_at__gte=until
    )
    return Order.objects.filter(~Exists(later), placed_at__lt=until).exclude(customer_ref="")


def forget_customers(*, now: datetime) -> int:
    """Cut the orders of customers who stayed away for three years from them; return how many."""
    gone = of_gone_customers(now)
    _keep_answers(gone)
    return _empty(gone, _CUSTOMER)


def _keep_answers(rows: QuerySet[Order]) -> None:
    """Write down whether buyers were new, where their history alone says so. Rule T6.

    Before any of the history is cut: whoever counts new customers again, for a tier or a bonus,
    must come to the same.
    """
    silent = rows.filter(is_new_customer__isnull=True).exclude(customer_ref="")
    while pks := list(silent.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        Order.objects.filter(pk__in=pks).update(is_new_customer=~came_before())


def _empty(rows: QuerySet[Order], blank: dict[str, Any]) -> int:
    done = 0
    while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        done += Order.objects.filter(pk__in=pks).update(**blank)
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
    """Erase whom orders are of, and by which clicks they came; amounts stay. Return how many.

    Whether each buyer was new is kept, also of the orders of theirs that are not erased.
    """
    named = orders.exclude(customer_ref="").values_list("shop", "customer_ref")
    refs: dict[int, set[str]] = {}
    for shop, ref in named.order_by().distinct():
        refs.setdefault(shop, set()).add(ref)
    for shop, theirs in refs.items():
        _keep_answers(Order.objects.filter(shop=shop, customer_ref__in=theirs))
    return orders.update(**_CUSTOMER)


def key_of_order(shop_id: int, external_id: str) -> str:
    """Return by what the erasure journal names an order."""
    return journal.key_of(journal.ORDER, f"{shop_id}:{external_id}")
