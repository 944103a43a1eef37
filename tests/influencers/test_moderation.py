"""Decisions on looks (rules MD1 to MD6 of docs/rules/look-moderation.md)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from influencers.domain.moderation import Check, Facts, Lack, lacks
from influencers.models import Look, LookAct, LookComment, LookEvent, LookStatus, VersionStatus
from influencers.services import moderation
from influencers.services.look_states import ReasonMissing, ScheduleRefused
from influencers.services.moderation import ChecklistOpen, NotReady, Remark, RemarkMissing
from tests.builders import NOW, make_shop
from tests.influencers.moderation_world import (
    approve,
    make_creator,
    make_invite,
    make_manager,
    published,
    send,
    send_again,
    submitted,
    terms,
)

READY = {
    "is_own": False, "is_customers": False, "has_disclosure": True, "photos": 1,
    "without_alt": 0, "products": 2, "unlicensed": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ()),
        ({"is_own": True}, (Lack.OWN,)),
        ({"photos": 0}, (Lack.PHOTOS,)),
        ({"without_alt": 1}, (Lack.ALT,)),
        ({"products": 0}, (Lack.PRODUCTS,)),
        ({"has_disclosure": False}, (Lack.DISCLOSURE,)),
        ({"has_disclosure": False, "is_customers": True}, ()),
        ({"unlicensed": 1, "without_alt": 1}, (Lack.ALT, Lack.LICENCE)),
    ],
)
def test_what_forbids_to_approve(changes, found):
    """MD2."""
    assert lacks(Facts(**{**READY, **changes})) == found


def acts(look):
    return list(LookEvent.objects.filter(look=look).values_list("act", flat=True))


def mails(about):
    return Delivery.objects.filter(key__contains=about)


@pytest.mark.django_db
def test_a_look_is_approved_and_seen_at_once():
    """MD1, MD3."""
    creator, _person = make_creator()
    version = submitted((creator, _person))
    sam = make_manager()

    approve(version, manager=sam)

    look = Look.objects.get()
    assert (version.status, version.decided_by, version.decided_at) == ("approved", sam, NOW)
    assert (look.status, look.live, look.published_at) == ("published", version, NOW)
    assert look.link.affiliate == creator
    assert look.link.destination_url == "https://shop.example/"
    assert acts(look)[-2:] == [LookAct.APPROVED, LookAct.PUBLISHED]
    entry = AuditEntry.objects.get(verb="look.approved")
    assert set(entry.data["checks"]) == set(Check)
    assert mails(f"look-version:{version.pk}:approved").count() == 1


@pytest.mark.django_db
def test_the_link_of_a_look_leads_to_its_page_where_the_shop_sends_us_looks():
    make_shop(link_origin="https://shop.example")
    version = approve(submitted())

    assert version.look.link.destination_url == f"https://shop.example/looks/{version.look.slug}/"


@pytest.mark.django_db
def test_approving_twice_is_approving_once():
    version = approve(submitted())
    before = acts(version.look)

    approve(version)

    assert acts(version.look) == before
    assert mails(f"look-version:{version.pk}:approved").count() == 1


@pytest.mark.django_db
def test_two_looks_of_one_creator_have_links_of_their_own():
    creator = make_creator()

    first, second = approve(submitted(creator)).look, approve(submitted(creator)).look

    assert first.link_id != second.link_id


@pytest.mark.django_db
def test_a_look_appears_at_its_time():
    version = submitted()
    later, end = NOW + timedelta(days=3), NOW + timedelta(days=30)

    approve(version, publish_at=later, expires_at=end)

    look = Look.objects.get()
    assert (look.status, look.publish_at, look.expires_at) == ("scheduled", later, end)
    assert look.published_at is None
    assert acts(look)[-1] == LookAct.SCHEDULED


@pytest.mark.django_db
@pytest.mark.parametrize("until", [NOW, NOW + timedelta(days=2)])
def test_a_look_does_not_end_before_it_begins(until):
    version = submitted()

    with pytest.raises(ScheduleRefused):
        approve(version, publish_at=NOW + timedelta(days=3), expires_at=until)

    version.refresh_from_db()
    assert version.status == VersionStatus.SUBMITTED
    assert version.look.link is None


@pytest.mark.django_db
def test_nobody_approves_for_the_creator_they_act_for():
    """MD2."""
    creator, person = make_creator()
    version = submitted((creator, person))

    with pytest.raises(NotReady):
        approve(version, manager=person)

    version.refresh_from_db()
    assert version.status == VersionStatus.SUBMITTED


@pytest.mark.django_db
def test_a_photo_needs_rights_for_both_places_on_the_day_it_appears():
    """MD2."""
    site_only = submitted(licence=terms(scopes=("site",)))
    ends_early = submitted(licence=terms(ends_on=NOW.date() + timedelta(days=2)))

    with pytest.raises(NotReady):
        approve(site_only)
    with pytest.raises(NotReady):
        approve(ends_early, publish_at=NOW + timedelta(days=3))

    assert approve(ends_early).look.status == LookStatus.PUBLISHED


@pytest.mark.django_db
def test_every_point_of_the_list_is_looked_at():
    """MD4."""
    version = submitted()

    with pytest.raises(ChecklistOpen):
        approve(version, checks=list(Check)[1:])

    version.refresh_from_db()
    assert version.status == VersionStatus.SUBMITTED


@pytest.mark.django_db
def test_the_published_version_stays_until_the_next_is_approved():
    """MD5."""
    creator, person = make_creator()
    look = published((creator, person))
    first, link = look.live, look.link

    second = send_again(look, person, now=NOW, title="Linen in July")
    look.refresh_from_db()
    assert (look.status, look.live) == (LookStatus.PUBLISHED, first)

    with pytest.raises(ScheduleRefused):
        approve(second, publish_at=NOW + timedelta(days=1))
    approve(second)

    look.refresh_from_db()
    assert (look.status, look.live, look.link) == (LookStatus.PUBLISHED, second, link)
    assert acts(look).count(LookAct.PUBLISHED) == 1


@pytest.mark.django_db
def test_changes_are_asked_for_with_every_remark_that_is_open():
    """MD6."""
    version, sam = submitted(), make_manager()
    image = version.images.get()
    slot = version.slots.first()
    moderation.comment(
        version.pk,
        Remark(text="This is the grey one.", image_id=image.pk, slot_key=slot.key,
               x=Decimal("0.3"), y=Decimal("0.2")),
        asks_for_change=True, by_id=sam.pk, now=NOW,
    )  # fmt: skip

    moderation.ask_changes(
        version.pk, [Remark(text="A shorter title.", place="title")], by_id=sam.pk, now=NOW
    )

    version.refresh_from_db()
    assert version.status == VersionStatus.CHANGES
    assert version.look.status == LookStatus.DRAFT
    assert LookComment.objects.filter(version=version, asks_for_change=True).count() == 2
    body = mails(f"look-version:{version.pk}:changes").get().body
    assert "- This is the grey one.\n- A shorter title." in body
    assert "2 things" in body


@pytest.mark.django_db
def test_changes_are_not_asked_for_without_saying_which():
    version = submitted()

    with pytest.raises(RemarkMissing):
        moderation.ask_changes(version.pk, [], by_id=make_manager().pk, now=NOW)

    version.refresh_from_db()
    assert version.status == VersionStatus.SUBMITTED


@pytest.mark.django_db
def test_a_remark_that_is_done_is_not_sent_and_the_rest_is_done_on_approval():
    version, sam = submitted(), make_manager()
    done, left = (
        moderation.comment(
            version.pk, Remark(text=text), asks_for_change=True, by_id=sam.pk, now=NOW
        )
        for text in ("The first.", "The second.")
    )
    moderation.resolve(done.pk, by_id=sam.pk, now=NOW)

    approve(version, now=NOW + timedelta(hours=1))

    done.refresh_from_db()
    left.refresh_from_db()
    assert done.resolved_at == NOW
    assert left.resolved_at == NOW + timedelta(hours=1)


@pytest.mark.django_db
def test_the_same_remark_twice_is_one():
    version, sam = submitted(), make_manager()

    for _time in range(2):
        moderation.comment(
            version.pk, Remark(text="Too dark."), asks_for_change=True, by_id=sam.pk, now=NOW
        )

    assert LookComment.objects.count() == 1


@pytest.mark.django_db
def test_a_version_is_refused_with_a_reason_and_the_published_one_stays():
    """MD6."""
    creator, person = make_creator()
    look = published((creator, person))
    version = send_again(look, person, now=NOW)
    sam = make_manager()

    moderation.refuse(version.pk, "brands", "The logo on the bag.", by_id=sam.pk, now=NOW)

    version.refresh_from_db()
    look.refresh_from_db()
    assert (version.status, version.reason) == ("refused", "The logo on the bag.")
    assert look.status == LookStatus.PUBLISHED
    event = LookEvent.objects.get(act=LookAct.REFUSED)
    assert (event.code, event.note, event.version) == ("brands", "The logo on the bag.", version)
    body = mails(f"look-version:{version.pk}:refused").get().body
    assert "Another brand" in body
    assert "six months" in body
    assert "stays as it is" in body


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "note"), [("other", " "), ("because", "It is so."), ("", "")])
def test_a_version_is_not_refused_without_a_reason(code, note):
    version = submitted()

    with pytest.raises(ReasonMissing):
        moderation.refuse(version.pk, code, note, by_id=make_manager().pk, now=NOW)

    version.refresh_from_db()
    assert version.status == VersionStatus.SUBMITTED


@pytest.mark.django_db
@pytest.mark.parametrize("status", [s for s in VersionStatus if s not in ("submitted", "approved")])
def test_only_what_is_in_review_is_approved(status):
    version = submitted()
    type(version).objects.filter(pk=version.pk).update(status=status)

    with pytest.raises(InvalidTransition):
        approve(version)

    version.refresh_from_db()
    assert version.status == status


@pytest.mark.django_db
def test_a_customer_is_not_asked_for_changes():
    _invite, key = make_invite()
    photo = send(key)
    version = photo.look.versions.get()

    with pytest.raises(NotReady):
        moderation.ask_changes(
            version.pk, [Remark(text="Sharper, please.")], by_id=make_manager().pk, now=NOW
        )
