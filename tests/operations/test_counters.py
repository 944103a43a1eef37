"""The numbers that processes count in files of their own: none is lost, none counted twice."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from core import counters
from core.counters import BOUNDS_NS, Counters, duration_names, totals

NAMES = ("apples", "pears", *duration_names("walk"))
ROOT = Path(__file__).parent.parent.parent
ANOTHER = """
import pathlib, sys, time
from core.counters import Counters
mine = Counters(pathlib.Path(sys.argv[1]), "fruit", ("apples",))
mine.add(0, 5)
print("counted", flush=True)
time.sleep(60)
"""


def test_what_is_added_is_read_at_once(tmp_path):
    mine = Counters(tmp_path, "fruit", NAMES)
    mine.add(mine.slot("apples"), 3)
    mine.add(mine.slot("pears"))
    assert totals(tmp_path, "fruit") == {"apples": 3, "pears": 1}
    assert totals(tmp_path, "stones") == {}
    assert totals(tmp_path / "nowhere", "fruit") == {}
    mine.close()


def test_durations_fall_into_their_buckets(tmp_path):
    mine = Counters(tmp_path, "fruit", NAMES)
    first = mine.slot("walk.le_250000")
    for ns in (1, BOUNDS_NS[0], BOUNDS_NS[0] + 1, BOUNDS_NS[-1] + 1):
        mine.took(first, ns, mine.slot("apples"))
    assert totals(tmp_path, "fruit") == {
        "apples": 4, "walk.le_250000": 2, "walk.le_500000": 1, "walk.le_inf": 1,
        "walk.ns": 1 + BOUNDS_NS[0] * 2 + 1 + BOUNDS_NS[-1] + 1,
    }  # fmt: skip
    mine.close()


def test_threads_lose_nothing(tmp_path):
    mine = Counters(tmp_path, "fruit", NAMES)
    workers = [
        threading.Thread(target=lambda: [mine.add(0) for _ in range(5_000)]) for _ in range(6)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert totals(tmp_path, "fruit") == {"apples": 30_000}
    mine.close()


def test_no_number_falls_when_a_process_is_killed(tmp_path):
    mine = Counters(tmp_path, "fruit", NAMES)
    mine.add(0, 2)
    with subprocess.Popen(
        [sys.executable, "-c", ANOTHER, tmp_path], cwd=ROOT, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"counted\n"
        assert totals(tmp_path, "fruit") == {"apples": 7}
        assert len(list(tmp_path.glob("fruit-*.count"))) == 2
        other.kill()
    assert totals(tmp_path, "fruit") == {"apples": 7}
    assert len(list(tmp_path.glob("fruit-*.count"))) == 1
    mine.close()
    assert totals(tmp_path, "fruit") == {"apples": 7}
    assert not list(tmp_path.glob("fruit-*.count"))
    assert totals(tmp_path, "fruit") == {"apples": 7}


def test_a_reader_that_died_between_sum_and_deletion_counts_nothing_twice(tmp_path):
    mine = Counters(tmp_path, "fruit", NAMES)
    mine.add(0, 4)
    mine.close()
    (file,) = tmp_path.glob("fruit-*.count")
    (tmp_path / "fruit.sum").write_text(
        json.dumps({"numbers": {"apples": 4}, "files": [file.name]})
    )
    assert totals(tmp_path, "fruit") == {"apples": 4}
    assert not file.exists()


def test_names_of_another_release_add_up_by_name(tmp_path):
    old = Counters(tmp_path, "fruit", ("plums", "apples"))
    old.add(1, 9)
    old.close()
    new = Counters(tmp_path, "fruit", NAMES)
    new.add(new.slot("apples"))
    assert totals(tmp_path, "fruit") == {"apples": 10}
    new.close()


def test_where_no_file_can_be_made_work_goes_on(tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with caplog.at_level(logging.WARNING):
        mine = Counters(blocked, "fruit", NAMES)
    mine.add(0)
    mine.took(mine.slot("walk.le_250000"), 5)
    assert "Nothing is counted" in caplog.text
    mine.close()


def test_counting_costs_next_to_nothing(tmp_path):
    """A landing takes some 50 µs of processor time: what counts it may not be felt."""
    mine = Counters(tmp_path, "fruit", NAMES)
    first, apples = mine.slot("walk.le_250000"), mine.slot("apples")
    began = time.process_time()
    for _ in range(20_000):
        mine.took(first, 400_000, apples)
    assert (time.process_time() - began) / 20_000 < 0.00001
    mine.close()


def test_a_fork_does_not_end_its_parents_file(tmp_path):
    mine = Counters(tmp_path, "fruit", NAMES)
    mine.add(0)
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    assert totals(tmp_path, "fruit") == {"apples": 1}
    mine.add(0)
    assert totals(tmp_path, "fruit") == {"apples": 2}
    assert counters.SUFFIX == ".count"
    mine.close()
