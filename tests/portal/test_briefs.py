"""Campaigns on the pages of creators: read, answered, delivered to; products asked for."""

from io import BytesIO

import pytest
from PIL import Image

from influencers.models import Delivery, Influencer, Participation, PartStatus, Shipment
from influencers.services import deliveries
from tests.builders import NOW, make_product
from tests.influencers import campaign_world as world
from tests.influencers.contract_world import law, make_influencer
from tests.people import make_ada, make_sam, person_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings, tmp_path, time_machine):
    settings.ON_THIS_MACHINE = True
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)
    law()


def at(campaign, act=""):
    return f"/portal/briefs/{campaign.public_id}/{act}"


def text(answer):
    return answer.content.decode()


def screenshot():
    body = BytesIO()
    Image.new("RGB", (1080, 1920), "#446688").save(body, "PNG")
    body.seek(0)
    body.name = "screen.png"
    return body


def test_an_invitation_is_read_and_accepted_as_it_was_shown(browse):
    part = world.invited(world.make_campaign(), world.make_creator())
    browser, campaign = browse(person_of(part.affiliate)), part.campaign
    assert "You are invited" in text(browser.get("/portal/briefs/"))
    page = text(browser.get(at(campaign)))
    assert "Show how you wear linen in town." in page
    assert "€80.00" in page
    browser.post(at(campaign, "accept/"), {"shown_sha256": "0" * 64})
    part.refresh_from_db()
    assert part.status == PartStatus.INVITED

    browser.post(at(campaign, "accept/"), {"shown_sha256": world.shown(campaign)})

    part.refresh_from_db()
    assert (part.status, part.fee_minor) == (PartStatus.ACCEPTED, 8_000)
    assert "0 of 2 approved" in text(browser.get(at(campaign)))
    assert "You take part" in text(browser.get("/portal/briefs/"))


def test_who_needs_a_contract_reads_what_to_do(browse):
    ines = make_influencer()
    part = world.invited(world.make_campaign(fee_minor=100_000), ines)
    browser = browse(person_of(ines))

    page = text(
        browser.post(
            at(part.campaign, "accept/"), {"shown_sha256": world.shown(part.campaign)}, follow=True
        )
    )

    assert "signed contract" in page
    part.refresh_from_db()
    assert part.status == PartStatus.INVITED


def test_an_invitation_is_declined(browse):
    part = world.invited(world.make_campaign(), world.make_creator())
    browse(person_of(part.affiliate)).post(at(part.campaign, "decline/"), {"reason": "Away"})
    part.refresh_from_db()
    assert (part.status, part.reason) == (PartStatus.DECLINED, "Away")


def test_a_creator_applies_and_takes_it_back(browse):
    campaign, creator = world.make_campaign(is_open_to_apply=True), world.make_creator()
    browser = browse(person_of(creator))
    assert campaign.name in text(browser.get("/portal/briefs/"))
    browser.post(
        at(campaign, "apply/"), {"shown_sha256": world.shown(campaign), "message": "I wear it"}
    )
    part = Participation.objects.get()
    assert (part.status, part.message) == (PartStatus.APPLIED, "I wear it")
    assert "Take it back" in text(browser.get(at(campaign)))

    browser.post(at(campaign, "withdraw/"))

    part.refresh_from_db()
    assert part.status == PartStatus.CANCELLED


def test_a_post_with_its_screenshot_is_sent_in_and_shown_to_its_creator_alone(browse):
    part = world.going()
    browser, piece = browse(person_of(part.affiliate)), world.piece_of(part, "post")
    form = {"deliverable": piece.pk, "number": 1, "url": "https://social.example/p/1"}
    refused = browser.post(at(part.campaign, "deliver/"), form)
    assert refused.status_code == 422
    assert "Add a screenshot" in text(refused)

    browser.post(at(part.campaign, "deliver/"), {**form, "proof": screenshot()})

    delivery = Delivery.objects.get()
    assert (delivery.url, delivery.proof.affiliate) == (form["url"], part.affiliate)
    address = f"/portal/briefs/proofs/{delivery.pk}.jpg"
    assert browser.get(address)["Content-Type"] == "image/jpeg"
    assert "In review" in text(browser.get(at(part.campaign)))
    assert browse(person_of(world.make_creator())).get(address).status_code == 404
    ours = f"/manage/campaigns/deliveries/{delivery.pk}/proof.jpg"
    assert browse(make_sam()).get(ours).content[:2] == b"\xff\xd8"


def test_what_has_to_change_is_said_until_it_is_sent_in_again(browse):
    part = world.going()
    browser, piece = browse(person_of(part.affiliate)), world.piece_of(part, "post")
    form = {"deliverable": piece.pk, "number": 1, "url": "https://social.example/p/1"}
    browser.post(at(part.campaign, "deliver/"), {**form, "proof": screenshot()})
    sent = Delivery.objects.get()
    deliveries.ask_changes(delivery_id=sent.pk, reason="Name it.", by_id=make_sam().pk, now=NOW)
    assert "Name it." in text(browser.get(at(part.campaign)))

    browser.post(at(part.campaign, "deliver/"), form)

    assert "Name it." not in text(browser.get(at(part.campaign)))


