"""From real files into real tables: once, whatever is killed, repeated, torn or turned."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction

from tests.builders import NOW
from tests.tracking.spool_lines import (
    HOST,
    VISITOR,
    alive,
    click,
    count,
    dead,
    step,
    withdrawal,
)
from tracking import queries
from tracking.domain import spool_line
from tracking.domain.navigation import Fact
from tracking.domain.references import to_uuid
from tracking.models import (
    Click,
    ClickCount,
    ClickDay,
    ClickHour,
    JourneyEvent,
    SpoolFile,
    SpoolHost,
    SpoolReject,
    Withdrawal,
)
from tracking.services import shipping, spool_checks, spool_files
from tracking.spool import Spool

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory(tmp_path):
    directory = tmp_path / "spool"
    directory.mkdir()
    return directory


@pytest.fixture
def ship(directory):
    """One pass; every one of them must leave files and tables in agreement."""

    def ship_once(now=NOW, host=HOST, **options):
        done = shipping.ship(directory, host=host, now=now, **options)
        assert spool_checks.run(directory, host=host, now=now).differences == []
        return done

    return ship_once


def test_each_fact_becomes_its_row(directory, ship):
    dead(directory, click(visitor=VISITOR), count(), count(), step(), spool_line.loss_line(1, 1))
    lost = spool_line.loss_line(spool_line.microseconds(NOW), 4)
    dead(directory, lost, number=2)

    done = ship()

    assert (done.lines, done.finished, done.is_complete) == (6, 2, True)
    row = Click.objects.get()
    assert (row.clicked_at, row.reference) == (NOW, VISITOR)
    assert (row.link_id, row.affiliate_id, row.ip_hash, row.facts) == (7, 3, -5, 513)
    assert (row.browser, row.device, row.country) == (1, 2, "FR")
    assert (row.navigation, row.referrer_host) == ("followed", "blog.example")
    assert (row.sub_id, row.surface) == ("spring", "look:4:pdp")
    counted = ClickCount.objects.get()
    assert (counted.hour, counted.count, counted.affiliate_id) == (NOW, 2, 3)
    event = JourneyEvent.objects.get()
    assert (event.kind, event.data, event.visitor) == (
        "page_view", {"path": '/a"\t\\é'}, to_uuid(VISITOR),
    )  # fmt: skip
    assert SpoolHost.objects.get().lost == 4
    assert SpoolReject.objects.get().reason == "a time that cannot be"  # The loss of 1970.
    assert list(directory.iterdir()) == []


def test_what_is_missing_is_missing(directory, ship):
    dead(directory, click(ip_hash=None, country="", referrer_host="", sub_id="", surface=""))
    ship()
    row = Click.objects.get()
    assert (row.ip_hash, row.country, row.referrer_host, row.surface) == (None, "", "", "")


def test_the_sums_tell_visits_consent_and_others(directory, ship):
    dead(
        directory,
        click(), click(navigation="typed"), click(facts=int(Fact.EXCHANGED)),
        click(navigation="embedded"),
        count(), count(navigation="bot"), count(navigation="prefetch"),
        click(at=NOW + timedelta(hours=1), link_id=8),
    )  # fmt: skip
    ship()
    hours = ClickHour.objects.order_by("hour").values_list(
        "hour", "link_id", "visits", "consented", "others"
    )
    assert list(hours) == [(NOW, 7, 3, 3, 3), (NOW + timedelta(hours=1), 8, 1, 1, 0)]
    day = ClickDay.objects.get()
    assert (day.day, day.affiliate_id) == (NOW.date(), 3)
    assert (day.visits, day.consented, day.others) == (4, 4, 3)


def test_a_day_is_one_of_the_programs_time_zone(directory, ship):
    late = datetime(2026, 6, 12, 22, 30, tzinfo=UTC)  # Half past midnight in Paris.
    dead(directory, click(at=late))
    ship()
    assert ClickDay.objects.get().day.day == 13


def test_a_second_pass_adds_nothing(directory, ship):
    path = directory / f"{HOST}-1-1.spool"
    with alive(path) as writer:
        os.write(writer, click() + count())
        assert ship().lines == 2
        assert ship().lines == 0
        os.write(writer, click())
        assert ship().lines == 1
        assert path.exists()
    assert ship().finished == 1
    assert not path.exists()
    assert (Click.objects.count(), ClickCount.objects.get().count) == (2, 1)
    assert SpoolFile.objects.get().finished_at == NOW


def test_a_file_that_outlived_its_last_transaction_is_only_deleted(directory, ship):
    path = dead(directory, click(), step())
    before = path.read_bytes()
    ship()
    path.write_bytes(before)  # As if the machine had stopped before the deletion.

    done = ship()

    assert (done.lines, done.finished, path.exists()) == (0, 1, False)
    assert Click.objects.count() == 1


def test_the_writers_own_files_are_read_as_it_writes_them(directory, ship):
    spool = Spool(directory, HOST, max_bytes=1_000)
    for _ in range(20):
        ticket = spool.append(click())
    spool.sync(ticket)  # Full files are let go once they are on the disk.
    assert ship().lines == 20
    assert len(list(directory.iterdir())) == 1  # The others were full and are gone.
    spool.append(click())
    spool.close()
    ship()
    assert Click.objects.count() == 21
    assert list(directory.iterdir()) == []


def test_an_unfinished_line_waits_for_its_writer(directory, ship):
    line = click()
    path = directory / f"{HOST}-1-1.spool"
    with alive(path) as writer:
        os.write(writer, click() + line[:40])
        assert ship().lines == 1
        os.write(writer, line[40:])
        assert ship().lines == 1
    assert not SpoolReject.objects.exists()


def test_a_torn_line_of_a_dead_writer_is_kept_aside(directory, ship):
    first, torn = click(), click()[:40]
    dead(directory, first, torn)
    assert ship().finished == 1
    reject = SpoolReject.objects.get()
    assert (reject.at_byte, bytes(reject.text)) == (len(first), torn)
    assert reject.reason == "torn: no newline at its end"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"\n", "checksum differs"),
        (b"rubbish\n", "checksum differs"),
        (b"\xff\x00\x01" * 300 + b"\n", "checksum differs"),
        (b"\x00" * 10_000 + b"\n", "too long"),
        (click().replace(b"blog", b"glob"), "checksum differs"),
        (click(at=datetime(1999, 1, 1, tzinfo=UTC)), "a time that cannot be"),
        (click(at=NOW + timedelta(days=3)), "a time that cannot be"),
    ],
    ids=["empty", "rubbish", "bytes", "long", "changed", "too early", "too late"],
)
def test_a_bad_line_is_kept_aside_and_stops_nobody(directory, ship, line, reason):
    dead(directory, click(), line, click())
    assert ship().is_complete
    assert Click.objects.count() == 2
    reject = SpoolReject.objects.get()
    assert (reject.reason, bytes(reject.text)) == (reason, line[: shipping.KEPT_OF_A_REJECT])


def test_what_only_the_database_refuses_is_found_among_many(directory, ship):
    """Such as the character of code zero, which JSON can spell and PostgreSQL cannot keep."""
    at_us = spool_line.microseconds(NOW)
    poison = spool_line.journey_line(at_us, 1, VISITOR, "page_view", {"path": "/\0"})
    dead(directory, *(click() for _ in range(9)), poison, *(click() for _ in range(9)), step())
    ship()
    assert (Click.objects.count(), JourneyEvent.objects.count()) == (18, 1)
    assert ClickHour.objects.get().visits == 18
    assert bytes(SpoolReject.objects.get().text) == poison


def test_a_month_that_nobody_made_is_made(directory, ship):
    old = NOW - timedelta(days=1_200)
    dead(directory, click(at=old), step(at=old + timedelta(days=40)))
    ship()
    assert (Click.objects.get().clicked_at, JourneyEvent.objects.count()) == (old, 1)


def test_more_than_one_transactions_worth(directory, ship, monkeypatch):
    monkeypatch.setattr(spool_files, "BATCH_BYTES", 2_000)
    seen = []
    for number in (1, 2, 3):
        dead(directory, *(click() for _ in range(200)), number=number)

    done = ship(watch=lambda now: seen.append(now.lines) or True)

    assert len(seen) > 5
    assert (done.lines, done.finished, Click.objects.count()) == (600, 3, 600)


def test_a_pass_that_is_told_to_stop_leaves_the_rest(directory, ship, monkeypatch):
    monkeypatch.setattr(spool_files, "BATCH_BYTES", 2_000)
    dead(directory, *(click() for _ in range(100)))
    done = ship(watch=lambda _now: False)
    assert 0 < done.lines < 100
    assert not done.is_complete
    assert not SpoolHost.objects.exists()
    ship()
    assert Click.objects.count() == 100


def test_the_watermark_is_when_a_whole_pass_began(directory, ship):
    later = NOW + timedelta(minutes=5)
    assert queries.watermark(later) == later  # Without a spool nobody waits.
    ship(now=NOW)
    assert queries.watermark(later) == NOW
    ship(now=NOW + timedelta(milliseconds=200))
    assert queries.watermark(later) == NOW  # A machine at rest beats once a second.
    ship(now=NOW + timedelta(seconds=2), host="there")
    ship(now=NOW + timedelta(seconds=3))
    assert queries.watermark(later) == NOW + timedelta(seconds=2)


def test_a_file_that_vanished_is_an_alarm_and_no_crash(directory, ship, caplog):
    path = directory / f"{HOST}-1-1.spool"
    with alive(path) as writer:
        os.write(writer, click())
        ship()
    path.unlink()

    done = shipping.ship(directory, host=HOST, now=NOW)

    assert done.is_complete
    assert done.alarms == [f"{path.name}: vanished after {len(click())} bytes were shipped"]
    assert "vanished" in caplog.text
    differences = spool_checks.run(directory, host=HOST, now=NOW).differences
    assert differences == [f"{path.name}: vanished."]


def test_a_file_that_came_back_is_shipped_from_where_it_was(directory):
    path = directory / f"{HOST}-1-1.spool"
    with alive(path) as writer:
        os.write(writer, click())
        shipping.ship(directory, host=HOST, now=NOW)
        away = path.rename(directory / "away")
        shipping.ship(directory, host=HOST, now=NOW)
        os.write(writer, click())
        away.rename(path)
        assert shipping.ship(directory, host=HOST, now=NOW).lines == 1
    assert Click.objects.count() == 2


def test_a_file_that_shrank_is_an_alarm(directory):
    path = directory / f"{HOST}-1-1.spool"
    with alive(path) as writer:
        os.write(writer, click())
        shipping.ship(directory, host=HOST, now=NOW)
        os.truncate(path, 10)
        assert "shrank" in shipping.ship(directory, host=HOST, now=NOW).alarms[0]
    assert SpoolFile.objects.get().problem == "shrank"
    assert Click.objects.count() == 1


def test_without_its_directory_the_watermark_stands(directory, ship):
    ship()
    directory.rmdir()
    done = shipping.ship(directory, host=HOST, now=NOW + timedelta(hours=1))
    assert (done.is_complete, len(done.alarms)) == (False, 1)
    assert queries.watermark(NOW + timedelta(hours=2)) == NOW


def test_a_withdrawal_cuts_what_came_before_it_and_nothing_else(directory, ship):
    after = NOW + timedelta(seconds=9)
    dead(
        directory,
        click(visitor=VISITOR, at=NOW - timedelta(days=3)), step(at=NOW - timedelta(seconds=1)),
        withdrawal(), click(visitor=VISITOR, at=after), click(), step(at=after),
    )  # fmt: skip
    ship()
    kept = Click.objects.filter(visitor=to_uuid(VISITOR))
    assert [row.clicked_at for row in kept] == [after]
    assert Click.objects.filter(visitor=None).count() == 1
    assert [row.at for row in JourneyEvent.objects.all()] == [after]


def test_a_withdrawal_also_cuts_what_another_machine_ships_later(directory, ship, tmp_path):
    dead(directory, withdrawal())
    ship(now=NOW)
    ship(now=NOW + timedelta(seconds=2), host="there")
    assert Withdrawal.objects.exists()
    dead(directory, click(visitor=VISITOR, at=NOW - timedelta(hours=1)), step(), number=2)

    ship(now=NOW + timedelta(seconds=4), host="there")

    assert Click.objects.get().visitor is None
    assert not JourneyEvent.objects.exists()
    ship(now=NOW + timedelta(seconds=8))
    assert not Withdrawal.objects.exists()  # Nobody can hold an older line any more.


def test_hosts_beyond_the_fiftieth_of_an_hour_are_counted_together(directory, ship):
    hosts = [f"h{number}.example" for number in range(60)]
    dead(directory, *(count(referrer_host=host, link_id=999) for host in ["", *hosts]))
    ship()
    late = ("h99.example", "h0.example")
    dead(directory, *(count(referrer_host=host, link_id=999) for host in late), number=2)
    ship()
    counts = dict(ClickCount.objects.values_list("referrer_host", "count"))
    assert len(counts) == 52
    assert (counts["(other)"], counts[""]) == (11, 1)
    assert sum(counts.values()) == 63


def test_the_proof_notices_what_does_not_agree(directory, ship):
    path = directory / f"{HOST}-1-1.spool"
    with alive(path) as writer:
        os.write(writer, click() + count())
        ship()
        Click.objects.all().delete()
        ClickHour.objects.update(visits=9)
        SpoolFile.objects.update(shipped_lines=3)
        found = spool_checks.run(directory, host=HOST, now=NOW).differences
    assert len(found) == 5
    assert "1 clicks were shipped, 0 are there." in found
    assert f"{path.name}: 3 lines are 2 facts." in found


@pytest.fixture
def shipped_elsewhere(db):
    """Somebody else ships the files of our host, until this is called."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(hashtextextended('tracking_ship:' || %s, 0))", [HOST]
            )
            yield lambda: cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()


def test_files_are_only_shipped_by_one_at_a_time(directory, ship, shipped_elsewhere):
    dead(directory, click())
    done = shipping.ship(directory, host=HOST, now=NOW)
    assert (done.is_busy, done.is_complete, done.lines) == (True, False, 0)
    shipped_elsewhere()
    assert ship().lines == 1


def test_the_proof_waits_for_whoever_ships(directory, shipped_elsewhere):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20ms'")
    with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
        spool_checks.run(directory, host=HOST, now=NOW)
    shipped_elsewhere()
    assert spool_checks.run(directory, host=HOST, now=NOW).differences == []
