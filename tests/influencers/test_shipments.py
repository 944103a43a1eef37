"""Products on their way to creators (CA17 to CA23)."""

from datetime import timedelta

import pytest
from django.db import connection

from affiliates.models import AffiliateStatus
from core.errors import InvalidTransition
from core.models import AuditEntry
from core.models import Delivery as Mail
from influencers.models import Gift, Influencer, Shipment, ShipmentStatus
from influencers.queries.campaigns import committed
from influencers.queries.contracts import ContractIndex
from influencers.queries.shipments import choices_of, lines_to_send
from influencers.services import campaigns, participations, shipments
from tests.builders import NOW, make_product
from tests.influencers import campaign_world as world
from tests.influencers.contract_world import law
from tests.people import person_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def threshold():
    law()


@pytest.fixture
def product(part):
    return part.campaign.products.get()


@pytest.fixture
def part():
    wanted, _product = world.with_gifts()
    return world.going(world.make_campaign(of=wanted))


def act(service, parcel, *, now=NOW, **given):
    by_id = parcel.participation.campaign.created_by_id
    return service(shipment_id=parcel.pk, **{"by_id": by_id, "now": now, **given})


def given_to(affiliate):
    """What the year's gifts come to, as contracts count them."""
    return sum(one.value.minor for one in ContractIndex([affiliate.pk], world.TODAY).gifts_of(
        affiliate.pk))  # fmt: skip


def test_a_product_is_asked_for_granted_sent_and_counted(part, product):
    parcel = world.ask(part, product)
    assert world.ask(part, product) == parcel
    assert (parcel.value_minor, parcel.currency) == (10_000, "EUR")
    assert committed(part.campaign).minor == 8_000
    act(shipments.grant, parcel)
    assert committed(part.campaign).minor == 18_000
    for _ in range(2):
        act(shipments.ship, parcel, carrier="Colissimo", tracking_number="6A1")

    gift = Gift.objects.get()
    assert (gift.value_minor, gift.purpose, gift.given_on) == (
        10_000, "Summer collection", world.TODAY,
    )  # fmt: skip
    assert given_to(part.affiliate) == 10_000
    act(shipments.mark_delivered, parcel)
    parcel.refresh_from_db()
    assert (parcel.status, parcel.gift) == (ShipmentStatus.DELIVERED, gift)
    steps = Mail.objects.filter(key__startswith=f"shipment:{parcel.pk}:").values_list("key")
    assert len(steps) == 3


@pytest.mark.parametrize("end", ["returned", "lost"])
def test_what_comes_back_or_gets_lost_is_no_gift(part, product, end):
    parcel = world.shipped(part, product)
    service = shipments.mark_returned if end == "returned" else shipments.mark_lost
    for _ in range(2):
        act(service, parcel)

    parcel.refresh_from_db()
    assert parcel.status == end
    assert Gift.objects.count() == 2
    assert given_to(part.affiliate) == 0
    assert committed(part.campaign).minor == (8_000 if end == "returned" else 18_000)


def test_what_was_delivered_can_come_back_but_what_is_lost_cannot(part, product):
    first, second = world.shipped(part, product), world.shipped(part, product)
    act(shipments.mark_delivered, first)
    act(shipments.mark_returned, first)
    act(shipments.mark_lost, second)
    with pytest.raises(InvalidTransition):
        act(shipments.mark_returned, second)
    assert given_to(part.affiliate) == 0


@pytest.mark.parametrize("old", ShipmentStatus)
@pytest.mark.parametrize("new", ShipmentStatus)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    parcel = Shipment(status=old)
    if new in Shipment.ARROWS[old]:
        parcel.move_to(new, at=NOW)
        assert parcel.status == new
    else:
        with pytest.raises(InvalidTransition):
            parcel.move_to(new, at=NOW)


