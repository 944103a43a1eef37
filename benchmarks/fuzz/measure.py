"""Every entrance sent what no one should send: how many inputs, and how many fell over."""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.fuzz import guided
from benchmarks.fuzz.guided import Told

ROOT = Path(__file__).parents[2]
#: Pages are asked on throw-away servers, which ``bin/test`` starts.
_BEFORE = dict(os.environ)
#: Nobody asks the servers here, so they need not be there; the keys are for nothing else.
_NOBODYS = {
    "DJANGO_SETTINGS_MODULE": "config.settings_test",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "APPORT_EMBEDDED": "1",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "HASH_KEY": secrets.token_urlsafe(50),
    "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
}


def main() -> None:
    """Send, count, print a table for ``docs/security.md``; end with 1 when something fell over."""
    options = _options()
    found: list[Told] = []
    if options.seconds:
        found += _guided(options.seconds, options.only)
    if options.pages:
        found.append(_pages(options.pages, options.first))
    if options.json:
        options.json.write_text(json.dumps([one.as_json() for one in found], indent=1))
    _print(found)
    raise SystemExit(any(one.faults for one in found))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/fuzz/run", description=__doc__)
    parser.add_argument("--seconds", type=int, default=30, help="for each entrance (default: 30)")
    parser.add_argument("--only", default="", help="names, or parts of them, with commas")
    parser.add_argument("--pages", type=int, default=0, help="seconds for pages and forms, too")
    parser.add_argument("--first", type=int, default=0, help="the number of their first question")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _guided(seconds: int, only: str) -> list[Told]:
    os.environ.update(_NOBODYS)
    found = []
    for name, entrance in guided.entrances().items():
        if any(part in name for part in only.split(",")):
            with tempfile.TemporaryDirectory(prefix="apport-fuzz-") as folder:
                found.append(guided.send(entrance, seconds, Path(folder)))
            sys.stderr.write(f"{_row(found[-1])}\n")
    return found


def _pages(seconds: int, first: int) -> Told:
    """Ask pages and forms in the tests' own world; what fell over stands in the figures."""
    with tempfile.TemporaryDirectory(prefix="apport-fuzz-") as folder:
        figures = Path(folder) / "figures"
        more = {"FUZZ_SECONDS": str(seconds), "FUZZ_FIRST": str(first),
                "FUZZ_FIGURES": str(figures)}  # fmt: skip
        command = [ROOT / "bin" / "test", "-n", "1", "-q", "tests/fuzz/test_pages.py"]
        subprocess.run(command, env=_BEFORE | more, stdout=sys.stderr, check=False)
        if not figures.exists():
            raise SystemExit("The pages could not be asked: the reason stands above.")
        return Told(**json.loads(figures.read_text()))


def _row(one: Told) -> str:
    return (
        f"| {one.name} | {one.inputs:,} | {one.seconds:.0f} | {one.edges:,} | {len(one.faults)} |"
    )


def _print(found: list[Told]) -> None:
    sys.stdout.write("| entrance | inputs | seconds | edges | faults |\n|---|--:|--:|--:|--:|\n")
    for one in found:
        sys.stdout.write(f"{_row(one)}\n")
    whole = sum(one.inputs for one in found)
    sys.stdout.write(f"{whole:,} inputs, {sum(len(one.faults) for one in found)} faults\n")
    for one in found:
        for what, body in one.faults.items():
            sys.stdout.write(f"{one.name}: {what}\n    {body[:1_500]}\n")


if __name__ == "__main__":
    main()
