"""The shipper, the proof and the clock's tasks as they are started."""

import os
import signal
import threading
import time

import pytest
from django.core.management import CommandError, call_command

from core.tasks import purge_rule
from tests.builders import NOW
from tests.tracking.spool_lines import HOST, alive, click, count, dead
from tracking import tasks
from tracking.models import Click, ClickReferrer, Salt, SpoolFile, SpoolHost
from tracking.services import shipping

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory(tmp_path, settings, time_machine):
    time_machine.move_to(NOW, tick=False)
    settings.SPOOL_DIR = tmp_path / "spool"
    settings.SPOOL_DIR.mkdir()
    return settings.SPOOL_DIR


def test_one_pass_says_what_it_did_and_how_far_behind_it_is(directory, capsys):
    dead(directory, click(), count(), b"rubbish\n")

    call_command("ship_clicks", "--once", f"--host={HOST}")

    said = capsys.readouterr().out
    assert "3 lines: 1 clicks, 1 counted, 0 steps of journeys, 1 kept aside, 0 lost" in said
    assert f"{HOST}: 0.0 s behind, 0 lost in all." in said
    assert Salt.objects.count() == 2  # The shipper also sees to what landings need.


def test_the_shipper_makes_its_directory(directory, capsys):
    directory.rmdir()
    call_command("ship_clicks", "--once")
    assert directory.is_dir()


@pytest.mark.django_db(transaction=True)
def test_the_signal_to_end_lets_the_pass_end_first(directory):
    dead(directory, *(click() for _ in range(50)))
    timer = threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGTERM])
    timer.start()
    began = time.monotonic()

    call_command("ship_clicks", "--every=20", f"--host={HOST}")

    assert time.monotonic() - began < 20
    assert Click.objects.count() == 50


def test_a_machine_that_is_gone_holds_nobody_up_once_it_is_retired(directory, capsys, time_machine):
    shipping.beat("old", now=NOW, watermark=NOW)
    with pytest.raises(CommandError, match="old was alive"):
        call_command("ship_clicks", "--retire=old")
    time_machine.move_to(NOW.replace(hour=12), tick=False)
    call_command("ship_clicks", "--retire=old")
    assert not SpoolHost.objects.exists()
    with pytest.raises(CommandError, match="no machine old"):
        call_command("ship_clicks", "--retire=old")


def test_the_proof_passes_and_exits_with_one_when_rows_are_missing(directory, capsys):
    with alive(directory / f"{HOST}-1-1.spool") as writer:
        os.write(writer, click() + count())
        shipping.ship(directory, host=HOST, now=NOW)
        call_command("fsck_clicks", f"--host={HOST}")
        assert "agree: 1 clicks, 1 landings counted" in capsys.readouterr().out
        SpoolFile.objects.update(clicks=2)
        with pytest.raises(SystemExit) as ended:
            call_command("fsck_clicks", "--json", f"--host={HOST}")
    assert ended.value.code == 1
    assert "2 clicks were shipped, 1 are there." in capsys.readouterr().out


def test_the_clocks_tasks_can_be_run_twice(directory):
    dead(directory, click(), count())
    shipping.ship(directory, host=HOST, now=NOW)
    for _ in range(2):
        assert tasks.turn_salts() == 0
        assert tasks.sum_referrers() == 3  # Two referrers, and what the visits carried.
        assert tasks.settle_referrers() == 0
        assert purge_rule("tracking.landings") == 0
    assert Salt.objects.count() == 2
    assert ClickReferrer.objects.count() == 2