def test_creators_stop_at_the_number_and_the_value(part, product):
    dear = make_product(list_price_minor=24_000)
    part.campaign.products.add(dear)
    for quantity, one in ((3, product), (2, dear)):
        with pytest.raises(shipments.ShipmentRefused):
            world.ask(part, one, quantity=quantity)
    world.ask(part, product)
    refused = world.ask(part, dear, size="M")
    with pytest.raises(shipments.ShipmentRefused):
        world.ask(part, product, size="L")
    act(shipments.refuse, refused, reason="Sold out")
    assert world.ask(part, product, size="L").status == ShipmentStatus.ASKED


def test_only_products_of_the_campaign_in_sizes_that_are_to_be_had(part, product):
    for name, value in (("model", "linen"), ("size", "M")):
        setattr(product, name, value)
    product.save()
    small = make_product(model="linen", size="S", list_price_minor=12_000)
    gone = make_product(model="linen", size="L", stock=0, list_price_minor=12_000)
    other = make_product()
    assert set(choices_of(part.campaign)) == {product, small}
    for one in (gone, other):
        with pytest.raises(shipments.ShipmentRefused):
            world.ask(part, one)

    assert world.ask(part, small, size="XL").size == "S"


@pytest.mark.parametrize("change", [{"address": "Lyon"}, {"quantity": 0}])
def test_an_address_and_a_number_are_needed(part, product, change):
    with pytest.raises(shipments.ShipmentRefused):
        world.ask(part, product, **change)
    assert not Shipment.objects.exists()


def test_who_does_not_take_part_gets_nothing_and_strangers_do_not_ask(part, product):
    invited = world.invited(part.campaign, world.make_creator())
    with pytest.raises(shipments.ShipmentRefused):
        world.ask(invited, product)
    with pytest.raises(shipments.NotTheirShipment):
        world.ask(part, product, by=person_of(invited.affiliate))
    parcel = world.ask(part, product)
    with pytest.raises(shipments.NotTheirShipment):
        act(shipments.grant, parcel, by_id=person_of(part.affiliate).pk)


def test_nothing_is_granted_past_the_budget():
    wanted, product = world.with_gifts(fee_minor=0, budget_minor=39_000)
    campaign = world.make_campaign(of=wanted)
    parcels = [
        world.ask(world.going(campaign, world.make_creator()), product, quantity=2)
        for _ in range(2)
    ]
    act(shipments.grant, parcels[0])
    with pytest.raises(shipments.ShipmentRefused):
        act(shipments.grant, parcels[1])
    parcels[1].refresh_from_db()
    assert parcels[1].status == ShipmentStatus.ASKED


def test_an_employees_product_is_noted_and_counts_for_no_contract():
    wanted, product = world.with_gifts()
    part = world.going(world.make_campaign(of=wanted), world.make_employee())
    world.shipped(part, product)
    assert Gift.objects.get().affiliate == part.affiliate


def test_addresses_are_encrypted_and_erased_thirty_days_after_the_end(part, product):
    parcel, waiting = world.shipped(part, product), world.ask(part, product)
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM influencers_shipment WHERE id = %s", [parcel.pk])
        assert "Lilas" not in cursor.fetchone()[0]
    act(shipments.mark_delivered, parcel, now=world.later(3))
    assert shipments.erase_addresses(now=world.later(33) - timedelta(seconds=1)) == 0

    assert shipments.erase_addresses(now=world.later(33)) == 1
    assert shipments.erase_addresses(now=world.later(34)) == 0

    parcel.refresh_from_db()
    waiting.refresh_from_db()
    assert (parcel.address, waiting.address) == ("", world.ADDRESS)


def test_the_file_names_what_is_granted_and_not_sent_yet(part, product):
    parcel = world.ask(part, product, size="M")
    world.shipped(part, product)
    assert list(lines_to_send()) == []
    act(shipments.grant, parcel)

    (line,) = lines_to_send()

    assert line[1:7] == (
        part.affiliate.name, world.ADDRESS, product.sku, product.name, "M", 1,
    )  # fmt: skip


