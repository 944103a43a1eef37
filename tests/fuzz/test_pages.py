"""Odd addresses, queries and forms: everybody gets an answer, and nobody an error of ours.

Each question follows from a number: the same ones every time. ``benchmarks/fuzz/run --pages`` asks
for as long as it may, from another number on.
"""

import json
import os
import time
from pathlib import Path
from random import Random

import pytest
import time_machine

from tests.browser.places import make_everything
from tests.fuzz.page_stage import Stage
from tests.payouts.paydays import PAYDAY

pytestmark = pytest.mark.slow
QUESTIONS = 40
SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
FIRST = int(os.environ.get("FUZZ_FIRST", "0"))


@pytest.fixture
def stage(db, settings, tmp_path):
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.ACCOUNT_RATE_LIMITS = False
    settings.MEDIA_ROOT, settings.SPOOL_DIR = tmp_path / "media", tmp_path / "spool"
    with time_machine.travel(PAYDAY, tick=False):
        yield Stage.of(make_everything())


def test_every_odd_question_has_an_answer(stage):
    began, number = time.perf_counter(), FIRST
    while number < FIRST + QUESTIONS or time.perf_counter() - began < SECONDS:
        stage.ask(Random(number))
        number += 1

    if os.environ.get("FUZZ_FIGURES"):
        name = f"pages ({len(stage.opened)} addresses) and forms ({len(stage.sent)})"
        told = {"name": name, "inputs": stage.asked, "faults": stage.faults,
                "seconds": round(time.perf_counter() - began, 1)}  # fmt: skip
        Path(os.environ["FUZZ_FIGURES"]).write_text(json.dumps(told))
    assert stage.faults == {}, "\n\n".join(
        f"{what}\n  {asked}" for what, asked in stage.faults.items()
    )
