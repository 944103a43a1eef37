import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from config.processes import spawn, started_at, stop
from config.supervisor import Program, Supervisor, restart_pause

ROOT = Path(__file__).parent.parent.parent


def python(program):
    return [sys.executable, "-c", program]


@pytest.fixture
def supervised():
    made = []

    def supervise(*programs):
        said = []
        made.append(Supervisor(programs, write=said.append))
        return made[-1], said

    yield supervise
    for supervisor in made:
        supervisor.stop()


def turn_until(supervisor, condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        supervisor.turn(0.05)


def until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def test_lines_carry_the_name_of_who_said_them(supervised):
    supervisor, said = supervised(
        Program("web", python("print('one'); print('two'); import time; time.sleep(60)")),
        Program("worker", python("import time; time.sleep(60)")),
    )
    turn_until(supervisor, lambda: len(said) == 2)
    assert said == ["web    | one\n", "web    | two\n"]


def test_a_program_gets_its_own_variables(supervised):
    supervisor, said = supervised(
        Program("shop", python("import os; print(os.environ['SHOP_PORT'])"), {"SHOP_PORT": "8001"})
    )
    turn_until(supervisor, lambda: said)
    assert said[0] == "shop | 8001\n"


def test_who_falls_is_started_again(supervised):
    supervisor, said = supervised(Program("web", python("print('up'); raise SystemExit(3)")))
    turn_until(supervisor, lambda: said.count("web | up\n") == 2)
    assert "web | ended with status 3; starting again in 1 s\n" in said


def test_pauses_grow_and_stop_growing():
    assert [restart_pause(falls) for falls in (1, 2, 3, 5, 6, 60)] == [1, 2, 4, 16, 30, 30]


def test_stopping_takes_grandchildren_along(supervised):
    fork = "import os, time; os.write(1, b'%d\\n' % os.fork()); time.sleep(60)"
    supervisor, said = supervised(Program("web", python(fork)))
    turn_until(supervisor, lambda: len(said) == 2)
    grandchild = max(int(line.split("|")[1]) for line in said)
    assert started_at(grandchild)

    supervisor.stop()

    until(lambda: not started_at(grandchild))


@pytest.mark.slow
def test_who_ignores_the_request_to_stop_is_killed(supervised):
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(60)"
    supervisor, said = supervised(Program("web", python(deaf)))
    turn_until(supervisor, lambda: said)
    process = supervisor.children[0].process
    supervisor.stop()
    assert process.returncode == -signal.SIGKILL


def test_running_announces_once_and_ends_when_asked(supervised):
    supervisor, _said = supervised(Program("web", python("import time; time.sleep(60)")))
    announced = []
    before = {number: signal.getsignal(number) for number in (2, 15, 1)}
    threading.Timer(0.8, os.kill, (os.getpid(), signal.SIGTERM)).start()
    try:
        status = supervisor.run(lambda: True, lambda: announced.append("here"), patience=5)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert (status, announced) == (0, ["here"])


def test_late_programs_wait_until_the_others_are_ready(supervised):
    sleep = "import time; print('up', flush=True); time.sleep(60)"
    supervisor, said = supervised(
        Program("web", python(sleep)), Program("worker", python(sleep), late=True)
    )
    turn_until(supervisor, lambda: said)
    for _ in range(5):
        supervisor.turn(0.05)
    assert said == ["web    | up\n"]
    supervisor.start_late()
    turn_until(supervisor, lambda: "worker | up\n" in said)


def test_running_gives_up_when_never_ready(supervised):
    supervisor, said = supervised(Program("web", python("import time; time.sleep(60)")))
    before = {number: signal.getsignal(number) for number in (2, 15, 1)}
    try:
        status = supervisor.run(lambda: False, lambda: None, patience=0.3)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert status == 1
    assert "giving up" in said[-1]


def test_a_child_dies_with_a_parent_that_was_killed():
    parent = subprocess.Popen(
        python(
            "import os, subprocess, time\n"
            "from config.processes import spawn\n"
            "child = spawn(['/bin/sleep', '60'], environment={}, output=subprocess.DEVNULL)\n"
            "print(child.pid, flush=True)\n"
            "time.sleep(60)\n"
        ),
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    child = int(parent.stdout.readline())
    parent.stdout.close()
    until(lambda: Path(f"/proc/{child}/comm").read_text() == "sleep\n")

    parent.kill()
    parent.wait()

    until(lambda: not started_at(child))


def test_stop_is_patient_first():
    polite = (
        "import signal, sys, time\n"
        "signal.signal(15, lambda *_: sys.exit(4))\n"
        "print('up', flush=True)\n"
        "time.sleep(60)\n"
    )
    child = spawn(python(polite), environment=os.environ, output=subprocess.PIPE)
    assert child.stdout.readline() == b"up\n"
    stop(child, signal.SIGTERM, patience=5)
    child.stdout.close()
    assert child.returncode == 4
