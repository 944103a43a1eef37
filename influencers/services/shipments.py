"""Products on their way to creators: asked for, granted, sent, counted as gifts.

Rules CA17 to CA23 of docs/rules/campaigns.md.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from affiliates.models import AffiliateStatus
from affiliates.queries import acts_for
from core import audit
from core.domain.paris import day_in_paris
from core.errors import DomainError
from core.money import Money
from influencers.domain.campaign import Lack, lack_of
from influencers.domain.shipment import (
    ADDRESS_FORGOTTEN,
    ADDRESS_KEPT,
    Allowance,
    Asked,
    Limit,
    over,
)
from influencers.models import (
    CampaignStatus,
    Influencer,
    Participation,
    PartStatus,
    Shipment,
    ShipmentStatus,
)
from influencers.queries.campaigns import room_of
from influencers.queries.shipments import choices_of, standing
from influencers.services import campaign_mails, gifts, profiles
from influencers.services.campaigns import locked
from shop.models import Product

LONGEST_ADDRESS = 400
MOST_SIZES = 12
#: Nothing happens to these any more but that they come back.
SETTLED = (
    ShipmentStatus.REFUSED, ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED, ShipmentStatus.LOST,
)  # fmt: skip


class ShipmentRefused(DomainError):
    """Something that cannot be asked for, granted or sent."""

    code = "shipment_refused"


class NotTheirShipment(DomainError):
    """Somebody asked for another creator, or decided about themselves."""

    code = "not_their_shipment"


@transaction.atomic
def ask(
    *,
    participation_id: int,
    product_id: int,
    quantity: int,
    size: str,
    address: str,
    by_id: int,
    now: datetime,
) -> Shipment:
    """Ask for one of the campaign's products; what waits already is not asked for twice.

    Its value is the list price of the day without VAT, times ``quantity``.

    :raises NotTheirShipment: when the person does not act for the creator.
    :raises ShipmentRefused: for a product, a number or an address that cannot be, or past a limit.
    """
    part = _locked_part(participation_id)
    if not acts_for(by_id, part.affiliate_id):
        raise NotTheirShipment(_("Only who acts for the creator asks for products."))
    running = {CampaignStatus.OPEN, CampaignStatus.CLOSED}
    if part.status != PartStatus.ACCEPTED or part.campaign.status not in running:
        raise ShipmentRefused(_("Products are for who takes part, while the campaign runs."))
    product = choices_of(part.campaign).filter(pk=product_id).first()
    if product is None:
        raise ShipmentRefused(_("Choose one of the campaign's products."))
    if not 10 <= len(address.strip()) <= LONGEST_ADDRESS:
        raise ShipmentRefused(_("Give the whole postal address, with the name and the country."))
    size = (product.size or size).strip()[:20]
    known = part.shipments.filter(
        product=product, size=size, quantity=quantity, status=ShipmentStatus.ASKED
    ).first()
    if known is not None:
        return known
    shipment = Shipment.objects.create(
        affiliate=part.affiliate,
        participation=part,
        product=product,
        quantity=quantity,
        size=size,
        value_minor=_value_within(part, product, quantity).minor,
        currency=product.currency,
        address=address.strip(),
        status_changed_at=now,
        created_at=now,
    )
    _note(shipment, "shipment.asked", by_id, now)
    campaign_mails.asked_for(shipment, part.campaign, now=now)
    return shipment


@transaction.atomic
def grant(*, shipment_id: int, by_id: int, now: datetime) -> Shipment:
    """Let something be sent, within the campaign's budget. Safe to repeat.

    :raises NotTheirShipment: for a person who acts for the creator.
    :raises ShipmentRefused: when the budget does not allow for it, or its address is erased.
    :raises InvalidTransition: when it was decided otherwise.
    """
    part_id = Shipment.objects.values_list("participation", flat=True).get(pk=shipment_id)
    part = Participation.objects.get(pk=part_id) if part_id else None
    campaign = locked(part.campaign_id) if part else None
    shipment = _locked(shipment_id, by_id)
    if shipment.status == ShipmentStatus.GRANTED:
        return shipment
    _demand_address(shipment)
    value = Money(shipment.value_minor, shipment.currency)
    if campaign and lack_of(room_of(campaign), value, places=0) is Lack.BUDGET:
        raise ShipmentRefused(_("The budget of the campaign does not allow for it."))
    _move(shipment, ShipmentStatus.GRANTED, "shipment.granted", by_id, now)
    campaign_mails.parcel(shipment, "granted", now=now)
    return shipment


@transaction.atomic
def refuse(*, shipment_id: int, reason: str, by_id: int, now: datetime) -> Shipment:
    """Say that something is not sent, and why. Safe to repeat.

    :raises NotTheirShipment: for a person who acts for the creator.
    :raises ShipmentRefused: without a reason.
    :raises InvalidTransition: when it was sent already.
    """
    shipment = _locked(shipment_id, by_id)
    if shipment.status == ShipmentStatus.REFUSED:
        return shipment
    shipment.reason = _given(reason)
    _move(shipment, ShipmentStatus.REFUSED, "shipment.refused", by_id, now)
    campaign_mails.parcel(shipment, "refused", now=now)
    return shipment


@transaction.atomic
def ship(
    *, shipment_id: int, carrier: str, tracking_number: str, by_id: int, now: datetime
) -> Shipment:
    """Keep that it was sent today. From then on it is a gift of its value. Safe to repeat.

    :raises NotTheirShipment: for a person who acts for the creator.
    :raises GiftRefused: when it has no value that counts.
    :raises ShipmentRefused: when its address is erased.
    :raises InvalidTransition: when it is not to be sent (any more).
    """
    shipment = _locked(shipment_id, by_id)
    if shipment.status == ShipmentStatus.SHIPPED:
        return shipment
    if shipment.status == ShipmentStatus.GRANTED:
        _demand_address(shipment)
    part = shipment.participation
    shipment.gift = gifts.give(
        key=uuid5(shipment.public_id, "gift"),
        affiliate_id=shipment.affiliate_id,
        what=_named(shipment),
        purpose=part.campaign.purpose if part else _("The programme"),
        value=Money(shipment.value_minor, shipment.currency),
        given_on=day_in_paris(now),
        actor_id=by_id,
        now=now,
    )
    shipment.carrier = carrier.strip()[:60]
    shipment.tracking_number = tracking_number.strip()[:60]
    _move(shipment, ShipmentStatus.SHIPPED, "shipment.shipped", by_id, now)
    campaign_mails.parcel(shipment, "shipped", now=now)
    return shipment


@transaction.atomic
def mark_delivered(*, shipment_id: int, by_id: int, now: datetime) -> Shipment:
    """Keep that it arrived. Safe to repeat.

    :raises InvalidTransition: when it is not on its way.
    """
    shipment = _locked(shipment_id, by_id)
    if shipment.status == ShipmentStatus.DELIVERED:
        return shipment
    return _move(shipment, ShipmentStatus.DELIVERED, "shipment.delivered", by_id, now)


@transaction.atomic
def mark_returned(*, shipment_id: int, by_id: int, now: datetime) -> Shipment:
    """Keep that it came back: it is no gift any more. Safe to repeat.

    :raises InvalidTransition: when it was never sent, or got lost.
    """
    return _take_back(shipment_id, ShipmentStatus.RETURNED, _("It came back."), by_id, now)


@transaction.atomic
def mark_lost(*, shipment_id: int, by_id: int, now: datetime) -> Shipment:
    """Keep that it never arrived: it is no gift, but the goods are gone. Safe to repeat.

    :raises InvalidTransition: when it is not on its way.
    """
    return _take_back(shipment_id, ShipmentStatus.LOST, _("It got lost on its way."), by_id, now)


@transaction.atomic
def keep_details(
    *, affiliate_id: int, address: str, sizes: dict[str, str], by_id: int, now: datetime
) -> Influencer:
    """Keep where gifts are sent, and the sizes, for the next time; empty ones are erased.

    :raises NotTheirShipment: when the person does not act for the creator.
    :raises NoCreator: when there is no creator of whom to keep it.
    """
    if not acts_for(by_id, affiliate_id):
        raise NotTheirShipment(_("Only who acts for the creator changes this."))
    known = profiles.of(affiliate_id, now=now)
    profile = Influencer.objects.select_for_update(of=("self",)).get(pk=known.pk)
    kept = {name.strip()[:20]: size.strip()[:20] for name, size in sizes.items() if size.strip()}
    profile.address = address.strip()[:LONGEST_ADDRESS]
    profile.sizes = dict(list(kept.items())[:MOST_SIZES])
    profile.save(update_fields=["address", "sizes"])
    audit.record(actor=by_id, verb="creator.delivery_details", subject=profile, at=now)
    return profile


def erase_addresses(*, now: datetime) -> int:
    """Erase addresses that nobody needs any more; return how many (CA22, CA23).

    Of parcels that were settled 30 days ago, or of which nobody has said anything for 90; and
    what closed accounts kept for the next time.
    """
    gone = _with_old_address(now).update(address="")
    return gone + _closed_with_address().update(address="", sizes={})


def count_addresses(*, now: datetime) -> int:
    """Return how many addresses :func:`erase_addresses` would erase."""
    return _with_old_address(now).count() + _closed_with_address().count()


def _with_old_address(now: datetime) -> QuerySet[Shipment]:
    settled = Q(status__in=SETTLED, status_changed_at__lte=now - ADDRESS_KEPT)
    old = Shipment.objects.filter(settled | Q(status_changed_at__lte=now - ADDRESS_FORGOTTEN))
    return old.exclude(Q(address=""))


def _closed_with_address() -> QuerySet[Influencer]:
    closed = Influencer.objects.filter(affiliate__status=AffiliateStatus.CLOSED)
    return closed.exclude(Q(address="", sizes={}))


def _demand_address(shipment: Shipment) -> None:
    if not shipment.address:
        raise ShipmentRefused(_("Its address is erased: refuse it, and let the creator ask anew."))


def _take_back(
    shipment_id: int, to: ShipmentStatus, reason: str, by_id: int, now: datetime
) -> Shipment:
    shipment = _locked(shipment_id, by_id)
    if shipment.status == to:
        return shipment
    _move(shipment, to, f"shipment.{to}", by_id, now)
    if shipment.gift_id is not None:
        gifts.take_back(gift_id=shipment.gift_id, reason=reason, actor_id=by_id, now=now)
    return shipment


def _value_within(part: Participation, product: Product, quantity: int) -> Money:
    """Return what so many pieces are worth.

    :raises ShipmentRefused: past a limit of the campaign, or for something without a price.
    """
    campaign, price = part.campaign, product.list_price_ex_vat
    value = Money(price.minor * quantity, price.currency)
    if quantity < 1 or value.minor <= 0:
        raise ShipmentRefused(_("Ask for one piece at least, of a product that has a price."))
    allowance = Allowance(
        campaign.gift_most_items, Money(campaign.gift_most_minor, campaign.currency)
    )
    limit = over(allowance, standing(part), Asked(quantity, value))
    if limit is Limit.ITEMS:
        raise ShipmentRefused(_("These are more items than the campaign gives each creator."))
    if limit is Limit.VALUE:
        raise ShipmentRefused(_("This is worth more than what the campaign gives each creator."))
    return value


def _named(shipment: Shipment) -> str:
    """Return what was given, as the list of gifts names it."""
    words = [shipment.product.name[:100], shipment.size]
    if shipment.quantity > 1:
        words.append(f"x {shipment.quantity}")
    return " ".join(filter(None, words))


def _locked(shipment_id: int, by_id: int) -> Shipment:
    """Lock a parcel about which somebody of the team decides.

    :raises NotTheirShipment: for a person who acts for the creator.
    """
    rows = Shipment.objects.select_for_update(of=("self",))
    shipment = rows.select_related("affiliate", "product", "participation__campaign").get(
        pk=shipment_id
    )
    if acts_for(by_id, shipment.affiliate_id):
        raise NotTheirShipment(_("Somebody else of the team has to decide about your own account."))
    return shipment


def _locked_part(participation_id: int) -> Participation:
    rows = Participation.objects.select_for_update(of=("self",))
    return rows.select_related("campaign__created_by", "affiliate").get(pk=participation_id)


def _given(reason: str) -> str:
    if not reason.strip():
        raise ShipmentRefused(_("Say why: the creator reads it."))
    return reason.strip()[:300]


def _move(shipment: Shipment, to: ShipmentStatus, verb: str, by_id: int, now: datetime) -> Shipment:
    shipment.move_to(to, at=now)
    shipment.save(
        update_fields=[
            "status", "status_changed_at", "reason", "carrier", "tracking_number", "gift",
        ]
    )  # fmt: skip
    _note(shipment, verb, by_id, now)
    return shipment


def _note(shipment: Shipment, verb: str, by_id: int, now: datetime) -> None:
    audit.record(
        actor=by_id,
        verb=verb,
        subject=shipment,
        at=now,
        reason=shipment.reason,
        data={
            "affiliate": shipment.affiliate_id,
            "product": shipment.product_id,
            "quantity": shipment.quantity,
            "value_minor": shipment.value_minor,
        },
    )
