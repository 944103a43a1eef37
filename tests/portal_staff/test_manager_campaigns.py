"""Campaigns on the pages of managers: written, opened, chosen, looked at; products sent."""

import csv
from uuid import uuid4

import pytest

from core.models import AuditEntry
from influencers.models import Campaign, Gift, MemberStatus, Participation, Pool, PoolMember
from payouts.services import campaign_fees
from tests.builders import NOW
from tests.influencers import campaign_world as world
from tests.influencers.contract_world import law
from tests.people import make_sam

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings, time_machine):
    settings.ON_THIS_MACHINE = True
    time_machine.move_to(NOW, tick=False)
    law()


@pytest.fixture
def sam(client):
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def at(campaign, act=""):
    return f"/manage/campaigns/{campaign.public_id}/{act}"


def text(answer):
    return answer.content.decode()


def typed(**changes):
    """What a manager types into the form of a campaign, with two things to deliver."""
    return {
        "key": uuid4(),
        "name": "Summer in linen",
        "purpose": "Summer collection",
        "brief": "Show how you wear linen.",
        "disclosure": "advertising",
        "scopes": ["site", "pdp"],
        "rights_months": 12,
        "fee": "80.00",
        "budget": "2000",
        "capacity": 10,
        "starts_on": world.day(0),
        "apply_until": world.day(10),
        "ends_on": world.day(30),
        "piece-TOTAL_FORMS": 3,
        "piece-INITIAL_FORMS": 0,
        "piece-0-kind": "look",
        "piece-0-quantity": 1,
        "piece-0-due_on": world.day(20),
        "piece-1-kind": "post",
        "piece-1-quantity": 2,
        "piece-1-due_on": world.day(25),
        "piece-1-note": "A carousel",
        "piece-2-kind": "",
        "piece-2-quantity": 1,
        **changes,
    }


def test_a_manager_writes_changes_and_opens_a_campaign(sam):
    _plan, product = world.with_gifts()
    form = typed(products=product.sku, gift_most="300", gift_most_items=2, is_open_to_apply="on")
    for _ in range(2):
        sam.post("/manage/campaigns/new/", form)
    campaign = Campaign.objects.get()
    assert (campaign.fee_minor, campaign.budget_minor, campaign.gift_most_minor) == (
        8_000, 200_000, 30_000,
    )  # fmt: skip
    assert list(campaign.products.all()) == [product]
    pieces = campaign.deliverables.values_list("kind", "quantity", "note")
    assert list(pieces) == [("look", 1, ""), ("post", 2, "A carousel")]
    shown = sam.get(at(campaign, "edit/")).context
    assert shown["form"].initial["products"] == product.sku
    assert len(shown["pieces"].forms) == 5

    sam.post(at(campaign, "edit/"), {**form, "name": "Linen", "piece-INITIAL_FORMS": 2})
    sam.post(at(campaign, "publish/"))

    campaign.refresh_from_db()
    assert (campaign.name, campaign.status, campaign.deliverables.count()) == ("Linen", "open", 2)
    assert "€0.00 of €2,000.00" in text(sam.get(at(campaign)))


@pytest.mark.parametrize(
    "change",
    [
        {"brief": ""},
        {"products": "NONE-1"},
        {"budget": "79.99"},
        {"piece-0-due_on": ""},
        {"piece-0-quantity": 11},
        {"apply_until": world.day(31)},
    ],
)
def test_what_cannot_be_is_said_in_the_form(sam, change):
    answer = sam.post("/manage/campaigns/new/", typed(**change))
    assert answer.status_code == 422
    assert not Campaign.objects.exists()


def test_creators_of_a_pool_are_found_and_invited(sam):
    pool = Pool.objects.create(name="Linen", created_at=NOW)
    member, other = world.make_creator(name="Ines"), world.make_creator(name="Nina")
    PoolMember.objects.create(
        pool=pool, affiliate=member, status=MemberStatus.MEMBER, status_changed_at=NOW
    )
    campaign = world.make_campaign(pool_id=pool.pk)
    assert list(sam.get(at(campaign, "invite/")).context["rows"]) == [member]
    assert set(sam.get(at(campaign, "invite/?pool=")).context["rows"]) == {member, other}

    nobody = sam.post(at(campaign, "invite/"), follow=True)
    assert nobody.redirect_chain[-1][0] == at(campaign, "invite/")
    assert "Tick the creators" in nobody.text

    sam.post(at(campaign, "invite/"), {"selected": [member.pk, other.pk]})

    assert Participation.objects.filter(status="invited").count() == 2
    assert not sam.get(at(campaign, "invite/?q=Nina")).context["rows"]


