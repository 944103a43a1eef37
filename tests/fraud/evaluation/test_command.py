"""bin/manage evaluate_fraud: a database of its own, gone afterwards whatever happens."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from django.core.management import call_command
from django.db import connection

from config import roles
from fraud.evaluation.scratch import PREFIX
from tests.fraud.evaluation import events

ENVIRONMENT = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
COMMAND = [sys.executable, "-W", "error", "manage.py", "evaluate_fraud"]


def run(*arguments, **environment):
    return subprocess.run(
        [*COMMAND, *arguments],
        env=ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def scratch_databases():
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def _leaves_nothing(db):
    before = scratch_databases()
    yield
    assert scratch_databases() <= before


def small(path):
    return events.written(path, [events.affiliate(), events.click(), events.order()])


def test_it_prints_the_schema(capsys):
    call_command("evaluate_fraud", "--schema")

    assert json.loads(capsys.readouterr().out)["$defs"]["event"]


@pytest.mark.slow
@pytest.mark.usefixtures("_leaves_nothing")
def test_it_answers_with_json_and_leaves_no_database(tmp_path):
    done = run("--events", str(small(tmp_path / "events.jsonl")), "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["orders"] == [{"order": "o1", "decision": "pay", "signals": []}]


@pytest.mark.usefixtures("_leaves_nothing")
def test_a_line_that_is_no_event_ends_it_before_anything_is_made(tmp_path):
    path = small(tmp_path / "events.jsonl")
    path.write_text(path.read_text() + '{"type":"order"}\n')

    done = run("--events", str(path), "--json")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "CommandError: Line 4: order: amount_minor is missing.\n"


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
        DATABASE_URL=f"postgresql://{roles.APPLICATION}{place}",
        DATABASE_OWNER_URL=f"postgresql://{roles.OWNER}{place}",
    )

    assert done.returncode == 1
    assert "CREATEDB" in done.stderr
    assert "SCRATCH_DATABASE_URL" in done.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("_leaves_nothing")
def test_an_interrupt_takes_the_database_along(tmp_path):
    path = small(tmp_path / "events.jsonl")
    before = scratch_databases()
    with subprocess.Popen(
        [*COMMAND, "--events", str(path)],
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + 120
        while scratch_databases() <= before and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.wait(60)

    assert process.returncode != 0
