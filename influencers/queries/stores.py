"""Stores and who works there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from affiliates.models import Affiliate, AffiliateKind, AffiliateStatus
from core.money import Money
from influencers.domain.league import Placed, StoreSales, league
from influencers.models import Store


@dataclass(frozen=True, slots=True)
class Brought:
    """What the employees of a store brought. ``commission_minor``: returns taken off."""

    orders: int
    commission_minor: int


def stores() -> QuerySet[Store]:
    """Return the stores that are open, by name."""
    return Store.objects.filter(closed_on__isnull=True)


def heads() -> dict[str, int]:
    """Return how many employees with an active account each store has, by its name. One query."""
    rows = (
        Affiliate.objects.filter(kind=AffiliateKind.EMPLOYEE, status=AffiliateStatus.ACTIVE)
        .values_list("store")
        .annotate(Count("pk"))
        .order_by()
    )
    return dict(rows)


def employees_of(store: Store) -> QuerySet[Affiliate]:
    """Return who works in a store and whose account is not closed, by name."""
    found = Affiliate.objects.filter(kind=AffiliateKind.EMPLOYEE, store=store.name)
    return (
        found.exclude(status=AffiliateStatus.CLOSED).select_related("influencer").order_by("name")
    )


def placed(brought: Mapping[str, Brought], currency: str) -> list[Placed]:
    """Return the stores beside each other. ``brought``: by the name that accounts carry.

    A closed store is there only when it brought something. Two queries.
    """
    people, nothing = heads(), Brought(0, 0)
    return league(
        StoreSales(
            store_id=store.pk,
            name=store.name,
            region=store.region,
            heads=people.get(store.name, 0),
            orders=brought.get(store.name, nothing).orders,
            commission=Money(brought.get(store.name, nothing).commission_minor, currency),
        )
        for store in Store.objects.all()
        if store.closed_on is None or store.name in brought
    )
