"""Screenshots of campaigns go once they were kept long enough (CA24)."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from affiliates.models import Programme
from core.models import AuditEntry
from core.tasks import purge_rule
from influencers.models import Delivery, DeliveryStatus, Picture
from influencers.services import participations, proof_retention
from tests.builders import NOW
from tests.influencers import campaign_world as world
from tests.influencers.contract_world import law
from tests.influencers.look_surface_world import make_look, make_picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("looks_today")]
KEPT = timedelta(days=30)


@pytest.fixture(autouse=True)
def _kept_for_thirty_days():
    law()
    Programme.objects.update_or_create(pk=1, defaults={"proof_keep_days": KEPT.days})


def posted(part, proof):
    return world.deliver(part, "post", url="https://social.example/p/1", proof_id=proof.pk)


def finished(proof=None):
    """A part that is done, and the screenshot of its post."""
    part = world.going()
    proof = proof or make_picture(part.affiliate, terms=None)
    world.approve(world.deliver(part, "look"))
    world.approve(posted(part, proof))
    part.refresh_from_db()
    return part, proof


def test_the_screenshot_of_a_part_goes_when_it_was_kept_long_enough():
    part, proof = finished()

    assert proof_retention.let_go(now=NOW + KEPT - timedelta(seconds=1)) == 0
    assert proof_retention.let_go(now=NOW + KEPT) == 1
    assert proof_retention.let_go(now=NOW + KEPT) == 0

    post = part.deliveries.get(deliverable__kind="post")
    assert (post.proof, post.url) == (None, "https://social.example/p/1")
    assert post.status == DeliveryStatus.APPROVED
    entry = AuditEntry.objects.get(verb="delivery.proof_deleted")
    assert (entry.actor, entry.data) == (None, {"picture": proof.pk})


def test_the_nightly_task_deletes_its_file(time_machine):
    _part, proof = finished()
    assert default_storage.exists(proof.name)

    time_machine.move_to(NOW + KEPT, tick=False)
    purge_rule("influencers.pictures")

    assert not Picture.objects.filter(pk=proof.pk).exists()
    assert not default_storage.exists(proof.name)


def test_a_photo_that_a_look_shows_too_stays_there(time_machine):
    part = world.going()
    picture = make_picture(part.affiliate)
    make_look(affiliate=part.affiliate, picture=picture)
    world.approve(world.deliver(part, "look"))
    world.approve(posted(part, picture))

    time_machine.move_to(NOW + KEPT, tick=False)
    purge_rule("influencers.pictures")

    assert not Delivery.objects.filter(proof__isnull=False).exists()
    assert default_storage.exists(picture.name)


def test_of_a_part_that_goes_on_it_stays_and_of_one_that_was_cancelled_it_goes():
    going, cancelled = world.going(), world.going()
    for number, part in enumerate((going, cancelled)):
        proof = make_picture(part.affiliate, terms=None)
        world.deliver(part, "post", url=f"https://social.example/p/{number}", proof_id=proof.pk)
    participations.end(
        participation_id=cancelled.pk, reason="Ill", by_id=cancelled.campaign.created_by_id,
        now=NOW,
    )  # fmt: skip

    assert proof_retention.let_go(now=NOW + KEPT) == 1

    assert Delivery.objects.get(proof__isnull=False).participation == going


def test_many_go_in_batches():
    for _ in range(3):
        part = world.going()
        world.approve(world.deliver(part, "look"))
        world.approve(world.deliver(part, "post"))

    assert [proof_retention.let_go(now=NOW + KEPT, limit=2) for _ in range(3)] == [2, 1, 0]
