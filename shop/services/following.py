"""Orders that exchange or add to another: linked to it, whichever of the two came first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q, QuerySet

from shop.models import Order, Shop


def additions_to(order_ids: Collection[int]) -> QuerySet[Order]:
    """Return the orders that hold what edits added to these (rule O15)."""
    return Order.objects.filter(follows__in=order_ids, is_addition=True)


def roots_of(order_ids: Collection[int]) -> dict[int, int]:
    """Return, for these orders and what edits added to them, which order of the shop each is."""
    root = {pk: pk for pk in order_ids}
    for pk, follows in additions_to(order_ids).values_list("pk", "follows"):
        root[pk] = follows or pk
    return root


def link(*, shop: Shop, orders: Sequence[Order]) -> None:
    """Link just stored orders to those they follow and to those that wait for them. Rule O12.

    In the caller's lock. Only an order that was placed before can be followed, so that no two
    orders wait for each other.
    """
    by_id = {order.external_id: order for order in orders}
    wanted = {order.follows_external_id for order in orders} - {""}
    originals = {**_of(shop, wanted - by_id.keys()), **by_id}
    waiting = Order.objects.filter(
        Q(follows_external_id__in=by_id), shop=shop, follows__isnull=True
    ).exclude(external_id__in=by_id)
    _save([*orders, *waiting], originals)


def _of(shop: Shop, external_ids: Iterable[str]) -> dict[str, Order]:
    wanted = list(external_ids)
    found = Order.objects.filter(shop=shop, external_id__in=wanted) if wanted else ()
    return {order.external_id: order for order in found}


def _save(followers: Iterable[Order], originals: dict[str, Order]) -> None:
    linked = []
    for order in followers:
        original = originals.get(order.follows_external_id)
        if original is not None and original.placed_at < order.placed_at:
            order.follows = original
            linked.append(order)
    Order.objects.bulk_update(linked, ["follows"])
