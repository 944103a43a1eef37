"""bin/manage evaluate_fraud: a database of its own, gone afterwards whatever happens."""

import json
import os
import signal
import subprocess
import sys
import time
from typing import NamedTuple

import pytest
from django.core.management import call_command
from django.db import connection

from config import roles
from fraud.evaluation.scratch import PREFIX
from tests.fraud.evaluation import events

ENVIRONMENT = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
COMMAND = [sys.executable, "-W", "error", "manage.py", "evaluate_fraud"]


def started(*arguments, **environment):
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=ENVIRONMENT | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Done(NamedTuple):
    pid: int
    returncode: int
    stdout: str
    stderr: str


def run(*arguments, **environment):
    with started(*arguments, **environment) as process:
        stdout, stderr = process.communicate()
    return Done(process.pid, process.returncode, stdout, stderr)


def databases_of(pid):
    """Those that one process has made: others on this server may be evaluating, too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return [name for (name,) in cursor.fetchall() if name.startswith(f"{PREFIX}{pid}_")]


def small(path):
    return events.written(path, [events.affiliate(), events.click(), events.order()])


def test_it_prints_the_schema(capsys):
    call_command("evaluate_fraud", "--schema")

    assert json.loads(capsys.readouterr().out)["$defs"]["event"]


@pytest.mark.slow
def test_it_answers_with_json_and_leaves_no_database(tmp_path, db):
    done = run("--events", str(small(tmp_path / "events.jsonl")), "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["orders"] == [{"order": "o1", "decision": "pay", "signals": []}]
    assert not databases_of(done.pid)


def test_a_line_that_is_no_event_ends_it_before_anything_is_made(tmp_path, db):
    path = small(tmp_path / "events.jsonl")
    path.write_text(path.read_text() + '{"type":"order"}\n')

    done = run("--events", str(path), "--json")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "CommandError: Line 4: order: amount_minor is missing.\n"
    assert not databases_of(done.pid)


def test_a_file_that_is_not_there_is_named(tmp_path):
    done = run("--events", str(tmp_path / "nothing.jsonl"))

    assert done.returncode == 1
    assert "nothing.jsonl" in done.stderr


def test_without_the_right_to_make_a_database_it_says_what_is_missing(tmp_path, db):
    settings = connection.settings_dict
    place = f"@/{roles.DATABASE}?host={settings['HOST']}"
    done = run(
        "--events",
        str(small(tmp_path / "events.jsonl")),
        APPORT_EMBEDDED="",
        PUBLIC_URL="https://partners.example.fr",
        DATABASE_URL=f"postgresql://{roles.APPLICATION}{place}",
        DATABASE_OWNER_URL=f"postgresql://{roles.OWNER}{place}",
    )

    assert done.returncode == 1
    assert "CREATEDB" in done.stderr
    assert "SCRATCH_DATABASE_URL" in done.stderr


@pytest.mark.slow
def test_an_interrupt_takes_the_database_along(tmp_path, db):
    with started("--events", str(small(tmp_path / "events.jsonl"))) as process:
        deadline = time.monotonic() + 120
        while not databases_of(process.pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert databases_of(process.pid)
        process.send_signal(signal.SIGINT)
        _stdout, stderr = process.communicate(timeout=60)

    assert process.returncode != 0, stderr
    assert not databases_of(process.pid)
