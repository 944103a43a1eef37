"""Campaigns written, opened and ended; creators invited, choosing and chosen (CA1 to CA10)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from influencers.domain.campaign import Piece
from influencers.models import (
    Campaign,
    CampaignStatus,
    MemberStatus,
    Participation,
    PartStatus,
    Pool,
    PoolMember,
)
from influencers.queries.campaigns import committed, open_to
from influencers.services import campaigns, participations
from tests.builders import NOW, make_affiliate
from tests.influencers import campaign_world as world
from tests.influencers.contract_world import give, law, make_influencer, signed
from tests.people import person_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def threshold():
    law()


def act(service, campaign, **given):
    given = {"by_id": campaign.created_by_id, "now": NOW, **given}
    return service(campaign_id=campaign.pk, **given)


def on_part(service, part, **given):
    given = {"by_id": part.campaign.created_by_id, "now": NOW, **given}
    return service(participation_id=part.pk, **given)


def mail(part, which):
    return Delivery.objects.filter(key__startswith=f"part:{part.pk}:{which}")


def test_one_form_is_one_campaign():
    key, by = uuid4(), world.make_manager()
    for _ in range(2):
        campaigns.create(key=key, plan=world.plan(), by_id=by.pk, now=NOW)
    campaign = Campaign.objects.get()
    assert (campaign.public_id, campaign.status, campaign.deliverables.count()) == (key, "draft", 2)
    assert AuditEntry.objects.filter(verb="campaign.created").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"brief": " "},
        {"disclosure": "maybe"},
        {"scopes": ("moon",)},
        {"apply_until": world.day(31)},
        {"ends_on": world.day(-1)},
        {"capacity": 0},
        {"bonus_minor": 100},
        {"budget_minor": 7_999},
        {"gift_most_items": 1},
        {"pieces": (Piece(kind="look", quantity=11, due_on=world.day(3)),)},
        {"pieces": (Piece(kind="song", quantity=1, due_on=world.day(3)),)},
        {"pieces": (Piece(kind="look", quantity=1, due_on=world.day(31)),)},
        {"product_ids": (0,), "gift_most_items": 1, "gift_most_minor": 100},
    ],
)
def test_what_cannot_be_a_campaign_is_refused(change):
    with pytest.raises(campaigns.CampaignRefused):
        world.make_campaign(opened=False, **change)
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(("change", "days"), [({"pieces": ()}, 0), ({}, 31)])
def test_nothing_opens_without_something_to_deliver_or_after_its_end(change, days):
    campaign = world.make_campaign(opened=False, **change)
    with pytest.raises(campaigns.CampaignRefused):
        act(campaigns.publish, campaign, now=world.later(days))
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.DRAFT


@pytest.mark.parametrize("old", CampaignStatus)
@pytest.mark.parametrize("new", CampaignStatus)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    campaign = Campaign(status=old)
    if new in Campaign.ARROWS[old]:
        campaign.move_to(new, at=NOW)
        assert campaign.status == new
    else:
        with pytest.raises(InvalidTransition):
            campaign.move_to(new, at=NOW)
        assert campaign.status == old


def test_a_creator_accepts_the_brief_that_was_read_at_its_fee():
    campaign = world.make_campaign()
    part = world.invited(campaign, world.make_creator())
    assert mail(part, "invited").count() == 1

    accepted = world.accept(part)

    assert world.accept(part) == accepted
    assert (accepted.status, accepted.fee_minor) == (PartStatus.ACCEPTED, 8_000)
    assert accepted.brief_sha256 == world.shown(campaign)
    assert accepted.accepted_at == NOW
    assert committed(campaign).minor == 8_000
    assert mail(part, "accepted").get().recipient == campaign.created_by.email
    assert AuditEntry.objects.get(verb="campaign.accepted").data["fee_minor"] == 8_000


def test_another_brief_than_the_one_that_stands_is_not_accepted():
    campaign = world.make_campaign()
    part, read = world.invited(campaign, world.make_creator()), world.shown(campaign)
    act(campaigns.revise, campaign, plan=world.plan(fee_minor=5_000))

    with pytest.raises(participations.BriefHasChanged):
        world.accept(part, shown_sha256=read)

    part.refresh_from_db()
    assert (part.status, part.fee_minor) == (PartStatus.INVITED, 0)


@pytest.mark.parametrize("join", ["accept", "apply"])
def test_what_was_agreed_to_cannot_be_written_anew(join):
    campaign = world.make_campaign(is_open_to_apply=True)
    if join == "accept":
        world.going(campaign)
    else:
        world.applied(campaign, world.make_creator())
    before = world.shown(campaign)

    with pytest.raises(campaigns.BriefStands):
        act(campaigns.revise, campaign, plan=world.plan(fee_minor=100))

    campaign.refresh_from_db()
    assert (world.shown(campaign), campaign.fee_minor) == (before, 8_000)


def test_places_and_budget_move_but_not_below_what_is_promised():
    campaign = world.make_campaign()
    world.going(campaign)
    world.going(campaign)
    fits = {"capacity": 2, "budget_minor": 16_000, "apply_until": world.day(12)}
    for change in ({"capacity": 1}, {"budget_minor": 15_999}, {"apply_until": world.day(31)}):
        with pytest.raises(campaigns.CampaignRefused):
            act(campaigns.resize, campaign, **{**fits, **change})

    act(campaigns.resize, campaign, **fits)

    campaign.refresh_from_db()
    assert (campaign.capacity, campaign.budget_minor) == (2, 16_000)


@pytest.mark.parametrize("change", [{"capacity": 1}, {"budget_minor": 15_999}])
def test_the_second_one_finds_no_place_or_no_money(change):
    campaign = world.make_campaign(**change)
    world.going(campaign)
    late = world.invited(campaign, world.make_creator())

    with pytest.raises(participations.CampaignFull):
        world.accept(late)

    late.refresh_from_db()
    assert (late.status, late.fee_minor) == (PartStatus.INVITED, 0)


def test_who_ends_leaves_the_place_and_the_money():
    campaign = world.make_campaign(capacity=1, budget_minor=8_000)
    first, second = world.going(campaign), world.invited(campaign, world.make_creator())
    on_part(participations.end, first, reason="Moved abroad")

    assert world.accept(second).status == PartStatus.ACCEPTED
    first.refresh_from_db()
    assert (first.status, first.reason) == (PartStatus.CANCELLED, "Moved abroad")
    assert mail(first, "cancelled").count() == 1


def test_after_the_last_day_or_once_closed_nobody_accepts():
    campaign = world.make_campaign()
    part = world.invited(campaign, world.make_creator())
    with pytest.raises(participations.PartRefused):
        world.accept(part, now=world.later(11))
    act(campaigns.close, campaign)

    with pytest.raises(participations.PartRefused):
        world.accept(part)

    act(campaigns.publish, campaign)
    assert world.accept(part).status == PartStatus.ACCEPTED


def test_only_who_acts_for_the_creator_answers():
    part = world.invited(world.make_campaign(), world.make_creator())
    stranger = person_of(world.make_creator()).pk
    for service in (participations.decline, participations.accept):
        more = {"reason": "No"} if service is participations.decline else {
            "paid_minor": 0, "shown_sha256": world.shown(part.campaign)}  # fmt: skip
        with pytest.raises(participations.NotTheirPart):
            on_part(service, part, by_id=stranger, **more)
    part.refresh_from_db()
    assert part.status == PartStatus.INVITED


def test_who_declines_can_be_asked_again():
    campaign = world.make_campaign()
    creator = world.make_creator()
    part = world.invited(campaign, creator)
    on_part(participations.decline, part, by_id=person_of(creator).pk, reason="On holiday")
    part.refresh_from_db()
    assert (part.status, part.reason) == (PartStatus.DECLINED, "On holiday")

    again = world.invited(campaign, creator, now=world.later(1))

    assert (again.pk, again.status) == (part.pk, PartStatus.INVITED)
    assert mail(part, "invited").count() == 2
    assert Participation.objects.count() == 1


def test_only_creators_with_an_active_account_are_invited():
    campaign = world.make_campaign()
    for other in (make_affiliate(), world.make_creator(status="suspended")):
        with pytest.raises(participations.PartRefused):
            world.invited(campaign, other)
    draft = world.make_campaign(opened=False)
    with pytest.raises(participations.PartRefused):
        world.invited(draft, world.make_creator())
    assert not Participation.objects.exists()


def test_a_pool_alone_sees_its_campaign_and_applies():
    pool = Pool.objects.create(name="Linen", created_at=NOW)
    campaign = world.make_campaign(is_open_to_apply=True, pool_id=pool.pk)
    member, other = world.make_creator(), world.make_creator()
    PoolMember.objects.create(
        pool=pool, affiliate=member, status=MemberStatus.MEMBER, status_changed_at=NOW
    )
    assert list(open_to(member, world.TODAY)) == [campaign]
    assert not open_to(other, world.TODAY).exists()
    with pytest.raises(participations.PartRefused):
        world.applied(campaign, other)

    part = world.applied(campaign, member)

    assert world.applied(campaign, member) == part
    assert not open_to(member, world.TODAY).exists()
    assert mail(part, "applied").get().recipient == campaign.created_by.email


def test_who_applied_is_chosen_refused_or_goes():
    campaign = world.make_campaign(is_open_to_apply=True)
    first, second, third = (world.applied(campaign, world.make_creator()) for _ in range(3))
    act(campaigns.close, campaign)
    chosen = on_part(participations.choose, first, paid_minor=0)
    assert (chosen.status, chosen.fee_minor) == (PartStatus.ACCEPTED, 8_000)
    with pytest.raises(participations.PartRefused):
        on_part(participations.refuse, second, reason=" ")
    on_part(participations.refuse, second, reason="Too many this time")
    on_part(participations.withdraw, third, by_id=person_of(third.affiliate).pk)

    assert list(Participation.objects.order_by("pk").values_list("status", flat=True)) == [
        "accepted", "refused", "cancelled",
    ]  # fmt: skip
    assert mail(second, "refused").count() == 1
    with pytest.raises(participations.PartRefused):
        world.accept(second)


def test_nobody_chooses_or_rewards_their_own_account():
    campaign = world.make_campaign(is_open_to_apply=True)
    part = world.applied(campaign, world.make_creator())
    with pytest.raises(participations.NotTheirPart):
        on_part(participations.choose, part, paid_minor=0, by_id=person_of(part.affiliate).pk)
    part.refresh_from_db()
    assert part.status == PartStatus.APPLIED


@pytest.mark.parametrize(
    ("paid", "given", "fee", "needed"),
    [
        (0, 0, 99_999, False),
        (0, 0, 100_000, True),
        (60_000, 300, 9_999, False),
        (60_000, 300, 10_000, True),
        (0, 999, 0, False),
    ],
)
def test_at_the_amount_a_signed_contract_is_asked_for(paid, given, fee, needed):
    ines = make_influencer()
    if given:
        give(ines, given)
    campaign = world.make_campaign(fee_minor=fee, budget_minor=10**6)
    part = world.invited(campaign, ines)
    if needed:
        with pytest.raises(participations.ContractNeeded, match="Contracts"):
            world.accept(part, paid=paid)
        part.refresh_from_db()
        assert part.status == PartStatus.INVITED
        signed(ines)

    assert world.accept(part, paid=paid).status == PartStatus.ACCEPTED


def test_fees_that_are_promised_already_and_products_count_towards_the_amount():
    ines = make_influencer()
    world.going(world.make_campaign(fee_minor=50_000), ines)
    wanted, _product = world.with_gifts(fee_minor=20_000)
    part = world.invited(world.make_campaign(of=wanted), ines)

    with pytest.raises(participations.ContractNeeded):
        world.accept(part)

    part.refresh_from_db()
    assert part.status == PartStatus.INVITED


def test_products_that_other_campaigns_may_still_give_count_towards_the_amount():
    ines, law_at = make_influencer(), 100_000
    wanted, product = world.with_gifts(fee_minor=0, budget_minor=10**6)
    elsewhere = world.going(world.make_campaign(of=wanted), ines)
    world.shipped(elsewhere, product)  # EUR 100 of the EUR 300 are a gift already, counted once.
    parts = [
        world.invited(world.make_campaign(fee_minor=fee, budget_minor=10**6), ines)
        for fee in (law_at - 30_000, law_at - 30_000 - 1)
    ]

    with pytest.raises(participations.ContractNeeded):
        world.accept(parts[0])

    assert world.accept(parts[1]).status == PartStatus.ACCEPTED


def test_an_employee_is_paid_with_the_wages_and_needs_no_contract():
    part = world.invited(world.make_campaign(fee_minor=150_000), world.make_employee())
    assert world.accept(part).fee_minor == 150_000


def test_a_cancelled_campaign_ends_what_is_not_done():
    campaign = world.make_campaign()
    done, going = world.finished(campaign), world.going(campaign)
    waiting = world.invited(campaign, world.make_creator())
    with pytest.raises(campaigns.CampaignRefused):
        act(campaigns.cancel, campaign, reason="")

    act(campaigns.cancel, campaign, reason="The collection is late")

    for part, status in ((done, "done"), (going, "cancelled"), (waiting, "cancelled")):
        part.refresh_from_db()
        assert part.status == status
    assert committed(campaign).minor == 8_000
    assert mail(going, "cancelled").count() == mail(waiting, "cancelled").count() == 1


def test_a_campaign_is_over_once_everybody_delivered():
    campaign = world.make_campaign()
    part, waiting = world.going(campaign), world.invited(campaign, world.make_creator())
    with pytest.raises(campaigns.PartsOpen):
        act(campaigns.finish, campaign)
    on_part(participations.end, part, reason="Ill")

    act(campaigns.finish, campaign)

    campaign.refresh_from_db()
    waiting.refresh_from_db()
    assert (campaign.status, waiting.status) == ("done", "cancelled")
    with pytest.raises(InvalidTransition):
        act(campaigns.publish, campaign, now=NOW + timedelta(minutes=1))


def test_the_bonus_is_given_once_to_who_delivered_within_the_budget():
    campaign = world.make_campaign(bonus_minor=5_000, bonus_for="most saves", budget_minor=21_000)
    going, best = world.going(campaign), world.finished(campaign)
    with pytest.raises(participations.PartRefused):
        on_part(participations.award, going)

    on_part(participations.award, best)
    on_part(participations.award, best)

    best.refresh_from_db()
    assert (best.bonus_minor, best.bonus_at, best.bonus_by) == (5_000, NOW, campaign.created_by)
    assert committed(campaign).minor == 21_000
    assert mail(best, "bonus").count() == 1
    for delivery in ("look", "post"):
        world.approve(world.deliver(going, delivery))
    with pytest.raises(participations.CampaignFull):
        on_part(participations.award, going)
