"""Managers move an affiliate to another group: what changes is shown before it is done."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from affiliates.models import GroupMove
from tests.builders import make_affiliate, make_group
from tests.people import make_sam

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def affiliate():
    return make_affiliate(name="Le Carnet")


def address(affiliate, name="affiliate-move"):
    return reverse(f"portal:{name}", args=[affiliate.public_id])


def in_days(number):
    return (timezone.localdate() + timedelta(days=number)).isoformat()


def test_the_page_shows_what_changes_and_when_it_may_begin(manager, affiliate):
    worse = make_group(slug="others", terms={"rate_bps": 1_500})

    first = manager.get(address(affiliate)).content.decode()
    shown = manager.get(address(affiliate), {"group": worse.pk})
    text = shown.content.decode()

    assert "Move it" not in first
    assert "Base rate" in text
    assert "Something becomes worse" in text
    assert shown.context["first_day"] == timezone.localdate() + timedelta(days=16)
    assert "Move it" not in text
    assert not GroupMove.objects.exists()


def test_it_moves_on_its_day_and_the_move_is_taken_back(manager, affiliate):
    worse = make_group(slug="others", terms={"rate_bps": 1_500})
    said = {"group": worse.pk, "begins_on": in_days(16)}
    assert "Move it" in manager.get(address(affiliate), said).content.decode()

    refused = manager.post(address(affiliate), {"group": worse.pk, "begins_on": in_days(3)})
    assert refused.status_code == 422
    assert "told 15 days before" in refused.content.decode()

    page = manager.post(address(affiliate), said, follow=True).content.decode()
    assert "Moves to “Others”" in page
    assert GroupMove.objects.to_come().get().after == worse

    page = manager.post(address(affiliate, "affiliate-move-cancel"), follow=True).content.decode()
    assert "It stays in its group" in page
    assert not GroupMove.objects.to_come().exists()


def test_a_better_group_at_once(manager, affiliate):
    better = make_group(slug="others", terms={"rate_bps": 2_500})

    page = manager.post(address(affiliate), {"group": better.pk}, follow=True).content.decode()

    affiliate.refresh_from_db()
    assert affiliate.group == better
    assert "<strong>Others</strong>" in page


def test_its_own_group_is_not_a_choice(manager, affiliate):
    answer = manager.post(address(affiliate), {"group": affiliate.group_id})

    assert answer.status_code == 422
    assert not GroupMove.objects.exists()
