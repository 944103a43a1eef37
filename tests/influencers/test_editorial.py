"""The brand's accounts show only what the licence allows on the day; the export says it all."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.utils import translation

from influencers.models import EditorialEntry, LookStatus
from influencers.queries.editorial import calendar, published, reposts
from influencers.services import editorial, licences
from influencers.services.editorial import EntryRefused, NotToBeReposted
from portal import editorial_kit
from tests.builders import NOW, make_user
from tests.influencers.creator_world import make_creator
from tests.influencers.look_surface_world import TERMS, make_look, make_picture

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
SOCIAL = replace(TERMS, scopes=("site", "social"), ends_on=date(2026, 6, 30))


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sam():
    return make_user(roles=["manager"])


def make_allowed(**facts):
    ines = make_creator(name="Ines Moreau")
    return make_look(affiliate=ines, picture=make_picture(ines, terms=SOCIAL), **facts)


def plan(look, sam, *, day=TODAY, account="@maison"):
    return editorial.plan(
        account=account, day=day, look_id=look.pk, caption="Linen.", by_id=sam.pk, now=NOW
    )


def allowed(on):
    return [one.look for one in reposts(list(published()), on)]


def test_ed1_a_look_may_be_shown_while_all_its_photos_may():
    look = make_allowed()
    make_look()  # For our pages alone.

    assert allowed(TODAY) == [look]
    assert allowed(date(2026, 6, 30)) == [look]
    assert allowed(date(2026, 7, 1)) == []


def test_ed1_one_photo_without_the_right_keeps_the_look_back():
    look = make_allowed()
    version = look.live
    other = make_picture(look.affiliate)
    version.images.create(picture=other, position=1, alt="The back.")

    assert allowed(TODAY) == []
    licences.grant([other.pk], SOCIAL, by_id=None, now=NOW)
    assert allowed(TODAY) == [look]


def test_ed2_a_day_of_the_calendar_needs_the_licence_of_that_day(sam):
    look = make_allowed()
    entry = plan(look, sam, day=date(2026, 6, 30))
    assert plan(look, sam, day=date(2026, 6, 30)) == entry

    with pytest.raises(NotToBeReposted):
        plan(look, sam, day=date(2026, 7, 1))
    with pytest.raises(NotToBeReposted):
        plan(make_allowed(status=LookStatus.PAUSED), sam)
    with pytest.raises(EntryRefused):
        plan(look, sam, day=TODAY - timedelta(days=1))
    with pytest.raises(EntryRefused):
        plan(look, sam, account=" ")
    assert EditorialEntry.objects.count() == 1


def test_ed3_a_revoked_licence_shows_in_the_calendar_and_stops_the_publication(sam):
    look = make_allowed()
    entry = plan(look, sam)
    licence = look.live.images.get().picture.licences.get()
    assert [one.is_licensed for one in calendar(TODAY, TODAY)] == [True]

    licences.revoke(licence.pk, by_id=None, reason="Not any more.", now=NOW)

    assert [one.is_licensed for one in calendar(TODAY, TODAY)] == [False]
    with pytest.raises(NotToBeReposted):
        editorial.put_out(entry.pk, url="https://x.example/p", by_id=sam.pk, now=NOW)


def test_ed4_what_is_out_is_not_dropped(sam):
    first, second = plan(make_allowed(), sam), plan(make_allowed(), sam)
    with pytest.raises(EntryRefused):
        editorial.put_out(first.pk, url=" ", by_id=sam.pk, now=NOW)
    editorial.put_out(first.pk, url="https://x.example/p", by_id=sam.pk, now=NOW)
    editorial.put_out(first.pk, url="https://x.example/p", by_id=sam.pk, now=NOW)
    with pytest.raises(EntryRefused):
        editorial.drop(first.pk, by_id=sam.pk, now=NOW)
    editorial.drop(second.pk, by_id=sam.pk, now=NOW)
    editorial.drop(second.pk, by_id=sam.pk, now=NOW)

    assert [one.entry for one in calendar(TODAY, TODAY)] == [first]
    with pytest.raises(EntryRefused):
        editorial.put_out(second.pk, url="https://x.example/q", by_id=sam.pk, now=NOW)


def test_ed5_the_export_has_photos_caption_link_and_credit():
    look = make_allowed(title="Sunday", slug="sunday")
    found = reposts([look], TODAY)

    with translation.override("en"), ZipFile(BytesIO(editorial_kit.archive(found))) as kit:
        assert kit.namelist() == ["looks.csv", "sunday/caption.txt", "sunday/1.jpg"]
        assert kit.read("sunday/1.jpg")[:3] == b"\xff\xd8\xff"
        said = kit.read("sunday/caption.txt").decode()
        listed = kit.read("looks.csv").decode("utf-8-sig")

    assert "Commercial collaboration" in said
    assert "Photo: Ines M." in said
    assert f"/c/{look.link.code}?surface=look:{look.pk}:offsite" in said
    assert "Ines Moreau" in listed
    assert editorial_kit.archive(found) == editorial_kit.archive(found)


def test_ed5_a_look_is_gone_from_the_list_when_its_creator_withdraws_it():
    look = make_allowed()
    look.move_to(LookStatus.WITHDRAWN, at=NOW)
    look.save()

    assert allowed(TODAY) == []
