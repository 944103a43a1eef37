import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import data_directory
from config.data_directory import AlreadyRunning, Lock, Unusable
from config.processes import Identity, started_at

ROOT = Path(__file__).parent.parent.parent
HOLD = """
import sys, pathlib, time
from config.data_directory import Lock
lock = Lock(pathlib.Path(sys.argv[1]))
lock.acquire("bin/run")
print("held", flush=True)
time.sleep(60)
"""
HOLD_THROUGH_A_CHILD = """
import os, sys, pathlib, subprocess
from config.data_directory import Lock
lock = Lock(pathlib.Path(sys.argv[1]))
lock.acquire("bin/run")
sleeper = subprocess.Popen(["sleep", "0.5"], pass_fds=[lock.descriptor])
print("held", flush=True)
os._exit(9)
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@contextmanager
def holder(directory, program):
    child = subprocess.Popen(
        [sys.executable, "-c", program, directory], cwd=ROOT, stdout=subprocess.PIPE
    )
    try:
        assert child.stdout.readline() == b"held\n"
        yield child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def test_a_live_owner_is_named(tmp_path):
    lock = Lock(tmp_path)
    with holder(tmp_path, HOLD) as owner, pytest.raises(AlreadyRunning) as refusal:
        lock.acquire("bin/run")
    lock.release()
    assert refusal.value.pid == owner.pid
    assert f"bin/run is already running as process {owner.pid} on {tmp_path}." in str(refusal.value)


def test_a_killed_owner_blocks_nobody(tmp_path):
    with holder(tmp_path, HOLD) as owner:
        owner.kill()
        owner.wait()
        lock = Lock(tmp_path)
        lock.acquire("bin/run")
    assert (tmp_path / "lock").read_text().startswith(f"{os.getpid()} ")
    lock.release()


def test_servers_that_a_dead_owner_left_are_waited_for(tmp_path):
    with holder(tmp_path, HOLD_THROUGH_A_CHILD) as owner:
        owner.wait()
        lock = Lock(tmp_path)
        lock.acquire("bin/run")  # Comes back when the child has ended.
    lock.release()


def test_servers_that_do_not_end_are_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(data_directory, "ORPHANS_MAY_TAKE_SECONDS", 0.2)
    with holder(tmp_path, HOLD_THROUGH_A_CHILD.replace('"0.5"', '"60"')) as owner:
        owner.wait()
        lock = Lock(tmp_path)
        lock.acquire("bin/run")
    lock.release()


def test_a_reused_process_number_is_not_the_owner():
    assert started_at(os.getpid())
    assert started_at(2**22 + 1) == ""


def test_secrets_are_made_once_and_are_private(tmp_path):
    first = data_directory.load_secrets(tmp_path)
    assert set(first) == {"SECRET_KEY", "FIELD_KEYS", "HASH_KEY"}
    assert data_directory.load_secrets(tmp_path) == first
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_two_directories_have_different_secrets(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = (data_directory.load_secrets(tmp_path / name) for name in ("one", "two"))
    assert not set(one.values()) & set(two.values())


def test_wiping_leaves_what_is_not_ours(tmp_path):
    data_directory.prepare(tmp_path)
    data_directory.load_secrets(tmp_path)
    (tmp_path / "letter.txt").write_text("dear diary")
    data_directory.wipe(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_path_too_long_for_a_socket_is_left_for_a_short_one(tmp_path):
    checkout = tmp_path / ("deep" * 30)
    checkout.mkdir()
    chosen = data_directory.choose(checkout, "")
    assert checkout not in chosen.parents
    assert len(str(chosen / data_directory.SOCKET)) <= data_directory.LONGEST_SOCKET_PATH


def test_an_explicit_path_too_long_for_a_socket_is_refused(tmp_path):
    with pytest.raises(Unusable, match="too long for a socket"):
        data_directory.choose(tmp_path, str(tmp_path / ("deep" * 30)))


def test_two_checkouts_of_one_name_fall_back_apart(tmp_path):
    checkouts = [tmp_path / where / ("deep" * 30) for where in "ab"]
    for checkout in checkouts:
        checkout.mkdir(parents=True)
    first, second = (data_directory.choose(checkout, "") for checkout in checkouts)
    assert first != second


@as_root
def test_a_checkout_that_nobody_cannot_reach_falls_back():
    with tempfile.TemporaryDirectory() as private:
        assert not data_directory.reachable(Path(private), Identity(65534, 65534))
        chosen = data_directory.choose(Path(private), "")
    assert chosen.parent == Path("/var/lib/apport")


@as_root
def test_a_temporary_directory_that_somebody_prepared_is_refused():
    planted = Path(tempfile.gettempdir()) / f"apport-planted-{os.getpid()}"
    planted.mkdir()
    os.chown(planted, 65534, 65534)
    try:
        with pytest.raises(Unusable, match="is not ours alone"):
            data_directory.private_temporary(planted.name)
    finally:
        planted.rmdir()
