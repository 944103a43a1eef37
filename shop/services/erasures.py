"""Buyers who ask here to be forgotten: found, told, erased, and erased again after a restore."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.hashing import email_digest, email_key
from core.privacy import journal
from shop.connectors.people import customer_ref
from shop.models import InboundEvent, InboundStatus, Order, Shop
from shop.services.people import KNOWN, erase, key_of_order

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


class BuyerUnclear(DomainError):
    """What was given of a buyer does not lead to one person."""

    code = "buyer_unclear"


def buyer(*, shop: Shop, customer_id: str = "", email: str = "", number: str = "") -> Buyer:
    """Return a buyer by what they gave: the shop's customer id, an address, an order's number.

    Nothing of it is kept as it was given. All that is given must be true of one order: its
    customer is the buyer; of an order without one, it alone is found. An address alone leads to
    the orders under it, a number alone to the customer of that order.

    :raises BuyerUnclear: when no order fits all of several, or those found are of several people.
    """
    ref, key = customer_ref(shop.code, customer_id.strip()), ""
    if "@" in email:
        key = email_key(email_digest(email))
    number = number.strip()
    found = _numbered(shop, number) if number else Order.objects.filter(shop=shop)
    if ref:
        found = found.filter(customer_ref=ref)
    if key:
        found = found.filter(email_key=key)
    if not number and not (ref and key):
        if key:
            _refuse_several(set(found.values_list("customer_ref", flat=True)))
        return Buyer(shop=shop.pk, customer_ref=ref, email_key=key)
    rows = list(found.values_list("external_id", "customer_ref"))
    if not rows and (ref or key):
        raise BuyerUnclear(_("No order fits everything that was given. Leave out what is unsure."))
    # A number given twice may be of two people who ordered without an account.
    _refuse_several({one or ("" if key else external_id) for external_id, one in rows})
    return Buyer(
        shop=shop.pk,
        customer_ref=next((one for _id, one in rows if one), ""),
        orders=tuple(sorted(external_id for external_id, _one in rows)),
    )


def _numbered(shop: Shop, number: str) -> QuerySet[Order]:
    """Return the orders that customers know by a number; else that which the shop does."""
    known = Order.objects.filter(shop=shop, number=number, is_addition=False)
    if known.exists():
        return known
    return Order.objects.filter(shop=shop, external_id=number, is_addition=False)


def _refuse_several(whose: set[str]) -> None:
    if len(whose - {""}) > 1:
        raise BuyerUnclear(
            _("The orders found are of several customers: give the customer number as well.")
        )


def orders_of(who: Buyer) -> QuerySet[Order]:
    """Return the orders of a buyer: their customer's, those named, and those that add to them.

    Of a buyer with an address, only what is under it.
    """
    ids = list(who.orders)
    rows = Order.objects.filter(shop=who.shop)
    if who.email_key:
        rows = rows.filter(email_key=who.email_key)
        if not ids and not who.customer_ref:
            return rows
    about = Q(external_id__in=ids) | Q(is_addition=True, follows__external_id__in=ids)
    if who.customer_ref:
        about |= Q(customer_ref=who.customer_ref)
    return rows.filter(about)


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
    keys = [key_of_order(who.shop, external_id) for external_id in ids]
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
        by_id = key_of_order(order.shop_id, order.external_id)
        if by_ref in refs or by_id in orders:
            again.setdefault(order.shop_id, []).append(order.external_id)
    for shop, ids in again.items():
        for start in range(0, len(ids), _CHUNK):
            some = tuple(ids[start : start + _CHUNK])
            erase_buyer(Buyer(shop=shop, orders=some), now=now)
            done += len(some)
    return done
