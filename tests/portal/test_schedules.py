"""Reports by mail: at an hour of the reader's own clock, each run once, until somebody ends it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from core import saved_views, schedules
from core.models import Delivery, Export, Schedule
from core.schedules import first_day, moment_of
from portal.exports import writing
from portal.exports.letters import stop_token
from tests.builders import NOW
from tests.people import make_ada, make_sam, person_of
from tests.portal.test_saved_view_pages import saved

PARIS = ZoneInfo("Europe/Paris")


@given(
    day=st.integers(1, 28),
    after=st.dates(date(2023, 1, 1), date(2033, 1, 1)),
    every=st.sampled_from(["week", "month"]),
)
def test_the_next_day_is_the_first_that_fits(day, after, every):
    day = (day - 1) % 7 + 1 if every == "week" else day
    found = first_day(every, day, after)

    assert after <= found <= after + timedelta(days=30)
    assert (found.isoweekday() if every == "week" else found.day) == day
    between = [after + timedelta(days=n) for n in range((found - after).days)]
    assert all((one.isoweekday() if every == "week" else one.day) != day for one in between)


@pytest.mark.parametrize(
    ("day", "hour", "zone", "at"),
    [  # Rule by rule: winter, summer, the hour that is left out, the hour that is there twice.
        (date(2026, 1, 5), 8, "Europe/Paris", "2026-01-05T07:00"),
        (date(2026, 6, 1), 8, "Europe/Paris", "2026-06-01T06:00"),
        (date(2026, 3, 29), 2, "Europe/Paris", "2026-03-29T01:00"),
        (date(2026, 10, 25), 2, "Europe/Paris", "2026-10-25T00:00"),
        (date(2026, 6, 1), 0, "America/Martinique", "2026-06-01T04:00"),
        (date(2028, 2, 28), 23, "Pacific/Noumea", "2028-02-28T12:00"),
    ],
)
def test_an_hour_is_one_of_the_readers_clock(day, hour, zone, at):
    assert moment_of(day, hour, ZoneInfo(zone)) == datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.django_db
class TestSending:
    @pytest.fixture(autouse=True)
    def _here(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path

    @pytest.fixture
    def ada(self):
        return person_of(make_ada())

    def begun(self, person, *, now=NOW, every="week", day=2, hour=8, **overrides):
        view = saved(person, **overrides)
        return schedules.begin(view=view, person=person, every=every, day=day, hour=hour,
                               form="csv", now=now)  # fmt: skip

    def run(self, at):
        begun = writing.begin_due(clock=lambda: at)
        while writing.write_next(clock=lambda: at):
            pass
        return begun

    def test_from_the_form_to_the_file(self, browse, ada):
        view = saved(ada)
        with time_machine.travel(NOW, tick=False):
            browser = browse(ada)
            posted = {"rhythm": "week-2", "hour": "8", "form": "xlsx"}
            assert browser.post(f"/portal/views/{view.pk}/send/", posted).status_code == 302
            page = browser.get(f"/portal/views/{view.pk}/").content.decode()
        schedule = Schedule.objects.get()
        assert schedule.next_at == datetime(2026, 6, 16, 6, tzinfo=UTC)  # A Tuesday.
        assert "The next one leaves at" in page

        assert self.run(schedule.next_at - timedelta(seconds=1)) == 0
        assert self.run(schedule.next_at) == 1
        assert self.run(schedule.next_at) == 0
        export = Export.objects.get()
        assert (export.owner, export.form, export.status) == (ada, "xlsx", "done")
        mail = Delivery.objects.get(subject__startswith="Ready")
        assert "no longer" in mail.body
        schedule.refresh_from_db()
        assert schedule.next_at == datetime(2026, 6, 23, 6, tzinfo=UTC)

    def test_a_form_that_is_wrong_says_so(self, browse, ada):
        view = saved(ada)
        posted = {"rhythm": "week-9", "hour": "25", "form": "doc"}

        assert browse(ada).post(f"/portal/views/{view.pk}/send/", posted).status_code == 422
        assert not Schedule.objects.exists()
        sales = saved(ada, page="sales")
        good = {"rhythm": "week-1", "hour": "8", "form": "csv"}
        assert browse(ada).post(f"/portal/views/{sales.pk}/send/", good).status_code == 404

    def test_each_run_is_once_also_when_its_worker_dies(self, ada):
        schedule = self.begun(ada)
        at = schedule.next_at
        self.run(at)
        # As if the export had been asked for and the rest of the transaction of old were lost.
        Schedule.objects.update(next_at=at, next_on=schedule.next_on)

        self.run(at)

        assert Export.objects.count() == 1
        assert Delivery.objects.filter(subject__startswith="Ready").count() == 1

    def test_runs_that_were_missed_are_not_made_up(self, ada):
        schedule = self.begun(ada)

        assert self.run(schedule.next_at + timedelta(days=17)) == 1

        schedule.refresh_from_db()
        assert Export.objects.count() == 1
        assert schedule.next_at == datetime(2026, 7, 7, 6, tzinfo=UTC)

    def test_over_the_change_of_the_clocks_it_stays_at_its_hour(self, ada):
        at = datetime(2026, 10, 19, 12, tzinfo=UTC)
        schedule = self.begun(ada, now=at, day=7, hour=2)
        hours = []
        for _week in range(3):
            hours.append(schedule.next_at.astimezone(PARIS).strftime("%d %H"))
            self.run(schedule.next_at)
            schedule.refresh_from_db()

        assert hours == ["25 02", "01 02", "08 02"]
        assert Export.objects.count() == 3

    def test_who_lost_access_gets_a_last_word_and_no_file(self, ada):
        schedule = self.begun(ada)
        ada.memberships.all().delete()

        assert self.run(schedule.next_at) == 0

        schedule.refresh_from_db()
        assert schedule.stopped_because == "no_access"
        assert not Export.objects.exists()
        assert Delivery.objects.filter(subject__startswith="No longer sent").count() == 1
        assert self.run(schedule.next_at) == 0

    def test_staff_who_left_get_nothing(self):
        sam = make_sam()
        schedule = schedules.begin(
            view=saved_by_staff(sam), person=sam, every="month", day=28, hour=0, form="csv", now=NOW
        )
        sam.groups.clear()

        self.run(schedule.next_at)

        assert not Export.objects.exists()

    def test_a_view_that_is_removed_ends_it(self, ada):
        schedule = self.begun(ada)
        schedule.view.removed_at = NOW
        schedule.view.save()

        assert self.run(schedule.next_at) == 0
        schedule.refresh_from_db()
        assert schedule.stopped_because == "removed"

    def test_one_click_from_the_mail_ends_it_and_a_look_does_not(self, client, ada):
        schedule = self.begun(ada)
        where = f"/schedules/{stop_token(schedule.pk)}/stop/"

        assert client.get(where).status_code == 200
        schedule.refresh_from_db()
        assert schedule.stopped_at is None
        assert client.post(where).status_code == 200
        schedule.refresh_from_db()
        assert schedule.stopped_because == "person"
        assert client.post(where).status_code == 200
        assert client.post("/schedules/forged/stop/").status_code == 404
        assert self.run(schedule.next_at) == 0

    def test_it_can_be_ended_on_its_page_and_begun_again(self, browse, ada):
        schedule = self.begun(ada)
        browser = browse(ada)

        browser.post(f"/portal/views/{schedule.view_id}/stop/")
        again = self.begun(ada, hour=9)
        same = self.begun(ada, hour=10)

        assert again.pk != schedule.pk
        assert same.pk == again.pk
        assert Schedule.objects.filter(stopped_at=None).get().hour == 10

    def test_an_unknown_time_zone_is_that_of_paris(self, ada):
        ada.time_zone = "Nowhere/Town"
        ada.save()

        assert self.begun(ada).next_at == datetime(2026, 6, 16, 6, tzinfo=UTC)


def saved_by_staff(person):
    return saved_views.save(owner_id=person.pk, scope="staff", page="report", name="All",
                            query="by=affiliate", is_shared=False, now=NOW)  # fmt: skip
