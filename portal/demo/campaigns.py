"""The demo's campaigns: one that goes on, and one that nobody sees yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from affiliates.queries import people_of
from influencers.domain.campaign import Piece, digest_of
from influencers.models import Campaign, DeliverableKind, Disclosure, Participation, Scope
from influencers.queries.campaigns import brief_of
from influencers.services import campaigns, participations, shipments
from influencers.services.campaigns import Plan
from portal.demo import cast
from portal.demo.world import World
from shop.models import Product

_ADDRESS = "Nadia Benali\nBoutique Bellecour\n14 place Bellecour\n69002 Lyon\nFrance"


def begin(stage: World, *, now: datetime, season: str = "") -> None:
    """Open a campaign in which the employee takes part and to which the influencer is invited.

    ``season`` tells its name from those of others.
    """
    sam = stage.people["sam"].pk
    campaign = _written(stage, f"Le lin en ville{season}", by_id=sam, now=now)
    campaigns.publish(campaign_id=campaign.pk, by_id=sam, now=now)
    ines, nadia = stage.affiliates[cast.INES.key], stage.affiliates[cast.NADIA.key]
    parts = participations.invite(
        campaign_id=campaign.pk, affiliate_ids=[ines.pk, nadia.pk], by_id=sam, now=now
    )
    theirs = next(part for part in parts if part.affiliate_id == nadia.pk)
    _take_part(theirs, campaign, now)
    _written(stage, f"Les manteaux d'hiver{season}", by_id=sam, now=now)


def _written(stage: World, name: str, *, by_id: int, now: datetime) -> Campaign:
    today = now.date()
    known = Product.objects.filter(shop=stage.shop, is_active=True, list_price_minor__gt=0)
    products = known.order_by("list_price_minor", "sku")[:4]
    return campaigns.create(
        key=uuid5(NAMESPACE_URL, name),
        plan=Plan(
            name=name,
            purpose="Collection de la saison",
            brief="Montrez deux tenues complètes que l'on porte vraiment, de jour, dehors.",
            do="Nommez les matières et les tailles que vous portez.",
            dont="Pas de comparaison avec d'autres enseignes.",
            disclosure=Disclosure.COLLABORATION,
            scopes=(Scope.SITE, Scope.PDP, Scope.SOCIAL),
            rights_months=12,
            fee_minor=15_000,
            bonus_minor=10_000,
            bonus_for="la tenue la plus enregistrée",
            budget_minor=300_000,
            capacity=8,
            gift_most_minor=20_000,
            gift_most_items=2,
            product_ids=tuple(product.pk for product in products),
            is_open_to_apply=True,
            starts_on=today,
            apply_until=today + timedelta(days=10),
            ends_on=today + timedelta(days=30),
            pieces=(
                Piece(
                    kind=DeliverableKind.LOOK, quantity=2, due_on=today + timedelta(days=15),
                    note="Une tenue de jour, une tenue du soir.",
                ),
                Piece(kind=DeliverableKind.POST, quantity=1, due_on=today + timedelta(days=20)),
            ),
        ),
        by_id=by_id,
        now=now,
    )  # fmt: skip


def _take_part(part: Participation, campaign: Campaign, now: datetime) -> None:
    """Accept the invitation, and ask for the first product of the campaign."""
    by_id = people_of(part.affiliate_id)[0].pk
    participations.accept(
        participation_id=part.pk,
        shown_sha256=digest_of(brief_of(campaign)),
        paid_minor=0,
        by_id=by_id,
        now=now,
    )
    cheapest = campaign.products.order_by("list_price_minor", "sku").first()
    if cheapest is not None:
        shipments.ask(
            participation_id=part.pk,
            product_id=cheapest.pk,
            quantity=1,
            size="38",
            address=_ADDRESS,
            by_id=by_id,
            now=now,
        )
