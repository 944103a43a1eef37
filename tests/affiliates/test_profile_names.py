"""New names of influencers, which everybody reads, wait for the team (PR5)."""

from __future__ import annotations

import pytest

from affiliates.models import AffiliateKind, AffiliateProfile, AffiliateStatus
from affiliates.services import profiles
from affiliates.services.profiles import ProfileRefused
from core.models import AuditEntry
from tests.builders import NOW, make_affiliate
from tests.people import make_ines, make_sam, person_of
from tests.portal.resource_world import make_profile

OLD, NEW = "Ines Moreau", "Free iPhones"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines():
    found = make_ines()
    make_profile(found, name=NEW)
    return found


@pytest.fixture
def sam():
    return make_sam()


def agree(affiliate, by, name=NEW):
    profiles.agree_to_name(affiliate_id=affiliate.pk, name=name, actor_id=by.pk, now=NOW)


def decline(affiliate, by, name=NEW):
    profiles.decline_name(affiliate_id=affiliate.pk, name=name, actor_id=by.pk, now=NOW)


def name_of(affiliate):
    affiliate.refresh_from_db()
    return affiliate.name


def trail(verb):
    return AuditEntry.objects.filter(verb=f"profile.{verb}")


def test_the_old_name_stands_until_somebody_agrees_once(ines, sam):
    make_profile(ines, name=NEW)  # The same again changes nothing.
    assert name_of(ines) == OLD
    assert AffiliateProfile.objects.get().name_wished_at == NOW
    assert "wished_name" in trail("changed").get().data["changed"]

    for _n in range(2):
        agree(ines, sam)

    assert name_of(ines) == NEW
    found = AffiliateProfile.objects.get()
    assert (found.wished_name, found.name_wished_at) == ("", None)
    assert trail("name_agreed").count() == 1


def test_the_trail_names_neither_the_old_nor_the_new(ines, sam):
    decline(ines, sam)
    make_profile(ines, name=NEW)
    agree(ines, sam)

    said = " ".join(f"{one.data} {one.reason}" for one in AuditEntry.objects.all())
    assert trail("changed").count() == 2
    assert OLD not in said
    assert NEW not in said


def test_a_declined_name_is_kept_for_who_typed_it_until_they_tell_more(ines, sam):
    for _n in range(2):
        decline(ines, sam)

    assert name_of(ines) == OLD
    assert AffiliateProfile.objects.get().name_was_declined
    assert trail("name_declined").count() == 1
    assert not profiles.waiting_names().exists()
    with pytest.raises(ProfileRefused):
        agree(ines, sam)

    make_profile(ines, name=OLD)
    assert AffiliateProfile.objects.get().wished_name == ""


def test_nobody_agrees_to_another_name_than_they_read(ines, sam):
    make_profile(ines, name="Somebody’s bank")

    for act in (agree, decline):
        with pytest.raises(ProfileRefused):
            act(ines, sam)

    assert name_of(ines) == OLD
    assert AffiliateProfile.objects.get().name_waits
    assert not trail("name_agreed").exists()


def test_the_old_name_typed_again_takes_the_new_one_back(ines, sam):
    make_profile(ines, name=OLD)

    assert not profiles.waiting_names().exists()
    with pytest.raises(ProfileRefused):
        agree(ines, sam)
    assert name_of(ines) == OLD


def test_who_acts_for_the_account_decides_nothing(ines):
    for act in (agree, decline):
        with pytest.raises(ProfileRefused):
            act(ines, person_of(ines))

    assert name_of(ines) == OLD
    assert AffiliateProfile.objects.get().name_waits


@pytest.mark.parametrize("kind", [AffiliateKind.INFLUENCER, AffiliateKind.CONTENT])
def test_a_suspended_account_asks_for_no_new_name_and_tells_the_rest(kind):
    found = make_affiliate(name=OLD, kind=kind, status=AffiliateStatus.SUSPENDED)
    with pytest.raises(ProfileRefused):
        make_profile(found, name=NEW)
    assert not AffiliateProfile.objects.exists()

    make_profile(found)
    assert name_of(found) == OLD
    assert AffiliateProfile.objects.get().description


@pytest.mark.parametrize(
    ("status", "waits"), [(AffiliateStatus.SUSPENDED, 1), (AffiliateStatus.CLOSED, 0)]
)
def test_what_waits_of_a_stopped_account_is_declined_and_not_agreed_to(ines, sam, status, waits):
    type(ines).objects.filter(pk=ines.pk).update(status=status)
    assert profiles.waiting_names().count() == waits

    with pytest.raises(ProfileRefused):
        agree(ines, sam)
    decline(ines, sam)

    assert name_of(ines) == OLD
    assert AffiliateProfile.objects.get().name_was_declined


def test_nothing_waits_where_nothing_was_told(sam):
    with pytest.raises(ProfileRefused):
        agree(make_ines(), sam)
