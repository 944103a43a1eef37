"""Campaigns against themselves: never more creators than places, nor more money than the budget."""

from uuid import uuid4

import pytest

from influencers.models import Delivery, Gift, Participation, PartStatus
from influencers.queries.campaigns import committed
from influencers.services import deliveries, participations, shipments
from payouts.models import AdjustmentProposal, Transfer
from payouts.services import campaign_fees
from tests.builders import NOW
from tests.influencers import campaign_world as world
from tests.influencers.contract_world import law
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("capacity", "budget", "fits"), [(3, 200_000, 3), (8, 5 * 8_000 - 1, 4)])
def test_eight_accept_at_once(capacity, budget, fits):
    law()
    campaign = world.make_campaign(capacity=capacity, budget_minor=budget)
    parts = [world.invited(campaign, world.make_creator()) for _ in range(8)]

    answers = at_once(8, lambda number: world.accept(parts[number]).pk)

    refused = raised(answers)
    assert len(refused) == 8 - fits
    assert all(isinstance(one, participations.CampaignFull) for one in refused)
    assert Participation.objects.filter(status=PartStatus.ACCEPTED).count() == fits
    assert committed(campaign).minor == fits * 8_000 <= budget


def test_products_granted_at_once_stay_within_the_budget_and_are_one_gift_each():
    law()
    wanted, product = world.with_gifts(fee_minor=0, budget_minor=35_000)
    campaign = world.make_campaign(of=wanted)
    parts = [world.going(campaign, world.make_creator()) for _ in range(6)]
    parcels = [world.ask(part, product) for part in parts]
    by_id = campaign.created_by_id

    answers = at_once(
        6, lambda number: shipments.grant(shipment_id=parcels[number].pk, by_id=by_id, now=NOW).pk
    )

    granted = [one for one in answers if isinstance(one, int)]
    assert len(granted) == 3
    assert committed(campaign).minor == 30_000
    sent = at_once(
        6,
        lambda _number: shipments.ship(
            shipment_id=granted[0], carrier="", tracking_number=uuid4().hex[:8], by_id=by_id,
            now=NOW,
        ).pk,
    )  # fmt: skip
    assert raised(sent) == []
    assert Gift.objects.count() == 1


def test_a_fee_that_is_booked_by_ten_workers_is_booked_once():
    law()
    part = world.finished()
    answers = at_once(10, lambda _number: campaign_fees.book_due(now=NOW, limit=50))
    assert raised(answers) == []
    assert AdjustmentProposal.objects.get().source_key == f"campaign:{part.pk}:fee"
    assert Transfer.objects.count() <= 1


def test_a_look_or_an_address_that_is_delivered_twice_at_once_is_delivered_once():
    law()
    ines = world.make_creator()
    parts = [world.going(world.make_campaign(), ines) for _ in range(4)]
    look, proof = world.make_look(ines), world.make_proof(ines)
    post = {"url": "https://social.example/p/1", "proof_id": proof.pk}

    for kind, made in (("look", {"look_id": look.pk}), ("post", post)):
        answers = at_once(4, lambda number: world.deliver(parts[number], kind, **made).pk)  # noqa: B023

        assert len(raised(answers)) == 3
        assert all(isinstance(one, deliveries.DeliveryRefused) for one in raised(answers))
    assert Delivery.objects.count() == 2