def test_a_look_is_chosen_from_ones_own(browse):
    part = world.going()
    look, other = world.make_look(part.affiliate), world.make_look(world.make_creator())
    browser, piece = browse(person_of(part.affiliate)), world.piece_of(part, "look")
    assert "Linen in town" in text(browser.get(at(part.campaign)))
    form = {"deliverable": piece.pk, "number": 1, "url": ""}
    for wrong in (other.public_id, ""):
        answer = browser.post(at(part.campaign, "deliver/"), {**form, "look": wrong})
        assert answer.status_code == 422

    browser.post(at(part.campaign, "deliver/"), {**form, "look": look.public_id})

    assert Delivery.objects.get().look == look


def test_a_look_that_was_delivered_is_offered_for_its_own_piece_only(browse):
    part = world.going()
    sent = world.deliver(part, "look")
    browser, address = browse(person_of(part.affiliate)), at(part.campaign)
    deliveries.ask_changes(delivery_id=sent.pk, reason="Name it.", by_id=make_sam().pk, now=NOW)
    again = world.going(creator=part.affiliate)
    own = str(sent.look.public_id)

    assert own in text(browser.get(address))
    assert own not in text(browser.get(at(again.campaign)))


def test_what_is_due_stands_in_the_calendar_until_it_is_approved(browse):
    part = world.going()
    browser = browse(person_of(part.affiliate))
    days = browser.get("/portal/briefs/calendar/").context["days"]
    assert [one["day"] for one in days] == [world.day(20), world.day(25)]
    world.approve(world.deliver(part, "look"))
    days = browser.get("/portal/briefs/calendar/").context["days"]
    assert [one["day"] for one in days] == [world.day(25)]


def test_a_product_is_asked_for_and_the_address_kept_if_wanted(browse):
    wanted, product = world.with_gifts()
    part = world.going(world.make_campaign(of=wanted))
    browser = browse(person_of(part.affiliate))
    form = {"product": product.pk, "quantity": 1, "size": "M", "address": world.ADDRESS}
    refused = browser.post(at(part.campaign, "ask/"), {**form, "product": make_product().pk})
    assert refused.status_code == 422

    browser.post(at(part.campaign, "ask/"), form)
    assert Shipment.objects.get().size == "M"
    assert not Influencer.objects.exclude(address="").exists()
    browser.post(at(part.campaign, "ask/"), {**form, "size": "S", "keeps": "on"})

    profile = Influencer.objects.get(affiliate=part.affiliate)
    assert profile.sizes == {"dresses": "S"}
    assert profile.address.split() == world.ADDRESS.split()
    page = browser.get(at(part.campaign))
    assert page.context["items_left"] == 0
    assert "Asked for" in text(page)


def test_another_creators_brief_is_not_found(browse):
    part = world.going()
    acts = ("", "accept/", "decline/", "withdraw/", "deliver/", "ask/")
    for stranger in (world.make_creator(), make_ada()):
        browser = browse(person_of(stranger))
        assert browser.get("/portal/briefs/").status_code == 200
        for act in acts:
            ask = browser.post if act else browser.get
            assert ask(at(part.campaign, act)).status_code == 404, act
        assert browser.post(at(part.campaign, "apply/")).status_code == 404
    draft = world.make_campaign(opened=False)
    assert browse(person_of(part.affiliate)).get(at(draft)).status_code == 404


def test_briefs_stand_in_the_menu_of_creators_only(browse):
    link = 'href="/portal/briefs/"'
    for creator in (world.make_creator(), world.make_employee()):
        assert link in text(browse(person_of(creator)).get("/portal/"))
    assert link not in text(browse(person_of(make_ada())).get("/portal/"))


def test_an_employee_reads_how_the_fee_is_paid(browse):
    part = world.invited(world.make_campaign(), world.make_employee())
    assert "with your wages" in text(browse(person_of(part.affiliate)).get(at(part.campaign)))


def test_ten_campaigns_cost_no_more_queries_than_one(browse, django_assert_max_num_queries):
    creator = world.make_creator()
    browser = browse(person_of(creator))
    pages = ("/portal/briefs/", "/portal/briefs/calendar/")

    def counted():
        found = []
        for page in pages:
            browser.get(page)
            with django_assert_max_num_queries(40) as queries:
                browser.get(page)
            found.append(len(queries))
        return found

    def more():
        world.going(creator=creator)
        world.invited(world.make_campaign(), creator)
        world.make_campaign(is_open_to_apply=True)

    more()
    before = counted()
    for _ in range(9):
        more()
    assert counted() == before
