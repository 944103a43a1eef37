"""What creators deliver: sent in, changed, approved, reminded of (CA11 to CA15)."""

import pytest

from core.models import Delivery as Mail
from influencers.models import Delivery, DeliveryStatus, LookStatus, PartStatus
from influencers.services import campaigns, deliveries
from influencers.services.deliveries import Made
from tests.builders import NOW
from tests.influencers import campaign_world as world
from tests.influencers.contract_world import law
from tests.people import person_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def threshold():
    law()


@pytest.fixture
def part():
    return world.going()


def sent(part, which):
    return Mail.objects.filter(key__startswith=f"part:{part.pk}:{which}")


def test_a_look_and_a_post_are_sent_in_and_approved_and_the_part_is_done(part):
    look, post = world.deliver(part, "look"), world.deliver(part, "post")
    world.approve(look)
    part.refresh_from_db()
    assert part.status == PartStatus.ACCEPTED
    assert sent(part, "approved").count() == 1

    world.approve(post)
    world.approve(post)

    part.refresh_from_db()
    assert part.status == PartStatus.DONE
    post.refresh_from_db()
    assert (post.status, post.decided_at) == (DeliveryStatus.APPROVED, NOW)
    assert post.decided_by == part.campaign.created_by
    assert "80" in sent(part, "done").get().body


def test_the_same_piece_sent_twice_is_one(part):
    look = world.make_look(part.affiliate)
    first = world.deliver(part, "look", look_id=look.pk)
    assert world.deliver(part, "look", look_id=look.pk) == first
    assert Delivery.objects.count() == 1


def test_what_has_to_change_is_said_and_sent_in_again(part):
    post, by = world.deliver(part, "post"), part.campaign.created_by
    with pytest.raises(deliveries.DeliveryRefused):
        deliveries.ask_changes(delivery_id=post.pk, reason=" ", by_id=by.pk, now=NOW)
    for _ in range(2):
        deliveries.ask_changes(delivery_id=post.pk, reason="Name us", by_id=by.pk, now=NOW)
    assert sent(part, f"changes:{post.pk}").count() == 1

    again = world.deliver(part, "post", now=world.later(1))

    assert (again.pk, again.status, again.reason) == (post.pk, "submitted", "Name us")
    assert again.url != post.url
    world.approve(again)
    again.refresh_from_db()
    assert again.reason == ""


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("look", {"url": "https://social.example/p/1"}),
        ("post", {"url": ""}),
        ("post", {"url": "https://social.example/p/1"}),
    ],
)
def test_what_was_not_asked_for_is_refused(part, kind, made):
    with pytest.raises(deliveries.DeliveryRefused):
        world.deliver(part, kind, **made)
    assert not Delivery.objects.exists()


def test_another_creators_look_or_screenshot_is_not_ones_own(part):
    other = world.make_creator()
    for made in (
        {"look_id": world.make_look(other).pk},
        {"look_id": world.make_look(part.affiliate, status=LookStatus.WITHDRAWN).pk},
    ):
        with pytest.raises(deliveries.DeliveryRefused):
            world.deliver(part, "look", **made)
    with pytest.raises(deliveries.DeliveryRefused):
        world.deliver(
            part, "post", url="https://social.example/p/1", proof_id=world.make_proof(other).pk
        )
    assert not Delivery.objects.exists()


def test_nothing_is_delivered_twice(part):
    creator = part.affiliate
    look = world.make_look(creator)
    world.deliver(part, "look", look_id=look.pk)
    again = world.going(world.make_campaign(), creator)
    with pytest.raises(deliveries.DeliveryRefused):
        world.deliver(again, "look", look_id=look.pk)
    first = world.deliver(part, "post")
    with pytest.raises(deliveries.DeliveryRefused):
        world.deliver(again, "post", url=first.url, proof_id=world.make_proof(creator).pk)
    assert Delivery.objects.count() == 2


def test_a_piece_that_the_campaign_does_not_know_is_refused(part):
    other = world.make_campaign().deliverables.get(kind="look")
    own = world.piece_of(part, "look")
    for piece, number in ((other, 1), (own, 2), (own, 0)):
        with pytest.raises(deliveries.DeliveryRefused):
            deliveries.submit(
                participation_id=part.pk,
                deliverable_id=piece.pk,
                number=number,
                made=Made(look_id=world.make_look(part.affiliate).pk),
                by_id=person_of(part.affiliate).pk,
                now=NOW,
            )


