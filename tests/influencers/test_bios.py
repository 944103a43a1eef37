"""What creators say of themselves in public waits for the team (PR8 of docs/rules/standing.md)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from affiliates.models import AffiliateStatus
from core.models import AuditEntry
from influencers.models import Influencer
from influencers.services import bios, profiles
from influencers.services.bios import BioRefused
from influencers.services.profiles import Page
from tests.builders import NOW
from tests.influencers.creator_world import make_creator
from tests.people import make_sam, person_of

NEW = "Linen and sea.\nWrite to me."

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    return make_sam()


@pytest.fixture(params=["influencer", "employee"])
def ines(request):
    found = make_creator(name="Ines Moreau", kind=request.param)
    type_in(found, NEW)
    return found


def type_in(creator, bio, later=timedelta(0)):
    page = Page(handle="ines", bio=bio, accent="ocean", is_public=True)
    profiles.change_page(creator.pk, page, by_id=person_of(creator).pk, now=NOW + later)


def agree(creator, by, bio=NEW):
    bios.agree(affiliate_id=creator.pk, bio=bio, actor_id=by.pk, now=NOW)


def decline(creator, by, bio=NEW):
    bios.decline(affiliate_id=creator.pk, bio=bio, actor_id=by.pk, now=NOW)


def stands():
    found = Influencer.objects.get()
    return found.bio, found.wished_bio, found.bio_wished_at


def trail(verb):
    return AuditEntry.objects.filter(verb=f"profile.{verb}")


def test_a_new_text_waits_until_somebody_agrees_once(ines, sam):
    type_in(ines, f" {NEW.replace(chr(10), chr(13) + chr(10))} ", timedelta(days=1))
    assert stands() == ("", NEW, NOW)  # The same again, as a browser sends it, waits since then.

    for _n in range(2):
        agree(ines, sam, NEW.replace("\n", "\r\n"))

    assert stands() == (NEW, "", None)
    assert trail("bio_agreed").get().subject_id == str(ines.pk)
    assert "Linen" not in str(AuditEntry.objects.values_list("data", "reason"))


def test_a_declined_text_is_kept_for_who_typed_it(ines, sam):
    for _n in range(2):
        decline(ines, sam)

    assert stands() == ("", NEW, None)
    assert Influencer.objects.get().bio_was_declined
    assert trail("bio_declined").count() == 1
    assert not bios.waiting().exists()
    with pytest.raises(BioRefused):
        agree(ines, sam)

    type_in(ines, NEW)
    assert bios.waiting().exists()


@pytest.mark.parametrize("typed", ["", "Sea."])
def test_no_text_and_the_old_one_take_back_what_waits(ines, sam, typed):
    Influencer.objects.update(bio="Sea.")

    type_in(ines, typed)

    assert stands() == (typed, "", None)
    with pytest.raises(BioRefused):
        agree(ines, sam)


def test_nobody_agrees_to_another_text_than_they_read(ines, sam):
    type_in(ines, "Call this number.")

    for act in (agree, decline):
        with pytest.raises(BioRefused):
            act(ines, sam)

    assert stands()[:2] == ("", "Call this number.")


def test_who_acts_for_the_account_decides_nothing(ines):
    for act in (agree, decline):
        with pytest.raises(BioRefused):
            act(ines, person_of(ines))

    assert stands()[:2] == ("", NEW)


@pytest.mark.parametrize(
    ("status", "waits"), [(AffiliateStatus.SUSPENDED, 1), (AffiliateStatus.CLOSED, 0)]
)
def test_what_waits_of_a_stopped_account_is_declined_and_not_agreed_to(ines, sam, status, waits):
    type(ines).objects.filter(pk=ines.pk).update(status=status)
    assert bios.waiting().count() == waits

    with pytest.raises(BioRefused):
        agree(ines, sam)
    decline(ines, sam)

    assert stands() == ("", NEW, None)


def test_nothing_waits_where_nobody_has_a_profile(sam):
    with pytest.raises(BioRefused):
        agree(make_creator(), sam)
