"""Products that creators may ask for, and parcels as pages and files show them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from core.csv_export import Cell
from core.money import Money
from influencers.domain.shipment import Asked
from influencers.models import Campaign, Participation, Shipment, ShipmentStatus
from shop.models import Product

#: What counts towards a creator's limits: what waits, and what was sent and stays.
STANDING = (
    ShipmentStatus.ASKED, ShipmentStatus.GRANTED, ShipmentStatus.SHIPPED, ShipmentStatus.DELIVERED,
)  # fmt: skip
#: The columns of the file of what is to be sent.
HEADER = (
    "shipment", "creator", "address", "sku", "product", "size", "quantity", "value_excl_vat",
    "currency", "campaign", "granted_at",
)  # fmt: skip


def choices_of(campaign: Campaign) -> QuerySet[Product]:
    """Return what can be asked for: the campaign's products in every size that is to be had."""
    own = campaign.products.all()
    models = own.exclude(model="").values_list("shop", "model")
    same = Q()
    for shop_id, model in models:
        same |= Q(shop=shop_id, model=model)
    found = Product.objects.filter(Q(pk__in=own.values("pk")) | same if same else Q(pk__in=own))
    return found.filter(is_active=True).exclude(stock=0).order_by("name", "color", "size", "pk")


def standing(part: Participation) -> list[Asked]:
    """Return what a creator asked for and what was sent, of what counts towards the limits."""
    rows = part.shipments.filter(status__in=STANDING)
    return [
        Asked(quantity, Money(minor, currency))
        for quantity, minor, currency in rows.values_list("quantity", "value_minor", "currency")
    ]


def shipments() -> QuerySet[Shipment]:
    """Return parcels with what their pages name, the newest first."""
    rows = Shipment.objects.select_related("affiliate", "product", "participation__campaign")
    return rows.order_by("-created_at", "-pk")


def shipments_of(part: Participation) -> QuerySet[Shipment]:
    """Return the parcels of one creator in one campaign, the newest first."""
    return shipments().filter(participation=part)


def to_send() -> QuerySet[Shipment]:
    """Return what is granted and not sent yet, the oldest first."""
    return shipments().filter(status=ShipmentStatus.GRANTED).order_by("status_changed_at", "pk")


def lines_to_send() -> Iterator[tuple[Cell, ...]]:
    """Yield the lines of the file of what is to be sent, addresses in clear."""
    for one in to_send():
        part = one.participation
        yield (
            str(one.public_id),
            one.affiliate.name,
            one.address,
            one.product.sku,
            one.product.name,
            one.size,
            one.quantity,
            Money(one.value_minor, one.currency),
            one.currency,
            part.campaign.name if part else "",
            one.status_changed_at.date(),
        )