def test_only_who_acts_for_the_creator_delivers_and_nobody_approves_their_own(part):
    stranger = person_of(world.make_creator())
    with pytest.raises(deliveries.NotTheirDelivery):
        deliveries.submit(
            participation_id=part.pk,
            deliverable_id=world.piece_of(part, "look").pk,
            number=1,
            made=Made(look_id=world.make_look(part.affiliate).pk),
            by_id=stranger.pk,
            now=NOW,
        )
    look = world.deliver(part, "look")
    with pytest.raises(deliveries.NotTheirDelivery):
        world.approve(look, by=person_of(part.affiliate))
    look.refresh_from_db()
    assert look.status == DeliveryStatus.SUBMITTED


def test_who_does_not_take_part_delivers_nothing():
    invited = world.invited(world.make_campaign(), world.make_creator())
    cancelled = world.going()
    campaigns.cancel(
        campaign_id=cancelled.campaign_id, reason="Late", now=NOW,
        by_id=cancelled.campaign.created_by_id,
    )  # fmt: skip
    for part in (invited, cancelled):
        with pytest.raises(deliveries.DeliveryRefused):
            world.deliver(part, "look")


def test_a_look_that_is_gone_is_not_approved(part):
    look = world.deliver(part, "look")
    look.look.status = LookStatus.REMOVED
    look.look.save()
    with pytest.raises(deliveries.DeliveryRefused):
        world.approve(look)
    look.refresh_from_db()
    assert look.status == DeliveryStatus.SUBMITTED


def test_a_look_is_approved_as_a_look_first(part):
    look = world.make_look(part.affiliate, approved=False)
    delivery = world.deliver(part, "look", look_id=look.pk)
    with pytest.raises(deliveries.DeliveryRefused):
        world.approve(delivery)
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.SUBMITTED


def keys(part):
    due = Mail.objects.filter(key__startswith=f"part:{part.pk}:due:").order_by("pk")
    return [one.key.split(":")[3] for one in due]


def test_creators_are_reminded_a_week_and_two_days_before_on_the_day_and_when_late():
    part = world.going(world.make_campaign(pieces=(world.LOOK,)))
    steps = {13: "week", 18: "soon", 20: "today", 21: "late"}
    expected = []
    for offset in (12, 13, 13, 15, 18, 19, 20, 21, 22):
        deliveries.remind(now=world.later(offset))
        expected += [steps[offset]] if offset in steps and steps[offset] not in expected else []
        assert keys(part) == expected
    assert sent(part, "late").get().recipient == part.campaign.created_by.email


def test_nobody_is_reminded_of_what_is_sent_in_or_over(part):
    for kind in ("look", "post"):
        world.deliver(part, kind)
    assert deliveries.remind(now=world.later(20)) == 0
    other = world.going()
    campaigns.cancel(
        campaign_id=other.campaign_id, reason="Late", by_id=other.campaign.created_by_id, now=NOW
    )
    assert deliveries.remind(now=world.later(20)) == 0
    assert keys(part) == keys(other) == []


def test_what_has_to_change_is_reminded_of(part):
    look = world.deliver(part, "look")
    deliveries.ask_changes(
        delivery_id=look.pk, reason="Sharper", by_id=part.campaign.created_by_id, now=NOW
    )
    assert deliveries.remind(now=world.later(19)) == 1


@pytest.mark.parametrize(
    ("first", "again", "same"),
    [
        ("https://www.social.example/p/1/", "https://social.example/p/1?igsh=x&utm_source=a", True),
        ("https://social.example/p/1", "http://m.social.example/p/1/#comments", True),
        ("https://video.example/watch?v=1&si=z", "https://video.example/watch?v=1", True),
        ("https://video.example/watch?v=1", "https://video.example/watch?v=2", False),
        ("https://social.example/p/1", "https://social.example/p/12", False),
        ("https://social.example/p/1", "https://other.example/p/1", False),
    ],
)
def test_the_same_post_is_not_paid_again_under_another_spelling(first, again, same):
    ines = world.make_creator()
    proof = world.make_proof(ines)
    parts = [world.going(world.make_campaign(), ines) for _ in range(2)]
    world.deliver(parts[0], "post", url=first, proof_id=proof.pk)

    if same:
        with pytest.raises(deliveries.DeliveryRefused, match="already"):
            world.deliver(parts[1], "post", url=again, proof_id=proof.pk)
    else:
        assert world.deliver(parts[1], "post", url=again, proof_id=proof.pk).url == again
