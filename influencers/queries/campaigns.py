"""What a campaign asks for, what of it is promised, and where each creator stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

from affiliates.models import Affiliate, AffiliateKind, AffiliateStatus
from core.money import Money
from influencers.domain.campaign import Brief, Piece, Room, missing
from influencers.models import (
    Campaign,
    CampaignStatus,
    Deliverable,
    Delivery,
    DeliveryStatus,
    MemberStatus,
    Participation,
    PartStatus,
    PoolMember,
    Shipment,
    ShipmentStatus,
)

#: Who makes looks and posts: creators outside, and store employees.
CREATORS = (AffiliateKind.INFLUENCER, AffiliateKind.EMPLOYEE)
#: Those who take a place, and whose fee is promised.
TAKING = (PartStatus.ACCEPTED, PartStatus.DONE)
#: Goods that the campaign pays for. What came back costs nothing; what got lost does.
SPENT = (
    ShipmentStatus.GRANTED, ShipmentStatus.SHIPPED, ShipmentStatus.DELIVERED, ShipmentStatus.LOST,
)  # fmt: skip
#: Goods that are gifts of a creator.
GIVEN = (ShipmentStatus.SHIPPED, ShipmentStatus.DELIVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One piece that a creator promised. ``delivery`` None: nothing came yet."""

    part: Participation
    deliverable: Deliverable
    number: int
    delivery: Delivery | None

    @property
    def is_waited_for(self) -> bool:
        """Tell whether it is the creator's turn."""
        return self.delivery is None or self.delivery.status == DeliveryStatus.CHANGES


def creators() -> QuerySet[Affiliate]:
    """Return who can be invited: creators whose account is active, by name."""
    found = Affiliate.objects.filter(kind__in=CREATORS, status=AffiliateStatus.ACTIVE)
    return found.order_by("name", "pk")


def brief_of(campaign: Campaign) -> Brief:
    """Return everything that a creator agrees to, as it stands now. Two queries."""
    return Brief(
        name=campaign.name,
        purpose=campaign.purpose,
        brief=campaign.brief,
        do=campaign.do,
        dont=campaign.dont,
        disclosure=campaign.disclosure,
        scopes=tuple(campaign.scopes),
        rights_months=campaign.rights_months,
        fee_minor=campaign.fee_minor,
        bonus_minor=campaign.bonus_minor,
        bonus_for=campaign.bonus_for,
        currency=campaign.currency,
        gift_most_minor=campaign.gift_most_minor,
        gift_most_items=campaign.gift_most_items,
        ends_on=campaign.ends_on,
        pieces=tuple(
            Piece(kind=one.kind, quantity=one.quantity, due_on=one.due_on, note=one.note)
            for one in campaign.deliverables.all()
        ),
        products=tuple(campaign.products.order_by("pk").values_list("sku", flat=True)),
    )


def taken(campaign: Campaign) -> int:
    """Return how many creators take part."""
    return campaign.participations.filter(status__in=TAKING).count()


def committed(campaign: Campaign) -> Money:
    """Return what is promised: fees, bonuses, and gifts excluding VAT (CA6)."""
    return committed_of([campaign])[campaign.pk]


def committed_of(campaigns: Collection[Campaign]) -> dict[int, Money]:
    """Return what each campaign has promised, by its id. Two queries."""
    totals: defaultdict[int, int] = defaultdict(int)
    ids = [one.pk for one in campaigns]
    parts = Participation.objects.filter(campaign__in=ids, status__in=TAKING)
    sums = parts.values_list("campaign").annotate(fee=Sum("fee_minor"), bonus=Sum("bonus_minor"))
    for campaign_id, fee, bonus in sums.order_by():
        totals[campaign_id] += fee + bonus
    goods = Shipment.objects.filter(participation__campaign__in=ids, status__in=SPENT)
    values = goods.values_list("participation__campaign").annotate(value=Sum("value_minor"))
    for campaign_id, value in values.order_by():
        totals[campaign_id] += value
    return {one.pk: Money(totals[one.pk], one.currency) for one in campaigns}


def room_of(campaign: Campaign) -> Room:
    """Return what is left of a campaign. The caller holds its lock when it decides by it."""
    return Room(
        capacity=campaign.capacity,
        taken=taken(campaign),
        budget=Money(campaign.budget_minor, campaign.currency),
        committed=committed(campaign),
    )


def promised_minor(affiliate_id: int) -> int:
    """Return what campaigns in which a creator takes part and is not done may still come to.

    Minor units excluding VAT: their fees, and the most of their products that is not given yet.
    What was given is counted as a gift.
    """
    rows = Participation.objects.filter(affiliate=affiliate_id, status=PartStatus.ACCEPTED)
    given = Sum("shipments__value_minor", filter=Q(shipments__status__in=GIVEN), default=0)
    parts = rows.annotate(given=given).values_list(
        "fee_minor", "campaign__gift_most_minor", "given"
    )
    return sum(fee + max(0, most - had) for fee, most, had in parts)


def open_to(affiliate: Affiliate, day: date) -> QuerySet[Campaign]:
    """Return campaigns to which a creator can apply on ``day`` and has not yet."""
    if affiliate.kind not in CREATORS or not affiliate.is_active:
        return Campaign.objects.none()
    member = PoolMember.objects.filter(affiliate=affiliate, status=MemberStatus.MEMBER)
    found = Campaign.objects.filter(
        Q(pool__isnull=True) | Q(pool__in=member.values("pool")),
        status=CampaignStatus.OPEN,
        is_open_to_apply=True,
        apply_until__gte=day,
    )
    return found.exclude(participations__affiliate=affiliate).order_by("apply_until", "pk")


def parts_of(affiliate_id: int) -> QuerySet[Participation]:
    """Return a creator's campaigns, the newest first; drafts are not for them."""
    rows = Participation.objects.filter(affiliate=affiliate_id).select_related("campaign")
    return rows.exclude(campaign__status=CampaignStatus.DRAFT).order_by("-created_at", "-pk")


def dues(parts: Iterable[Participation]) -> list[Due]:
    """Return every piece that the given parts promised, in the order of their days. Two queries.

    The campaign of each part has to be loaded.
    """
    known = list(parts)
    pieces: defaultdict[int, list[Deliverable]] = defaultdict(list)
    for one in Deliverable.objects.filter(campaign__in={part.campaign_id for part in known}):
        pieces[one.campaign_id].append(one)
    rows = Delivery.objects.filter(participation__in=[part.pk for part in known])
    made = {
        (row.participation_id, row.deliverable_id, row.number): row
        for row in rows.select_related("look", "proof")
    }
    found = [
        Due(
            part=part,
            deliverable=piece,
            number=number,
            delivery=made.get((part.pk, piece.pk, number)),
        )
        for part in known
        for piece in pieces[part.campaign_id]
        for number in range(1, piece.quantity + 1)
    ]
    return sorted(found, key=lambda due: (due.deliverable.due_on, due.part.pk, due.deliverable.pk))


def left_to_approve(part: Participation) -> int:
    """Return how many pieces of a part are not approved yet."""
    pieces = part.campaign.deliverables.values_list("pk", "quantity")
    approved = part.deliveries.filter(status=DeliveryStatus.APPROVED)
    return missing(pieces, set(approved.values_list("deliverable", "number")))
