"""Announcements: whom they are for, that they go out once, and who read them (AN1 to AN5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from affiliates.models import Announcement, AnnouncementReader, Membership
from affiliates.services import announcements
from affiliates.services.announcements import AnnouncementRefused
from core.errors import InvalidTransition
from core.models import Delivery, Notification, User
from tests.affiliates.message_world import NOW, make_announcement
from tests.builders import make_affiliate, make_user
from tests.people import make_ada, make_ines, make_mallory, make_sam, person_of

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def go_out(found, *, at=NOW):
    announcements.schedule(announcement_id=found.pk, at=at, now=NOW)
    return announcements.send_due(now=at)


def audience_of(**given):
    return set(announcements.audience(make_announcement(**given), now=NOW))


def test_it_goes_out_once_at_its_moment_to_who_is_there_then():
    ada = person_of(make_ada())
    found = make_announcement(as_letter=True)
    announcements.schedule(announcement_id=found.pk, at=NOW + HOUR, now=NOW)
    assert announcements.send_due(now=NOW) == 0
    ines = person_of(make_ines())

    assert announcements.send_due(now=NOW + HOUR) == 1
    assert announcements.send_due(now=NOW + HOUR) == 0

    mallory = person_of(make_mallory())
    assert {one.person for one in found.readers.all()} == {ada, ines}
    assert {one.person for one in Delivery.objects.all()} == {ada, ines}
    assert announcements.banner_for(ada, now=NOW + HOUR) == found
    assert announcements.banner_for(mallory, now=NOW + HOUR) is None


def test_each_reads_it_in_their_language_by_their_name():
    ada = person_of(make_ada())
    ada.language, ada.name = "en", "Ada Blanchet"
    ada.save()
    go_out(make_announcement(as_letter=True))

    mail = Delivery.objects.get()
    assert mail.subject == "Sales"
    assert "Hello Ada, the sales begin." in mail.body
    assert Notification.objects.get().path.startswith("/portal/announcements/")


def test_as_a_banner_alone_it_is_no_letter():
    make_ada()
    go_out(make_announcement())
    assert not Delivery.objects.exists()


def test_the_segment_is_what_was_chosen():
    ada, ines = make_ada(), make_ines()
    closed = make_affiliate()
    type(closed).objects.filter(pk=closed.pk).update(status="closed")
    people = {person_of(ada), person_of(ines)}
    gone = person_of(make_mallory())
    gone.is_active = False
    gone.save()

    assert audience_of() == people
    assert audience_of(kinds=["influencer"]) == {person_of(ines)}
    assert audience_of(group_id=ada.group_id) == {
        person_of(one) for one in (ada, ines) if one.group_id == ada.group_id
    }
    assert audience_of(statuses=["suspended"]) == set()
    User.objects.update(language="fr")
    person = person_of(ada)
    person.language, person.last_login = "en", NOW - timedelta(days=3)
    person.save()
    assert audience_of(language="en", title_fr="", text_fr="") == {person}
    assert audience_of(activity="active") == {person}
    assert audience_of(activity="quiet") == people - {person}


def test_who_acts_for_two_affiliates_reads_it_once():
    ada, mallory = make_ada(), make_mallory()
    Membership.objects.create(affiliate=mallory, user=person_of(ada))
    found = make_announcement(as_letter=True)
    go_out(found)
    assert found.readers.count() == 2
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(
    "given",
    [
        {"title_en": ""},
        {"text_fr": "  "},
        {"language": "en", "text_en": ""},
        {"as_banner": False},
    ],
)
def test_what_lacks_words_or_a_place_is_refused(given):
    with pytest.raises(AnnouncementRefused):
        make_announcement(**given)
    assert not Announcement.objects.exists()


def test_for_nobody_or_over_before_it_begins_is_refused():
    found = make_announcement()
    with pytest.raises(AnnouncementRefused, match="Nobody"):
        announcements.schedule(announcement_id=found.pk, at=NOW, now=NOW)
    make_ada()
    over = make_announcement(ends_at=NOW + HOUR)
    with pytest.raises(AnnouncementRefused, match="end before"):
        announcements.schedule(announcement_id=over.pk, at=NOW + 2 * HOUR, now=NOW)


def test_what_is_scheduled_is_called_back_and_what_was_sent_is_not():
    make_ada()
    found = make_announcement()
    announcements.schedule(announcement_id=found.pk, at=NOW + HOUR, now=NOW)
    with pytest.raises(AnnouncementRefused):
        make_announcement(announcement_id=found.pk, title_fr="Autre")
    for _again in range(2):
        announcements.call_back(announcement_id=found.pk, now=NOW)
    assert announcements.send_due(now=NOW + 2 * HOUR) == 0
    make_announcement(announcement_id=found.pk, title_fr="Autre")
    go_out(found)

    for act in (announcements.call_back, announcements.schedule):
        extra = {"at": NOW} if act is announcements.schedule else {}
        with pytest.raises(InvalidTransition):
            act(announcement_id=found.pk, now=NOW, **extra)


def test_the_banner_goes_when_it_is_put_away_or_over_and_reading_is_counted_once():
    ada, ines = person_of(make_ada()), person_of(make_ines())
    found = make_announcement(ends_at=NOW + 2 * HOUR)
    go_out(found)

    for moment in (NOW, NOW + HOUR):
        announcements.read(announcement_id=found.pk, person_id=ada.pk, now=moment)
        announcements.dismiss(announcement_id=found.pk, person_id=ada.pk, now=moment)

    row = AnnouncementReader.objects.get(person=ada)
    assert (row.read_at, row.dismissed_at) == (NOW, NOW)
    assert announcements.banner_for(ada, now=NOW) is None
    assert announcements.banner_for(ines, now=NOW + HOUR) == found
    assert announcements.banner_for(ines, now=NOW + 2 * HOUR) is None


def test_ended_it_is_nowhere_any_more():
    ada = person_of(make_ada())
    found = make_announcement()
    with pytest.raises(InvalidTransition):
        announcements.end(announcement_id=found.pk, now=NOW)
    go_out(found)
    for _again in range(2):
        announcements.end(announcement_id=found.pk, now=NOW)
    assert announcements.banner_for(ada, now=NOW) is None


def test_a_test_goes_to_its_writer_alone_and_makes_no_readers():
    sam = make_sam()
    make_ada()
    announcements.try_out(announcement_id=make_announcement().pk, person=sam, now=NOW)
    assert Delivery.objects.get().person == sam
    assert not AnnouncementReader.objects.exists()


def test_words_are_kept_in_both_languages_under_a_name():
    content = announcements.Content(title_fr="a", title_en="b", text_fr="c", text_en="d")
    kept = announcements.keep_text(name="Sales", content=content, actor_id=make_user().pk, now=NOW)
    assert (kept.name, kept.text_en) == ("Sales", "d")
    half = announcements.Content(title_fr="a", title_en="", text_fr="c", text_en="")
    for name, one in ((" ", content), ("Half", half)):
        with pytest.raises(AnnouncementRefused):
            announcements.keep_text(name=name, content=one, actor_id=kept.created_by_id, now=NOW)
