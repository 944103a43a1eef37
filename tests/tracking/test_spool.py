"""The files that facts are appended to, on a real file system, with real signals and limits."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tracking.domain.spool_line import LossRecord, parse, withdrawal_line
from tracking.spool import Spool, SpoolFull, spool

VISITOR = "AAECAwQFBgcICQoLDA0ODw"
SLEEPER = """
import os, sys, time
from pathlib import Path
from tests.tracking.test_spool import line
from tracking.spool import Spool
own = Spool(Path(sys.argv[1]), "here")
for number in range(int(sys.argv[2])):
    own.append(line(number))
print("written", flush=True)
time.sleep(60)
"""
FULL = """
import resource, sys
from pathlib import Path
from tests.tracking.test_spool import line
from tracking.spool import Spool, SpoolFull
own = Spool(Path(sys.argv[1]), "here")
refused = 0
for number in range(20):
    limit = 150 if number < 15 else resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        own.append(line(number))
    except SpoolFull:
        refused += 1
print(refused)
"""


def line(number):
    return withdrawal_line(number, VISITOR)


def files(directory):
    return sorted(directory.glob("*.spool"))


def numbers(directory):
    lines = [text for file in files(directory) for text in file.read_bytes().splitlines(True)]
    return [parse(text).at_us for text in lines]


def is_locked(file):
    with file.open("rb") as reader:
        try:
            fcntl.flock(reader, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def run(script, *arguments, **options):
    command = [sys.executable, "-c", script, *map(str, arguments)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings_test"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, **options)


@pytest.fixture
def own(tmp_path):
    own = Spool(tmp_path / "spool", "here")
    yield own
    own.close()


def test_what_is_appended_is_in_the_file_at_once_and_nobody_else_may_have_it(own):
    tickets = [own.append(line(number)) for number in range(3)]

    assert tickets == [1, 2, 3]
    assert numbers(own.directory) == [0, 1, 2]
    (file,) = files(own.directory)
    assert file.name.startswith(f"here-{os.getpid()}-")
    assert file.stat().st_mode & 0o777 == 0o600
    assert own.directory.stat().st_mode & 0o777 == 0o700
    assert is_locked(file)
    own.close()
    assert not is_locked(file)


def test_a_closed_spool_goes_on_in_another_file(own):
    own.append(line(0))
    own.close()
    own.append(line(1))
    assert len(files(own.directory)) == 2
    assert numbers(own.directory) == [0, 1]


def test_another_file_begins_when_one_is_full(tmp_path):
    own = Spool(tmp_path, "here", max_bytes=3 * len(line(0)))
    for number in range(7):
        own.append(line(number))
    own.sync(7)

    assert numbers(tmp_path) == list(range(7))
    assert [is_locked(file) for file in files(tmp_path)] == [False, False, True]
    own.close()


def test_another_file_begins_when_one_is_old(tmp_path):
    own = Spool(tmp_path, "here", max_seconds=0.05)
    own.append(line(0))
    own.append(line(1))
    time.sleep(0.06)
    own.append(line(2))
    assert len(files(tmp_path)) == 2
    own.close()


def test_sync_says_when_everything_before_it_is_on_the_disk(own):
    first, second = own.append(line(0)), own.append(line(1))
    assert own.unsynced == second
    own.sync(first)
    assert own.unsynced == 0
    own.sync(second)


def test_threads_share_one_file_and_wait_for_each_other_s_sync(own):
    def work(worker):
        for number in range(50):
            own.sync(own.append(line(worker * 50 + number)))

    threads = [threading.Thread(target=work, args=[worker]) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers(own.directory)) == list(range(400))
    assert len(files(own.directory)) == 1
    assert own.unsynced == 0


def test_a_forked_child_writes_its_own_file_and_leaves_the_parent_s_alone(own):
    own.append(line(0))
    child = os.fork()
    if not child:
        try:
            own.append(line(1))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    own.append(line(2))

    mine, childs = sorted(
        files(own.directory), key=lambda file: f"-{os.getpid()}-" not in file.name
    )
    assert [len(file.read_bytes().splitlines()) for file in (mine, childs)] == [2, 1]
    assert (is_locked(mine), is_locked(childs)) == (True, False)


def test_two_processes_never_share_a_file_and_a_dead_one_leaves_its_file(tmp_path):
    processes = [run(SLEEPER, tmp_path, 100) for _ in range(2)]
    try:
        assert [process.stdout.readline() for process in processes] == [b"written\n"] * 2
        assert [is_locked(file) for file in files(tmp_path)] == [True, True]
    finally:
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.communicate()

    assert sorted(numbers(tmp_path)) == sorted(2 * list(range(100)))
    assert [is_locked(file) for file in files(tmp_path)] == [False, False]


def test_a_full_disk_takes_whole_lines_only_and_the_loss_is_told_when_there_is_room(tmp_path):
    """The kernel cuts the fifth write short, as it does on a full disk."""
    process = run(FULL, tmp_path)
    refused = int(process.communicate()[0])

    lines = [text for file in files(tmp_path) for text in file.read_bytes().splitlines(True)]
    records = [parse(text) for text in lines]
    (loss,) = [record for record in records if isinstance(record, LossRecord)]
    assert loss.count == refused > 0
    assert len(records) - 1 == 20 - refused
    assert records[-1].at_us == 19


def full(*_anything):
    raise OSError(errno.ENOSPC, "No space left on device")


def torn(file, text, write=os.write):
    return write(file, text[: len(text) // 2])


@pytest.mark.parametrize("refusal", [full, torn], ids=["none of it", "half of it"])
def test_several_lines_are_lost_together_and_told_once_there_is_room(own, monkeypatch, refusal):
    own.append(line(0))
    with monkeypatch.context() as disk:
        disk.setattr(os, "write", refusal)
        for _again in range(2):
            with pytest.raises(SpoolFull):
                own.append(line(1), line(2), line(3))
    assert own.lost == 6

    own.sync(own.append(line(4), line(5)))

    (file,) = files(own.directory)
    *kept, loss = [parse(text) for text in file.read_bytes().splitlines(True)]
    assert [record.at_us for record in kept] == [0, 4, 5]
    assert isinstance(loss, LossRecord)
    assert (loss.count, own.lost) == (6, 0)


def test_several_lines_that_the_disk_does_not_confirm_are_all_counted(own, monkeypatch):
    ticket = own.append(line(0), line(1), line(2))
    with monkeypatch.context() as disk:
        disk.setattr(os, "fdatasync", full)
        with pytest.raises(SpoolFull):
            own.sync(ticket)
    assert own.lost == 3


def test_a_directory_that_cannot_be_made_loses_the_record_and_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    own = Spool(tmp_path / "file" / "spool", "here")
    with pytest.raises(SpoolFull):
        own.append(line(0))
    assert own.lost == 1


def test_a_disk_that_does_not_confirm_makes_the_record_doubtful(own, monkeypatch):
    ticket = own.append(line(0))

    def broken(_descriptor):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", broken)
    for _again in range(2):  # The kernel reports a failure once; we remember it.
        with pytest.raises(SpoolFull):
            own.sync(ticket)
        monkeypatch.undo()
    own.sync(own.append(line(1)))
    assert len(files(own.directory)) == 2
    assert own.lost == 0
    assert parse(files(own.directory)[1].read_bytes().splitlines(True)[1]).count == 1


def test_what_died_before_it_had_a_name_is_swept_up(tmp_path):
    old, young = tmp_path / "a.draft", tmp_path / "b.draft"
    for draft in (old, young):
        draft.touch()
    os.utime(old, (0, 0))
    own = Spool(tmp_path, "here")
    own.append(line(0))
    assert (old.exists(), young.exists()) == (False, True)
    own.close()


def test_this_process_has_one_spool(settings, tmp_path):
    assert spool() is spool()
