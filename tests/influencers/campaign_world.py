"""Campaigns with their creators, deliveries and parcels."""

from datetime import date, timedelta
from uuid import uuid4

from influencers.domain.campaign import Piece, digest_of
from influencers.models import Look, LookStatus, LookVersion, Picture
from influencers.queries.campaigns import brief_of
from influencers.services import campaigns, deliveries, participations, shipments
from influencers.services.campaigns import Plan
from influencers.services.deliveries import Made
from tests.builders import NOW, make_affiliate, make_product, make_shop, make_user
from tests.people import person_of

TODAY = NOW.date()
LOOK = Piece(kind="look", quantity=1, due_on=TODAY + timedelta(days=20))
POST = Piece(kind="post", quantity=1, due_on=TODAY + timedelta(days=25), note="A carousel")
ADDRESS = "Ines Moreau\n3 rue des Lilas\n69003 Lyon\nFrance"


def make_manager():
    return make_user(roles=["manager"])


def make_creator(**overrides):
    """Somebody who makes looks and needs no contract yet."""
    return make_affiliate(**{"kind": "influencer", **overrides})


def make_employee(**overrides):
    given = {"kind": "employee", "store": "Lyon", "staff_number": uuid4().hex[:8], **overrides}
    return make_affiliate(**given)


def plan(**changes):
    """A campaign for ten, with a fee of EUR 80 and no products."""
    said = {
        "name": "Summer in linen",
        "purpose": "Summer collection",
        "brief": "Show how you wear linen in town.",
        "disclosure": "collaboration",
        "scopes": ("site", "pdp"),
        "rights_months": 12,
        "fee_minor": 8_000,
        "budget_minor": 200_000,
        "capacity": 10,
        "starts_on": TODAY,
        "apply_until": TODAY + timedelta(days=10),
        "ends_on": TODAY + timedelta(days=30),
        "pieces": (LOOK, POST),
        **changes,
    }
    return Plan(**said)


def with_gifts(**changes):
    """A plan that lets creators choose a product, and the product: EUR 120 with VAT."""
    product = make_product(list_price_minor=12_000)
    said = {"product_ids": (product.pk,), "gift_most_items": 2, "gift_most_minor": 30_000}
    return plan(**{**said, **changes}), product


def make_campaign(*, by=None, now=NOW, opened=True, of=None, **changes):
    """A campaign that is open, written by a manager."""
    by = by or make_manager()
    made = campaigns.create(key=uuid4(), plan=of or plan(**changes), by_id=by.pk, now=now)
    if opened:
        campaigns.publish(campaign_id=made.pk, by_id=by.pk, now=now)
    made.refresh_from_db()
    return made


def invited(campaign, creator, *, by=None, now=NOW):
    (part,) = participations.invite(
        campaign_id=campaign.pk,
        affiliate_ids=[creator.pk],
        by_id=(by or campaign.created_by).pk,
        now=now,
    )
    return part


def shown(campaign):
    """The digest of the brief as it stands."""
    return digest_of(brief_of(campaign))


def accept(part, *, paid=0, now=NOW, **changes):
    given = {
        "shown_sha256": shown(part.campaign),
        "paid_minor": paid,
        "by_id": person_of(part.affiliate).pk,
        **changes,
    }
    return participations.accept(participation_id=part.pk, now=now, **given)


def going(campaign=None, creator=None, *, now=NOW):
    """A creator who takes part."""
    return accept(invited(campaign or make_campaign(), creator or make_creator()), now=now)


def applied(campaign, creator, *, now=NOW):
    return participations.apply(
        campaign_id=campaign.pk,
        affiliate_id=creator.pk,
        message="I live in linen.",
        shown_sha256=shown(campaign),
        by_id=person_of(creator).pk,
        now=now,
    )


def make_look(creator, *, approved=True, **overrides):
    """A look whose content does not matter here."""
    look = Look.objects.create(
        **{
            "affiliate": creator,
            "shop": make_shop(),
            "slug": f"look-{uuid4().hex[:12]}",
            "status": LookStatus.DRAFT,
            "status_changed_at": NOW,
            "created_at": NOW,
            **overrides,
        }
    )
    if approved:
        look.live = LookVersion.objects.create(
            look=look, number=1, status="approved", status_changed_at=NOW, saved_at=NOW,
            title="Linen in town",
        )  # fmt: skip
        look.save()
    return look


def make_proof(creator, *, name=""):
    """A screenshot, whose file does not matter here."""
    return Picture.objects.create(
        affiliate=creator, sha256=uuid4().hex * 2, fingerprint=0, width=1080, height=1920,
        color="#aabbcc", name=name, bytes_kept=1, uploaded_at=NOW,
    )  # fmt: skip


def piece_of(part, kind):
    return part.campaign.deliverables.get(kind=kind)


def deliver(part, kind, *, number=1, now=NOW, **made):
    """Send in one piece; what is shown fits its kind unless given."""
    if not made:
        made = (
            {"look_id": make_look(part.affiliate).pk}
            if kind == "look"
            else {
                "url": f"https://social.example/p/{uuid4().hex}",
                "proof_id": make_proof(part.affiliate).pk,
            }
        )
    return deliveries.submit(
        participation_id=part.pk,
        deliverable_id=piece_of(part, kind).pk,
        number=number,
        made=Made(**made),
        by_id=person_of(part.affiliate).pk,
        now=now,
    )


def approve(delivery, *, by=None, now=NOW):
    by = by or delivery.participation.campaign.created_by
    return deliveries.approve(delivery_id=delivery.pk, by_id=by.pk, now=now)


def finished(campaign=None, creator=None, *, by=None, now=NOW):
    """A creator of whom everything is approved."""
    part = going(campaign, creator, now=now)
    for piece in part.campaign.deliverables.all():
        for number in range(1, piece.quantity + 1):
            approve(deliver(part, piece.kind, number=number, now=now), by=by, now=now)
    part.refresh_from_db()
    return part


def ask(part, product, *, quantity=1, size="", address=ADDRESS, now=NOW, by=None):
    return shipments.ask(
        participation_id=part.pk,
        product_id=product.pk,
        quantity=quantity,
        size=size,
        address=address,
        by_id=(by or person_of(part.affiliate)).pk,
        now=now,
    )


def shipped(part, product, *, by=None, now=NOW, **asked):
    """A parcel on its way."""
    parcel, by_id = ask(part, product, now=now, **asked), (by or part.campaign.created_by).pk
    shipments.grant(shipment_id=parcel.pk, by_id=by_id, now=now)
    return shipments.ship(
        shipment_id=parcel.pk, carrier="Colissimo", tracking_number="6A1", by_id=by_id, now=now
    )


def later(days):
    return NOW + timedelta(days=days)


def day(offset):
    return date.fromordinal(TODAY.toordinal() + offset)


def asked_for():
    """A product that a creator asks for in a campaign of its own."""
    wanted, product = with_gifts()
    return ask(going(make_campaign(of=wanted)), product)
