"""One entrance under atheris: an input that reaches new code is kept and changed further."""

from __future__ import annotations

import json
import os
import re
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import atheris
import django

if TYPE_CHECKING:
    from tests.fuzz.entrance import Entrance

#: What is counted as reached: our own code, which reads what comes.
OWN = [
    "affiliates",
    "core",
    "experiments",
    "fraud",
    "influencers",
    "payouts",
    "portal",
    "shop",
    "tracking",
]
LONGEST_INPUT = 4_096
_FINAL = re.compile(r"stat::(\w+):\s+(\d+)")
_REACHED = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)")


@dataclass
class Told:
    """The figures of one entrance; ``edges`` of our own code that its inputs reached."""

    name: str
    inputs: int = 0
    seconds: float = 0.0
    edges: int = 0
    corpus: int = 0
    faults: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def entrances() -> dict[str, Entrance]:
    """Load our code so that atheris sees where an input goes, and return what it can be sent to."""
    with atheris.instrument_imports(include=OWN):
        django.setup()
        from tests.fuzz.entrances import EVERY  # noqa: PLC0415 - after the settings, and watched
    return EVERY


def send(entrance: Entrance, seconds: int, folder: Path) -> Told:
    """Send ``entrance`` inputs for ``seconds``, in a process of its own; return the figures."""
    log, faults = folder / "log", folder / "faults"
    began = time.monotonic()
    child = os.fork()
    if not child:
        try:
            _child(entrance, seconds, folder, log, faults)
        except BaseException:  # Told in the log; nothing of the parent's may be cleaned up here.
            traceback.print_exc()
        finally:
            os._exit(1)  # Only then: libFuzzer leaves by itself.
    _pid, status = os.waitpid(child, 0)
    said = log.read_text(errors="replace")
    figures = dict(_FINAL.findall(said))
    reached = _REACHED.findall(said)
    told = Told(entrance.name, seconds=round(time.monotonic() - began, 1))
    told.inputs = int(figures.get("number_of_executed_units", 0))
    told.edges, told.corpus = (int(reached[-1][0]), int(reached[-1][2])) if reached else (0, 0)
    if faults.exists():
        told.faults = dict(map(json.loads, faults.read_text().splitlines()))
    if os.waitstatus_to_exitcode(status):
        told.faults["the process ended"] = said[-1_500:]
    return told


def _child(entrance: Entrance, seconds: int, folder: Path, log: Path, faults: Path) -> None:
    with log.open("wb") as said:
        os.dup2(said.fileno(), 2)
        os.dup2(said.fileno(), 1)
    from tests.fuzz.mutation import ODD_WORDS  # noqa: PLC0415 - after the settings

    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(entrance.seeds):
        (corpus / str(number)).write_bytes(seed)
    words = folder / "words"
    words.write_text("".join(f'"{_escaped(one)}"\n' for one in (*entrance.words, *ODD_WORDS)))
    known: set[str] = set()
    for seed in entrance.seeds:  # What is loaded by the first one is not that one's time.
        with suppress(Exception):
            entrance.take(seed)

    def read(body: bytes) -> None:
        began = time.perf_counter()
        try:
            entrance.take(body)
        except Exception as fault:
            _note(faults, known, _place(fault), body)
        if time.perf_counter() - began > entrance.slow_seconds:
            _note(faults, known, f"slower than {entrance.slow_seconds:.0f} s", body)

    atheris.Setup(_arguments(seconds, folder, corpus, words), read,
                  custom_mutator=_mutator(entrance))  # fmt: skip
    atheris.Fuzz()


def _mutator(entrance: Entrance):
    from tests.fuzz.mutation import changed  # noqa: PLC0415 - after the settings

    def mutate(body: bytes, longest: int, seed: int) -> bytes:
        if seed % 2:
            return atheris.Mutate(body, len(body) + 64 if len(body) + 64 < longest else longest)
        return changed(entrance, bytes(body), Random(seed))[:longest]

    return mutate


def _arguments(seconds: int, folder: Path, corpus: Path, words: Path) -> Sequence[str]:
    longest = max(LONGEST_INPUT, *(len(one.read_bytes()) for one in corpus.iterdir()))
    return [
        sys.argv[0], f"-max_total_time={seconds}", "-seed=1", f"-max_len={longest}", "-timeout=20",
        "-rss_limit_mb=4000", "-print_final_stats=1", f"-dict={words}",
        f"-artifact_prefix={folder}/", str(corpus),
    ]  # fmt: skip


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def _place(fault: Exception) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    own = [one for one in frames if any(f"/{name}/" in one.filename for name in (*OWN, "tests"))]
    at = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "?"
    return f"{type(fault).__name__} at {at}"


def _note(faults: Path, known: set[str], what: str, body: bytes) -> None:
    if what not in known:
        known.add(what)
        with faults.open("a") as file:
            file.write(json.dumps([what, repr(body[:4_000])]) + "\n")
