"""Addresses of campaigns and parcels, with something behind each."""

from datetime import timedelta
from io import BytesIO

from django.utils import timezone
from PIL import Image

from influencers.domain.campaign import Piece
from influencers.services import pictures
from tests.influencers import campaign_world as world
from tests.influencers.contract_world import law

CAMPAIGN_POSTS = {
    "campaign-publish", "campaign-close", "campaign-finish", "campaign-cancel", "campaign-resize",
    "part-choose", "part-refuse", "part-end", "part-award", "delivery-approve", "delivery-change",
    "shipment-grant", "shipment-refuse", "shipment-ship", "shipment-deliver", "shipment-return",
    "shipment-lose",
}  # fmt: skip
CAMPAIGN_FORMS = {"campaign-new", "campaign-edit", "campaign-invite"}


def make_everything(creator, now):
    """A campaign about ``now`` that goes on: something sent in, and a product asked for."""
    law()
    today = now.date()
    pieces = (
        Piece(kind="look", quantity=1, due_on=today + timedelta(days=5)),
        Piece(kind="post", quantity=1, due_on=today + timedelta(days=6)),
    )
    days = {
        "starts_on": today, "apply_until": today + timedelta(days=3),
        "ends_on": today + timedelta(days=9),
    }  # fmt: skip
    wanted, product = world.with_gifts(
        pieces=pieces, is_open_to_apply=True, bonus_minor=5_000, bonus_for="most saves", **days
    )
    part = world.going(world.make_campaign(of=wanted, now=now), creator, now=now)
    body = BytesIO()
    Image.new("RGB", (1080, 1350), "#557799").save(body, "PNG")
    proof = pictures.add(
        affiliate_id=part.affiliate_id, content=body.getvalue(), name="screen.png", now=now
    )
    post = world.deliver(part, "post", url="https://social.example/p/9", proof_id=proof.pk, now=now)
    return part, post, world.ask(part, product, now=now)


def campaign_arguments():
    """What stands in the addresses of campaigns: by the first word of a name, then by a name."""
    part, post, parcel = make_everything(world.make_creator(), timezone.now())
    by_word = {
        "campaign": [part.campaign.public_id],
        "part": [part.public_id],
        "delivery": [post.pk],
        "shipment": [parcel.public_id],
    }
    return by_word, dict.fromkeys(["campaign-new", "campaign-calendar", "shipment-export"], [])


def campaign_places(creator):
    """Addresses of the pages of campaigns, the team's and the creator's: one of each state."""
    now = timezone.now()
    part, post, parcel = make_everything(creator, now)
    today = now.date()
    days = {
        "starts_on": today, "apply_until": today, "ends_on": today + timedelta(days=9),
        "pieces": (Piece(kind="look", quantity=1, due_on=today + timedelta(days=5)),),
    }  # fmt: skip
    draft = world.make_campaign(opened=False, now=now, **days)
    asked = world.make_campaign(now=now, **days)
    world.invited(asked, creator, now=now)
    free = world.make_campaign(now=now, is_open_to_apply=True, **days)
    world.applied(free, world.make_creator(), now=now)
    ours, theirs = "manage/campaigns/", "portal/briefs/"
    return {
        f"{ours}<uuid:public_id>/": [
            f"{ours}{one.public_id}/" for one in (part.campaign, draft, asked, free)
        ],
        f"{ours}parts/<uuid:public_id>/": [f"{ours}parts/{part.public_id}/"],
        f"{ours}deliveries/<int:pk>/": [f"{ours}deliveries/{post.pk}/"],
        "manage/shipments/<uuid:public_id>/": [f"manage/shipments/{parcel.public_id}/"],
        f"{theirs}<uuid:public_id>/": [
            f"{theirs}{one.public_id}/" for one in (part.campaign, asked, free)
        ],
        f"{theirs}proofs/<int:pk>": [f"{theirs}proofs/{post.pk}"],
    }