def test_applications_are_chosen_and_refused_with_a_reason(sam):
    campaign = world.make_campaign(is_open_to_apply=True)
    first, second = (world.applied(campaign, world.make_creator()) for _ in range(2))
    assert text(sam.get("/manage/campaigns/")).count("Open") > 0
    parts = "/manage/campaigns/parts/"
    sam.post(f"{parts}{first.public_id}/choose/")
    sam.post(f"{parts}{second.public_id}/refuse/", {"reason": ""})
    second.refresh_from_db()
    assert second.status == "applied"
    sam.post(f"{parts}{second.public_id}/refuse/", {"reason": "Too many"})

    for part, status in ((first, "accepted"), (second, "refused")):
        part.refresh_from_db()
        assert part.status == status


def test_what_is_delivered_is_looked_at_and_the_fee_shown(sam):
    part = world.going(world.make_campaign(bonus_minor=5_000, bonus_for="most saves"))
    look, post = world.deliver(part, "look"), world.deliver(part, "post")
    row = sam.get("/manage/campaigns/").context["rows"][0]
    assert row["to_review"] == 2
    act = "/manage/campaigns/deliveries/"
    sam.post(f"{act}{look.pk}/approve/")
    sam.post(f"{act}{post.pk}/change/", {"reason": "Name us"})
    page = text(sam.get(at(part.campaign)))
    assert "1 of 2" in page
    assert "Name us" in page
    world.deliver(part, "post")
    sam.post(f"{act}{post.pk}/approve/")
    part.refresh_from_db()
    assert part.status == "done"
    campaign_fees.book_due(now=NOW, limit=10)

    sam.post(f"/manage/campaigns/parts/{part.public_id}/award/")

    part.refresh_from_db()
    assert part.bonus_minor == 5_000
    page = text(sam.get(at(part.campaign)))
    assert "Booked" in page or "To approve" in page
    assert "€50.00" in page


def test_a_campaign_is_resized_closed_cancelled(sam):
    campaign = world.make_campaign()
    part = world.going(campaign)
    sam.post(
        at(campaign, "resize/"),
        {"capacity": 20, "budget": "5000", "apply_until": world.day(12)},
    )
    sam.post(at(campaign, "close/"))
    campaign.refresh_from_db()
    assert (campaign.capacity, campaign.budget_minor, campaign.status) == (20, 500_000, "closed")
    assert sam.post(at(campaign, "finish/"), follow=True).status_code == 200
    campaign.refresh_from_db()
    assert campaign.status == "closed"

    sam.post(at(campaign, "cancel/"), {"reason": "The collection is late"})

    campaign.refresh_from_db()
    part.refresh_from_db()
    assert (campaign.status, part.status, part.reason) == (
        "cancelled", "cancelled", "The collection is late",
    )  # fmt: skip


def test_the_calendar_names_who_owes_what(sam):
    part = world.going()
    page = sam.get("/manage/campaigns/calendar/")
    assert [one["day"] for one in page.context["days"]] == [world.day(20), world.day(25)]
    assert part.affiliate.name in text(page)


def test_parcels_go_from_asked_for_to_delivered(sam):
    wanted, product = world.with_gifts()
    part = world.going(world.make_campaign(of=wanted))
    parcel, lost = world.ask(part, product), world.ask(part, product, size="L")
    one, other = (f"/manage/shipments/{it.public_id}/" for it in (parcel, lost))
    assert len(sam.get("/manage/shipments/").context["rows"]) == 2
    for address in (one, other):
        sam.post(f"{address}grant/")
    body = b"".join(sam.get("/manage/shipments/to-send.csv").streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(body.splitlines(), delimiter=";"))
    assert len(lines) == 3
    assert "69003 Lyon" in lines[1][2]
    assert AuditEntry.objects.filter(verb="shipment.address_read").count() == 2
    for address in (one, other):
        sam.post(f"{address}ship/", {"carrier": "Colissimo", "tracking_number": "6A1"})
    sam.post(f"{one}deliver/")
    sam.post(f"{other}lose/")

    for it, status in ((parcel, "delivered"), (lost, "lost")):
        it.refresh_from_db()
        assert (it.status, it.tracking_number) == (status, "6A1")
    assert Gift.objects.count() == 3
    sam.post(f"{one}return/")
    assert sum(Gift.objects.values_list("value_minor", flat=True)) == 0


def test_a_product_that_is_refused_says_why(sam):
    wanted, product = world.with_gifts()
    parcel = world.ask(world.going(world.make_campaign(of=wanted)), product)
    sam.post(f"/manage/shipments/{parcel.public_id}/refuse/", {"reason": "Sold out"})
    parcel.refresh_from_db()
    assert (parcel.status, parcel.reason) == ("refused", "Sold out")
    assert "Sold out" in text(sam.get("/manage/shipments/?state=refused"))
