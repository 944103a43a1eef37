"""Salts, months, visitors: what is forgotten, when, and that nothing of it can be found again."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from tests.builders import NOW, make_group, make_link
from tests.tracking.spool_lines import click, count, step
from tracking.domain.ip_hash import ip_hash
from tracking.domain.references import new_reference, to_uuid
from tracking.models import (
    Click,
    ClickCount,
    ClickDay,
    ClickHour,
    ClickReferrer,
    JourneyEvent,
    Salt,
    SpoolFile,
    SpoolReject,
    SpoolTally,
    Withdrawal,
)
from tracking.services import (
    clicks,
    erasure,
    partitions,
    retention,
    rollups,
    salts,
    shipping,
    spool_checks,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = datetime(2026, 6, 16, 3, 30, tzinfo=UTC)


@pytest.fixture
def ship(tmp_path):
    def ship_lines(*lines, now=NOW):
        (tmp_path / f"here-1-{SpoolFile.objects.count()}.spool").write_bytes(b"".join(lines))
        shipping.ship(tmp_path, host="here", now=now)

    return ship_lines


@pytest.fixture
def agrees(tmp_path):
    """Whatever is forgotten, the proof still holds."""
    yield
    assert spool_checks.run(tmp_path, host="here", now=NIGHT).differences == []


def purge(now=NIGHT, **options):
    return {purged.rule: purged.rows for purged in retention.purge(now=now, **options)}


# --- salts -------------------------------------------------------------------------


def test_today_and_tomorrow_have_a_salt_each():
    assert (salts.rotate(NOW), salts.rotate(NOW)) == (2, 0)
    assert salts.rotate(NOW + DAY) == 1
    values = [bytes(salt.value) for salt in Salt.objects.all()]
    assert (len(set(values)), {len(value) for value in values}) == (3, {16})


def test_a_day_is_one_of_universal_time():
    salts.rotate(datetime(2026, 6, 15, 23, 59, 59, tzinfo=UTC))
    assert Salt.objects.earliest("day").day == date(2026, 6, 15)


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        (datetime(2026, 6, 16, 23, 59, 59, tzinfo=UTC), 2),
        (datetime(2026, 6, 17, 0, 0, tzinfo=UTC), 1),
        (datetime(2026, 6, 18, 0, 0, tzinfo=UTC), 0),
    ],
)
def test_a_salt_is_gone_48_hours_after_its_day_began(moment, left):
    salts.rotate(NOW)
    salts.purge(moment)
    assert Salt.objects.count() == left


def candidates():
    """Every network of 10.0.0.0/16: what a finder would try."""
    return [str(IPv4Address((10 << 24) + (number << 8))) for number in range(256)]


def everything():
    """Every value of every table of the database, as a dump holds it."""
    said = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200")
        for (table,) in cursor.fetchall():
            with cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT CSV)') as copy:
                text = b"".join(copy).decode()
            for row in csv.reader(io.StringIO(text)):
                said |= set(row)
    return said


def keys(said):
    for text in said:
        if text.startswith("\\x"):
            yield bytes.fromhex(text[2:])[:64]
        yield text.encode()[:64]


def found_networks(said):
    """The networks whose hash under any value of the dump is in the dump."""
    return {
        network
        for key in set(keys(said))
        for network in candidates()
        if str(ip_hash.__wrapped__(network, key)) in said
    }


def test_a_dump_after_48_hours_cannot_link_a_visitor_to_an_address(ship, as_superuser):
    salts.rotate(NOW)
    salt = bytes(Salt.objects.get(day=NOW.date()).value)
    networks = candidates()[40:43]
    ship(*(click(ip_hash=ip_hash(network, salt), visitor=new_reference()) for network in networks))
    tables = ("tracking_salt", "tracking_click", "tracking_spoolfile", "tracking_clickhour")

    with as_superuser():
        before = everything()
    assert found_networks(before) >= set(networks)  # Before, whoever has the dump can.

    later = NOW.replace(hour=0) + 2 * DAY
    salts.rotate(later)
    salts.purge(later)
    with as_superuser():
        after = everything()

    assert len(after) > len(tables)
    assert {str(ip_hash(network, salt)) for network in networks} <= after
    assert found_networks(after) == set()


# --- months ------------------------------------------------------------------------


def names():
    return {month.name for month in partitions.months()}


def test_the_next_months_are_there_before_anybody_comes():
    far = datetime(2031, 11, 30, 23, 0, tzinfo=UTC)
    assert partitions.make_ahead(far) == 8
    assert partitions.make_ahead(far) == 0
    for name in ("tracking_click_2031_11", "tracking_journeyevent_2032_02"):
        assert name in names()


def test_a_month_goes_when_its_last_day_is_out_of_time(ship, agrees):
    old, kept = datetime(2025, 4, 30, 12, tzinfo=UTC), datetime(2025, 5, 1, 0, tzinfo=UTC)
    ship(click(at=old), step(at=old), step(at=old), click(at=kept), click())

    gone = partitions.drop_expired(NIGHT, 13)

    assert gone[-1] == "tracking_journeyevent_2025_04"
    assert {"tracking_click_2025_05", "tracking_click_2026_06"} <= names()
    assert not {"tracking_click_2025_04", "tracking_click_2025_01"} & names()
    assert {row.clicked_at for row in Click.objects.all()} == {kept, NOW}
    tally = SpoolTally.objects.get(name="removed")
    assert (tally.clicks, tally.events) == (1, 2)
    assert ClickHour.objects.filter(hour=old).exists()  # The sums stay.
    assert partitions.drop_expired(NIGHT, 13) == []


# --- visitors ----------------------------------------------------------------------


def test_clicks_keep_their_visitor_for_the_window_and_the_hold(ship, agrees):
    make_group(terms={"window_days": 30, "hold_days": 45})
    old, young = NIGHT - 76 * DAY, NIGHT - 74 * DAY
    ship(click(at=old), click(at=young), step(at=old), step(at=young), count(at=old))

    told = purge(dry_run=True)
    assert Click.objects.filter(visitor=None).count() == 0
    assert purge() == told

    assert (told["visitors of clicks"], told["steps of journeys"]) == (1, 1)
    assert [row.clicked_at for row in Click.objects.filter(visitor=None)] == [old]
    assert JourneyEvent.objects.get().at == young
    assert (ClickCount.objects.count(), ClickDay.objects.count()) == (1, 2)
    again = purge()
    assert (again["visitors of clicks"], again["steps of journeys"]) == (0, 0)


def test_no_visitor_is_kept_longer_than_thirteen_months():
    make_group(terms={"window_days": 365, "hold_days": 365})
    assert retention.visitors_kept_since(NIGHT) == datetime(2025, 5, 16, 3, 30, tzinfo=UTC)


def test_counts_rejects_and_finished_files_go_in_their_time(ship, agrees):
    make_group()
    began = NIGHT - 800 * DAY
    ship(count(at=began), count(at=began), count(), b"rubbish\n", now=began + 799 * DAY)
    SpoolFile.objects.update(finished_at=NIGHT - 31 * DAY)
    SpoolReject.objects.update(noticed_at=NIGHT - 91 * DAY)
    told = purge(dry_run=True)
    done = purge()

    assert done == told
    assert done["counts by the hour"] == 1
    assert (done["lines kept aside"], done["finished spool files"]) == (1, 1)
    assert ClickCount.objects.get().count == 1
    assert not SpoolFile.objects.exists()
    assert SpoolTally.objects.get(name="folded").counts == 3


def test_the_command_reports_and_a_dry_run_changes_nothing(capsys):
    salts.rotate(datetime(2020, 1, 1, tzinfo=UTC))
    call_command("purge", "tracking.salts", "--dry-run")
    assert Salt.objects.count() == 2
    call_command("purge", "tracking.salts")
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["2", "0", "2", "2020-01-01", "tracking.salts"]
    assert lines[2] == "Nothing was changed."
    assert lines[4].split() == ["2", "2", "0", "-", "tracking.salts"]
    assert not Salt.objects.exists()


# --- people ------------------------------------------------------------------------


def test_erasing_a_visitor_cuts_the_path_and_keeps_the_counts(ship, agrees):
    reference = new_reference()
    ship(click(visitor=reference), step(visitor=reference), click(), step())

    erased = erasure.erase(visitor=to_uuid(reference), until=NOW)

    assert (erased.clicks, erased.events) == (1, 1)
    assert reference not in everything()
    assert Click.objects.filter(visitor=None).count() == 1
    assert ClickHour.objects.get().visits == 2
    assert erasure.erase(visitor=to_uuid(reference), until=NOW) == erasure.Erased(0, 0)
    assert Withdrawal.objects.get().visitor == to_uuid(reference)


def test_nothing_of_an_erased_visitor_is_left_once_every_spool_has_passed(ship):
    reference = new_reference()
    ship(click(visitor=reference), step(visitor=reference))
    erasure.erase(visitor=to_uuid(reference), until=NOW)
    ship(now=NOW + HOUR)
    assert str(to_uuid(reference)) not in everything()


# --- sums --------------------------------------------------------------------------


def test_referrers_are_summed_up_by_the_day_as_often_as_one_likes(ship):
    ship(
        click(), click(navigation="embedded"), click(facts=1 << 16), click(at=NOW - DAY),
        count(referrer_host="blog.example"), count(referrer_host="other.example"),
        count(navigation="bot", referrer_host="bot.example"),
    )  # fmt: skip
    for _ in range(2):
        assert rollups.refresh_referrers(NOW.date()) == 2
    rows = ClickReferrer.objects.values_list("day", "link_id", "referrer_host", "visits")
    assert sorted(rows) == [
        (NOW.date(), 7, "blog.example", 2),
        (NOW.date(), 7, "other.example", 1),
    ]


def test_many_landings_are_recorded_as_one_by_one(agrees):
    link = make_link()
    landings = [
        clicks.Landing(
            link=link, consent=number % 2 == 0, navigation="typed", referrer_host="", at=NOW
        )
        for number in range(10)
    ]
    references = clicks.record_many(landings, now=NOW)
    assert [reference is None for reference in references] == [False, True] * 5
    assert {row.reference for row in Click.objects.all()} == set(references) - {None}
    assert ClickHour.objects.get().visits == 10
    with pytest.raises(ValueError, match="not a word of ours"):
        clicks.record(link=link, consent=True, navigation="No!", referrer_host="", now=NOW)


def test_every_table_of_tracking_is_known_to_retention_or_kept_for_good():
    forgotten = {
        "ChangedDay", "Click", "ClickCount", "ClickMark", "JourneyEvent", "Salt", "SpoolFile",
        "SpoolReject", "Withdrawal",
    }  # fmt: skip
    kept = {
        "Attribution", "AttributionPolicy", "ClickDay", "ClickHour", "ClickReferrer", "CodeRequest",
        "CouponCode", "Credit", "Destination", "Link", "OrderDay", "SpoolHost",
        "SpoolTally", "StaffCode", "Touchpoint",
    }  # fmt: skip
    assert {model.__name__ for model in apps.get_app_config("tracking").get_models()} == (
        forgotten | kept
    )
