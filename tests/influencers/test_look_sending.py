"""Looks on their way to review and back, and withdrawn."""

from datetime import timedelta

import pytest

from core.errors import InvalidTransition
from core.models import AuditEntry
from influencers.models import ImageLicence, Look, LookStatus, LookVersion
from influencers.queries.looks import content_of, loaded
from influencers.services import look_saving, look_sending, looks
from influencers.services.licences import LicenceRefused
from influencers.services.look_saving import NotEditable, NotTheirLook
from influencers.services.look_sending import NotInReview, NotReady
from tests.builders import NOW, make_product, make_shop, make_user
from tests.influencers.moderation_world import (
    approve,
    content_with,
    make_creator,
    make_picture,
    published,
    submitted,
    terms,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def ines():
    return make_creator()


def drafted(ines, **overrides):
    affiliate, person = ines
    look = looks.create(affiliate_id=affiliate.pk, shop_id=make_shop().pk, by_id=person.pk, now=NOW)
    version = look.versions.get()
    content = content_with(make_picture(affiliate), [make_product(), make_product()], **overrides)
    return look_saving.save(version.pk, content, saves=0, by_id=person.pk, now=NOW)


def test_sending_grants_the_rights_and_names_the_look(ines):
    """LE15"""
    version = drafted(ines)

    sent = look_sending.submit(version.pk, terms(), by_id=ines[1].pk, now=LATER)

    licence = ImageLicence.objects.get()
    assert (sent.status, sent.submitted_at) == ("submitted", LATER)
    assert licence.picture_id == version.images.get().picture_id
    assert licence.granted_by == ines[1]
    assert Look.objects.get().slug.startswith("linen-in-june-")


def test_sending_twice_is_sending_once(ines):
    """LE15"""
    version = drafted(ines)
    for now in (NOW, LATER):
        look_sending.submit(version.pk, terms(), by_id=ines[1].pk, now=now)

    assert ImageLicence.objects.count() == 1
    assert LookVersion.objects.get().submitted_at == NOW
    assert version.look.events.filter(act="submitted").count() == 1


def test_what_is_missing_blocks_and_nothing_is_granted(ines):
    """LE2"""
    version = drafted(ines, title="", disclosure="")

    with pytest.raises(NotReady) as refusal:
        look_sending.submit(version.pk, terms(), by_id=ines[1].pk, now=NOW)

    assert {problem.code for problem in refusal.value.problems} == {"no_title", "no_disclosure"}
    assert not ImageLicence.objects.exists()
    assert LookVersion.objects.get().status == "draft"


def test_rights_that_cannot_be_granted_leave_the_draft(ines):
    """LE15"""
    version = drafted(ines)

    with pytest.raises(LicenceRefused):
        look_sending.submit(
            version.pk, terms(has_minors=True, guardian=""), by_id=ines[1].pk, now=NOW
        )

    assert LookVersion.objects.get().status == "draft"


@pytest.mark.parametrize("act", [look_sending.take_back, look_sending.discard])
def test_nobody_else_acts(ines, act):
    """LE10"""
    version = drafted(ines)

    with pytest.raises(NotTheirLook):
        act(version.pk, by_id=make_user().pk, now=NOW)
    with pytest.raises(NotTheirLook):
        look_sending.submit(version.pk, terms(), by_id=make_user().pk, now=NOW)
    with pytest.raises(NotTheirLook):
        look_sending.withdraw(version.look_id, reason="x", by_id=make_user().pk, now=NOW)


def test_it_is_taken_back_until_it_is_decided(ines):
    """LE16"""
    version = submitted(ines)

    assert look_sending.take_back(version.pk, by_id=ines[1].pk, now=LATER).status == "draft"
    assert look_sending.take_back(version.pk, by_id=ines[1].pk, now=LATER).status == "draft"

    decided = approve(submitted(ines))
    with pytest.raises(NotInReview):
        look_sending.take_back(decided.pk, by_id=ines[1].pk, now=LATER)
    with pytest.raises(NotEditable):
        look_sending.submit(decided.pk, terms(), by_id=ines[1].pk, now=LATER)


def test_a_published_look_keeps_its_address_when_its_next_version_is_sent(ines):
    """LE15"""
    look = published(ines)
    version = looks.next_version(look.pk, by_id=ines[1].pk, now=LATER)

    look_sending.submit(version.pk, terms(), by_id=ines[1].pk, now=LATER)

    assert Look.objects.get().slug == look.slug


def test_throwing_a_change_away_leaves_what_is_published(ines):
    """LE17"""
    look = published(ines)
    version = looks.next_version(look.pk, by_id=ines[1].pk, now=LATER)

    look_sending.discard(version.pk, by_id=ines[1].pk, now=LATER)
    look_sending.discard(version.pk, by_id=ines[1].pk, now=LATER)

    look.refresh_from_db()
    assert (look.status, look.archived_at) == (LookStatus.PUBLISHED, None)
    again = looks.next_version(look.pk, by_id=ines[1].pk, now=LATER)
    assert content_of(loaded(again.pk)) == content_of(loaded(look.live_id))


def test_what_is_in_review_is_taken_back_before_it_is_thrown_away(ines):
    """LE17"""
    version = submitted(ines)

    with pytest.raises(NotEditable):
        look_sending.discard(version.pk, by_id=ines[1].pk, now=LATER)


def test_withdrawing_takes_everything_away_for_good(ines):
    """LE18"""
    look = published(ines)
    following = looks.next_version(look.pk, by_id=ines[1].pk, now=NOW)
    look_sending.submit(following.pk, terms(), by_id=ines[1].pk, now=NOW)

    for _time in range(2):
        look_sending.withdraw(look.pk, reason="I moved on", by_id=ines[1].pk, now=LATER)

    look.refresh_from_db()
    following.refresh_from_db()
    assert (look.status, look.status_reason) == ("withdrawn", "I moved on")
    assert following.status == "discarded"
    assert look.events.filter(act="withdrawn").count() == 1
    assert AuditEntry.objects.filter(verb="look.withdrawn").count() == 1


def test_a_look_that_the_programme_removed_is_not_withdrawn(ines):
    """LE18"""
    look = published(ines)
    Look.objects.filter(pk=look.pk).update(status=LookStatus.REMOVED)

    with pytest.raises(InvalidTransition):
        look_sending.withdraw(look.pk, reason="x", by_id=ines[1].pk, now=LATER)
