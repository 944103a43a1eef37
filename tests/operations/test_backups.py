"""A backup that was never restored is none: to a moment, with the ledger and the spool agreeing."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from config import backups, embedded, restoring
from config.backups import BackupRefused
from config.data_directory import Lock
from config.embedded import DidNotStart, Servers
from config.restoring import RestoreRefused, Wish
from core.backup_marks import BASES, LOG, Base, bases, write_mark
from payouts.models import Transfer
from tests.builders import make_affiliate
from tests.payouts.stories import accrued
from tests.tracking.spool_lines import HOST, alive, click
from tracking.management.commands import ship_clicks
from tracking.models import Salt
from tracking.services import salts
from tracking.services.shipping import Pass

ROOT = Path(__file__).parent.parent.parent
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def place():
    """A directory that the unprivileged user can reach."""
    path = Path(tempfile.mkdtemp(prefix="apport-backup-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


def source():
    return backups.server("", django_settings.DATA_DIR)


def clock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def written_down():
    """Wait until the follower has all that is committed by now."""
    with psycopg.connect(
        host=str(django_settings.DATA_DIR / "run"), user="postgres", dbname="postgres",
        autocommit=True,
    ) as server:  # fmt: skip
        (now,) = server.execute("SELECT pg_current_wal_lsn()").fetchone()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            seen = server.execute(
                "SELECT flush_lsn >= %s FROM pg_stat_replication WHERE flush_lsn IS NOT NULL"
                " AND application_name = 'pg_receivewal'", [now],
            ).fetchone()  # fmt: skip
            if seen and seen[0]:
                return
            time.sleep(0.2)
    raise AssertionError("The log is not followed.")


def asked(into, *command):
    """Ask a command of ours about the restored server."""
    database = connection.settings_dict["NAME"]
    place = f"@/{database}?host={into / 'run'}"
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": f"postgresql://apport_app{place}",
            "DATABASE_OWNER_URL": f"postgresql://apport_owner{place}",
            "SPOOL_DIR": str(into / "spool"),
            "COUNTERS_DIR": str(into / "counters"),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def drop_slot():
    with psycopg.connect(
        host=str(django_settings.DATA_DIR / "run"), user="postgres", dbname="postgres",
        autocommit=True,
    ) as server:  # fmt: skip
        server.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
            " WHERE slot_name = %s", [backups.SLOT],
        )  # fmt: skip


def follower(folder):
    program = (
        "import sys, signal, pathlib; from config import backups;"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0));"
        "sys.exit(backups.follow(pathlib.Path(sys.argv[1]),"
        " backups.server('', pathlib.Path(sys.argv[2]))))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program, folder, django_settings.DATA_DIR], cwd=ROOT
    )


def assert_it_agrees(into, transfers):
    """Start the restored server: it has so many transfers, no salt, and books and spool agree."""
    lock = Lock(into)
    lock.acquire("bin/test")
    servers = Servers(lock)
    servers.start(valkey=False)
    try:
        with psycopg.connect(
            host=str(into / "run"), user="postgres", dbname=connection.settings_dict["NAME"]
        ) as server:
            found = server.execute("SELECT count(*) FROM payouts_transfer").fetchone()
            kept = server.execute("SELECT count(*) FROM tracking_salt").fetchone()
        assert found == (transfers,)
        assert kept == (0,)  # Two days are two days, also in a backup.
        ledger = asked(into, "check_ledger")
        assert "agrees" in ledger.stdout, ledger.stdout + ledger.stderr
        assert ledger.returncode == 0
        clicks = asked(into, "fsck_clicks", f"--host={HOST}")
        assert (clicks.returncode, "1 clicks" in clicks.stdout) == (0, True), clicks.stdout
        # What was shipped after the moment lies in the spool still, and comes again, once.
        again = asked(into, "ship_clicks", "--once", f"--host={HOST}")
        assert "1 clicks" in again.stdout, again.stdout + again.stderr
        clicks = asked(into, "fsck_clicks", f"--host={HOST}")
        assert (clicks.returncode, "2 clicks" in clicks.stdout) == (0, True), clicks.stdout
    finally:
        servers.stop()
        lock.release()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_books_come_back_as_they_were_at_a_moment(place, settings):
    folder, into = place / "backups", place / "restored"
    settings.SPOOL_DIR = place / "spool"
    settings.SPOOL_DIR.mkdir()
    spool_file = settings.SPOOL_DIR / f"{HOST}-1-1.spool"
    affiliate = make_affiliate()
    following = follower(folder)
    try:
        accrued(affiliate)
        salts.rotate(datetime.now(UTC))
        with alive(spool_file) as descriptor:
            os.write(descriptor, click(affiliate_id=affiliate.pk))
            call_command("ship_clicks", "--once", f"--host={HOST}")
            base = backups.take(folder, source())
            accrued(affiliate)
            transfers = Transfer.objects.count()
            moment = clock()
            time.sleep(1)
            accrued(affiliate)
            os.write(descriptor, click(affiliate_id=affiliate.pk))
            call_command("ship_clicks", "--once", f"--host={HOST}")
            assert Transfer.objects.count() > transfers
            written_down()
    finally:
        following.send_signal(signal.SIGTERM)
        following.wait(30)
        drop_slot()
    assert Salt.objects.exists()

    restored_from = restoring.restore(Wish(folder, into, until=moment))

    assert restored_from == base
    shutil.copytree(settings.SPOOL_DIR, into / "spool")
    assert_it_agrees(into, transfers)
    with pytest.raises(RestoreRefused, match="not empty"):
        restoring.restore(Wish(folder, into))
    with pytest.raises(DidNotStart, match="recovery target"):
        restoring.restore(
            Wish(folder, place / "later", until=datetime.now(UTC) + timedelta(hours=1))
        )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_backup_alone_is_restored_to_its_own_end_with_its_files(place, settings):
    folder, into, media = place / "backups", place / "restored", place / "media"
    (media / "looks").mkdir(parents=True)
    (media / "looks" / "a.jpg").write_bytes(b"picture")
    secrets = place / "secrets.env"
    secrets.write_text("FIELD_KEYS=k\n")
    base = backups.take(folder, source(), media)
    (folder / BASES / "20990101T000000Z.part").mkdir()  # Interrupted: it counts for nothing.
    assert backups.copy_missing(media, folder / "media") == 0

    restoring.restore(Wish(folder, into, secrets=secrets))

    assert base.server_version == 18
    assert (into / "media" / "looks" / "a.jpg").read_bytes() == b"picture"
    assert (into / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert not (into / "pg" / "recovery.signal").exists()
    assert not (into / restoring.REPLAYED).exists()
    damaged = next((folder / BASES).glob("2026*/base/*/PG_VERSION"), None) or next(
        (folder / BASES).glob("*/PG_VERSION")
    )
    damaged.write_text("17\n")
    with pytest.raises(BackupRefused, match="pg_verifybackup failed"):
        source().run("pg_verifybackup", "--quiet", base.directory)


@pytest.mark.django_db
def test_the_log_holds_no_salt():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'tracking_salt'")
        assert cursor.fetchone() == ("u",)


@pytest.mark.django_db
def test_the_shipper_makes_new_salts_once_a_crashed_server_is_back(tmp_path, settings, monkeypatch):
    settings.SPOOL_DIR = tmp_path
    answers = iter([OperationalError("the server closed the connection"), Pass()])

    def ship(*_args, **_kwargs):
        answer = next(answers, None)
        if isinstance(answer, Exception):
            Salt.objects.all().delete()  # What a crash does to a table that is in no log.
            raise answer
        if answer is None:
            os.kill(os.getpid(), signal.SIGTERM)
            return Pass()
        return answer

    monkeypatch.setattr(ship_clicks.shipping, "ship", ship)
    monkeypatch.setattr(ship_clicks.connection, "close", lambda: None)
    monkeypatch.setattr(ship_clicks, "close_old_connections", lambda: None)
    call_command("ship_clicks", "--every=1")
    assert Salt.objects.count() == 2


def mark(folder, name, at, first_log="000000010000000000000002"):
    directory = folder / BASES / name
    directory.mkdir(parents=True)
    write_mark(Base(directory, at - timedelta(minutes=5), at, 18, first_log))


def test_the_newest_base_before_the_moment_is_taken(tmp_path):
    for hour in (0, 1, 2):
        mark(tmp_path, f"b{hour}", NOON + timedelta(hours=hour))
    (tmp_path / LOG).mkdir()
    until = NOON + timedelta(hours=1, minutes=30)
    assert restoring._base(Wish(tmp_path, tmp_path, until)).directory.name == "b1"
    assert restoring._base(Wish(tmp_path, tmp_path)).directory.name == "b2"


def test_what_cannot_be_restored_is_refused_before_anything_is_made(tmp_path, monkeypatch):
    into = tmp_path / "into"
    with pytest.raises(RestoreRefused, match="no complete backup"):
        restoring.restore(Wish(tmp_path, into))
    mark(tmp_path, "b0", NOON)
    with pytest.raises(RestoreRefused, match="no log"):
        restoring.restore(Wish(tmp_path, into, NOON + timedelta(hours=1)))
    (tmp_path / LOG).mkdir()
    with pytest.raises(RestoreRefused, match="no earlier moment"):
        restoring.restore(Wish(tmp_path, into, NOON - timedelta(minutes=1)))
    monkeypatch.delenv("FIELD_KEYS")
    with pytest.raises(RestoreRefused, match="--secrets"):
        restoring.restore(Wish(tmp_path, into))
    assert not into.exists()


def test_old_backups_go_and_the_log_that_only_they_needed(tmp_path):
    for number in range(4):
        mark(
            tmp_path,
            f"b{number}",
            NOON + timedelta(days=number),
            f"00000001000000000000000{number + 2}",
        )
    (tmp_path / LOG).mkdir()
    for number in range(1, 8):
        (tmp_path / LOG / f"00000001000000000000000{number}").write_bytes(b"")
    assert backups.prune(tmp_path, source(), keep=2) == ["b0", "b1"]
    assert [base.directory.name for base in bases(tmp_path)] == ["b2", "b3"]
    assert sorted(path.name[-1] for path in (tmp_path / LOG).iterdir()) == ["4", "5", "6", "7"]
    with pytest.raises(BackupRefused, match="At least one"):
        backups.prune(tmp_path, source(), keep=0)


@pytest.mark.parametrize("text", ["yesterday", "2026-11-23T09:30:00"])
def test_a_moment_without_its_zone_is_none(text, capsys):
    with pytest.raises(SystemExit):
        restoring.main(["folder", "--into", "x", f"--until={text}"])
    assert "zone" in capsys.readouterr().err or text == "yesterday"


def test_a_server_of_ones_own_needs_a_role_that_may_copy_it(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("BACKUP_DATABASE_URL", raising=False)
    settings.EMBEDDED = False
    with pytest.raises(CommandError, match="BACKUP_DATABASE_URL"):
        call_command("backup", str(tmp_path))


def test_no_password_is_shown_to_other_users():
    url = "postgresql://copier:hunter2@db.example:6432/apport?sslmode=verify-full"
    server = backups.server(url, Path("/nowhere"))
    assert server.environment["PGPASSWORD"] == "hunter2"
    assert server.environment["PGSSLMODE"] == "verify-full"
    assert (server.environment["PGHOST"], server.environment["PGPORT"]) == ("db.example", "6432")
    command = backups.follow_command(Path("/backups"), server)
    assert not any("hunter2" in str(word) for word in command)


def test_a_program_that_fails_says_why(tmp_path):
    server = backups.server("postgresql://nobody@127.0.0.1:1/x", tmp_path)
    with pytest.raises(BackupRefused, match="pg_basebackup failed: "):
        backups.take(tmp_path, server)
    assert bases(tmp_path) == []
    assert embedded.SUPERUSER == "postgres"