def test_where_gifts_are_sent_is_kept_for_the_next_time_and_can_go(part):
    affiliate, by_id = part.affiliate, person_of(part.affiliate).pk
    shipments.keep_details(
        affiliate_id=affiliate.pk, address=world.ADDRESS, sizes={"dresses": "M", " ": " "},
        by_id=by_id, now=NOW,
    )  # fmt: skip
    profile = Influencer.objects.get(affiliate=affiliate)
    assert (profile.address, profile.sizes) == (world.ADDRESS, {"dresses": "M"})

    shipments.keep_details(affiliate_id=affiliate.pk, address="", sizes={}, by_id=by_id, now=NOW)

    profile.refresh_from_db()
    assert (profile.address, profile.sizes) == ("", {})
    said = AuditEntry.objects.filter(verb="creator.delivery_details")
    assert said.count() == 2
    assert "Lilas" not in str(said.values_list("data"))
    with pytest.raises(shipments.NotTheirShipment):
        shipments.keep_details(
            affiliate_id=affiliate.pk, address="Elsewhere", sizes={},
            by_id=world.make_manager().pk, now=NOW,
        )  # fmt: skip


def test_who_takes_part_no_more_is_sent_nothing_more(part, product):
    sent = world.shipped(part, product)
    granted = act(shipments.grant, world.ask(part, product, size="S"))
    other = world.going(part.campaign, world.make_creator())
    asked = world.ask(other, product)
    for one in (part, other):
        participations.end(
            participation_id=one.pk, reason="No answer", by_id=part.campaign.created_by_id, now=NOW
        )

    for parcel in (granted, asked):
        parcel.refresh_from_db()
        assert (parcel.status, parcel.reason) == (ShipmentStatus.REFUSED, "No answer")
        with pytest.raises(InvalidTransition):
            act(shipments.grant, parcel)
    sent.refresh_from_db()
    assert sent.status == ShipmentStatus.SHIPPED
    # The money of what was not sent is free again.
    assert committed(part.campaign).minor == sent.value_minor
    assert shipments.erase_addresses(now=world.later(30)) == 2


def test_a_cancelled_campaign_sends_nothing_more(part, product):
    granted, by_id = world.ask(part, product), part.campaign.created_by_id
    act(shipments.grant, granted)

    campaigns.cancel(campaign_id=part.campaign_id, reason="No linen", by_id=by_id, now=NOW)

    granted.refresh_from_db()
    assert (granted.status, granted.reason) == (ShipmentStatus.REFUSED, "No linen")
    with pytest.raises(InvalidTransition):
        act(shipments.ship, granted, carrier="", tracking_number="")


def test_no_address_is_kept_because_nobody_said_what_became_of_a_parcel(part, product):
    sent, waiting = world.shipped(part, product), world.ask(part, product)
    assert shipments.erase_addresses(now=world.later(90) - timedelta(seconds=1)) == 0

    assert shipments.erase_addresses(now=world.later(90)) == 2

    for parcel in (sent, waiting):
        parcel.refresh_from_db()
        assert parcel.address == ""
    with pytest.raises(shipments.ShipmentRefused, match="address"):
        act(shipments.grant, waiting)


def test_the_address_and_sizes_of_a_closed_account_go(part):
    affiliate = part.affiliate
    shipments.keep_details(
        affiliate_id=affiliate.pk, address=world.ADDRESS, sizes={"dresses": "M"},
        by_id=person_of(affiliate).pk, now=NOW,
    )  # fmt: skip
    assert shipments.erase_addresses(now=NOW) == 0
    affiliate.status = AffiliateStatus.CLOSED
    affiliate.save()

    assert shipments.erase_addresses(now=NOW) == 1
    assert shipments.erase_addresses(now=NOW) == 0

    profile = Influencer.objects.get(affiliate=affiliate)
    assert (profile.address, profile.sizes) == ("", {})
