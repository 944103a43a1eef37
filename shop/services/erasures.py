"""Buyers who ask here to be forgotten: found, told, erased, and erased again after a restore."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from core.hashing import email_digest, email_key
from core.privacy import journal
from shop.connectors.people import customer_ref
from shop.models import InboundEvent, InboundStatus, Order, Shop
from shop.services.people import KNOWN, erase

_CHUNK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """A buyer as a request keeps them: keyed hashes, and numbers of the shop's own."""

    shop: int
    customer_ref: str = ""
    email_key: str = ""
    orders: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what a request keeps of it."""
        return {**asdict(self), "orders": list(self.orders)}

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Buyer:
        """Return the buyer that a request keeps."""
        return cls(
            shop=said["shop"],
            customer_ref=said.get("customer_ref", ""),
            email_key=said.get("email_key", ""),
            orders=tuple(said.get("orders", ())),
        )


def buyer(*, shop: Shop, customer_id: str = "", email: str = "", number: str = "") -> Buyer:
    """Return a buyer by what they gave: the shop's customer id, an address, an order's number.

    Nothing of it is kept as it was given. A number leads to the customer of that order.
    """
    ref = customer_ref(shop.code, customer_id.strip())
    named = (
        Order.objects.filter(Q(number=number.strip()) | Q(external_id=number.strip()), shop=shop)
        if number.strip()
        else Order.objects.none()
    )
    ids = []
    for order in named:
        ids.append(order.external_id)
        ref = ref or order.customer_ref
    return Buyer(
        shop=shop.pk,
        customer_ref=ref,
        email_key=email_key(email_digest(email)) if "@" in email else "",
        orders=tuple(sorted(ids)),
    )


def orders_of(who: Buyer) -> QuerySet[Order]:
    """Return the orders of a buyer: under any of the three, and those that add to them."""
    ids = list(who.orders)
    about = Q(external_id__in=ids) | Q(is_addition=True, follows__external_id__in=ids)
    if who.customer_ref:
        about |= Q(customer_ref=who.customer_ref)
    if who.email_key:
        about |= Q(email_key=who.email_key)
    return Order.objects.filter(about, shop=who.shop)


def told(who: Buyer) -> Iterator[dict[str, Any]]:
    """Yield what is kept of each order of a buyer, for an export. No cost is in it."""
    for order in orders_of(who).order_by("placed_at", "pk").prefetch_related("lines"):
        yield {
            "number": order.number,
            "placed_at": order.placed_at,
            "country": order.country,
            "store": order.store,
            "promo_codes": order.codes,
            "came_through_links": len(order.click_tokens),
            "kept_as_keyed_hashes": [
                name for name in ("customer_ref", "email_key", "phone_key", "address_key")
                if getattr(order, name)
            ],
            "lines": [
                {"sku": line.sku, "title": line.title, "quantity": line.quantity,
                 "net_minor": line.net_minor, "currency": order.currency}
                for line in order.lines.all()
            ],
        }  # fmt: skip


@transaction.atomic
def erase_buyer(who: Buyer, *, now: datetime) -> list[str]:
    """Cut a buyer's orders from them; return the references of clicks that the orders named.

    Amounts and lines stay. The bodies in which the orders were told are emptied. Safe to repeat.
    """
    found = orders_of(who)
    ids = list(found.values_list("external_id", flat=True))
    tokens = [token for some in found.values_list("click_tokens", flat=True) for token in some]
    keys = [journal.key_of(journal.ORDER, f"{who.shop}:{external_id}") for external_id in ids]
    journal.note(journal.ORDER, keys, now=now)
    if who.customer_ref:
        key = journal.key_of(journal.BUYER, f"{who.shop}:{who.customer_ref}")
        journal.note(journal.BUYER, [key], now=now)
    erase(found)
    InboundEvent.objects.filter(
        Q(connection__shop=who.shop) | Q(shop=who.shop),
        status__in=[InboundStatus.DONE, InboundStatus.IGNORED],
        subject__in=ids,
    ).exclude(body=b"").update(body=b"")
    return tokens


def repeat(*, now: datetime) -> int:
    """Erase once more the buyers and orders that the journal names; return how many orders."""
    refs, orders = journal.keys(journal.BUYER), journal.keys(journal.ORDER)
    if not refs and not orders:
        return 0
    done = 0
    held = Order.objects.filter(KNOWN | ~Q(customer_ref="") | ~Q(click_tokens=[])).order_by("pk")
    again: dict[int, list[str]] = {}
    for order in held.only("shop_id", "external_id", "customer_ref").iterator(_CHUNK):
        by_ref = order.customer_ref and journal.key_of(
            journal.BUYER, f"{order.shop_id}:{order.customer_ref}"
        )
        by_id = journal.key_of(journal.ORDER, f"{order.shop_id}:{order.external_id}")
        if by_ref in refs or by_id in orders:
            again.setdefault(order.shop_id, []).append(order.external_id)
    for shop, ids in again.items():
        for start in range(0, len(ids), _CHUNK):
            some = tuple(ids[start : start + _CHUNK])
            erase_buyer(Buyer(shop=shop, orders=some), now=now)
            done += len(some)
    return done
