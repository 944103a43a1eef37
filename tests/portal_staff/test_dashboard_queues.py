"""What of creators waits for a manager: looks, what was made for campaigns, products asked for."""

from datetime import timedelta

import pytest
from django.urls import reverse

from influencers.models import LookVersion, VersionStatus
from portal.queries.staff_dashboard import health, lately, queues
from tests.builders import NOW, make_attribution, make_order
from tests.influencers import campaign_world as world
from tests.influencers.look_surface_world import make_look
from tracking.queries import order_days

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_looks_in_review_are_counted_with_the_age_of_the_oldest():
    for days in (1, 3):
        look = make_look()
        LookVersion.objects.create(
            look=look, number=2, status=VersionStatus.SUBMITTED, status_changed_at=NOW,
            saved_at=NOW, submitted_at=NOW - timedelta(days=days),
        )  # fmt: skip

    found = queues()

    assert (found.looks.count, found.looks.oldest) == (2, NOW - timedelta(days=3))
    assert (found.deliveries.count, found.parcels.count) == (0, 0)
    assert not found.is_clear


def test_what_was_made_for_campaigns_and_products_asked_for_are_counted(sam):
    wanted, product = world.with_gifts()
    part = world.going(world.make_campaign(of=wanted))
    world.deliver(part, "look", now=NOW)
    parcel = world.ask(part, product, now=world.later(1))

    found = queues()

    assert (found.deliveries.count, found.deliveries.oldest) == (1, NOW)
    assert (found.parcels.count, found.parcels.oldest) == (1, parcel.created_at)
    page = sam.get(reverse("portal:manage-home")).text
    for name in ("moderation-list", "campaign-list", "shipment-list"):
        assert f'class="queue__link" href="{reverse(f"portal:{name}")}"' in page


def test_orders_not_decided_are_those_of_the_days_that_the_tick_looks_back(sam):
    for placed_at in (NOW, NOW - timedelta(days=6), NOW - timedelta(days=8)):
        make_order(placed_at=placed_at)
    make_attribution(make_order(placed_at=NOW))

    assert health(NOW, 0, order_days(lately(NOW))).undecided_orders == 2
    assert "Orders of seven days not decided" in sam.get(reverse("portal:manage-home")).text


def test_queues_take_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert queues().is_clear
