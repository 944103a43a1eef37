"""What every file of past orders shares: reading rows, refusing some, adding up to the cent."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from shop.connectors.packed import BROKEN, Unpacked, UnreadableFile
from shop.domain.canonical import CanonicalOrder, CanonicalProduct, CanonicalReturn

Fact = CanonicalOrder | CanonicalReturn
#: Called with the number of rows read so far.
Tick = Callable[[int], None]

#: Names of the sums besides the kinds of lines. Returns count below zero.
RETURNS, REFUSED = "returns", "refused"
EXAMPLES = 5


@dataclass(slots=True)
class Refusals:
    """The rows refused for one reason: how many, what they come to, and the first few."""

    rows: int = 0
    minor: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """What a file says, added up: each row rounded to the minor unit, then summed."""

    rows: int = 0
    orders: int = 0
    lines: int = 0
    input_minor: int = 0
    sums: Counter[str] = field(default_factory=Counter)
    refused: dict[str, Refusals] = field(default_factory=dict)

    def refuse(self, reason: str, row: int, minor: int, detail: str = "") -> None:
        """Count a row that is not stored."""
        found = self.refused.setdefault(reason, Refusals())
        found.rows += 1
        found.minor += minor
        if len(found.examples) < EXAMPLES:
            found.examples.append(f"row {row}: {detail}" if detail else f"row {row}")
        self.sums[REFUSED] += minor
        self.input_minor += minor


class History(Protocol):
    """A file of past orders. ``survey`` reads it ahead; ``facts`` streams it in its own order."""

    tally: Tally

    def survey(self, tick: Tick) -> int:
        """Read ahead what must be known before the first fact; return the number of rows."""

    def products(self) -> Iterator[CanonicalProduct]:
        """Yield the catalogue that the file implies. After ``survey``."""

    def facts(self, tick: Tick) -> Iterator[Fact]:
        """Yield orders and returns, filling ``tally``. After ``survey``."""


@contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """Open a CSV file, or one packed with xz or gzip.

    :raises UnreadableFile: when there is none, it is not UTF-8, or is larger than the settings say.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be opened: {error.strerror}.") from error
    try:
        with raw:
            plain = Unpacked(raw, by_line=True).buffered()
            yield io.TextIOWrapper(plain, encoding="utf-8-sig", newline="")
    except (*BROKEN, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(f"{path} cannot be read to its end: {error}.") from error


def numbered_rows(
    path: Path, columns: Sequence[str], tick: Tick, *, optional: int = 0
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below the header with their numbers, the header being row 1.

    ``optional``: how many of the last columns a file may leave out, all of them at once.

    :raises UnreadableFile: when the header is another one.
    """
    with opened(path) as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if header not in (list(columns), list(columns[: len(columns) - optional])):
            raise UnreadableFile(f"The first row must be {','.join(columns)}.")
        number = 1
        for number, row in enumerate(reader, start=2):
            if number % 1_000 == 0:
                tick(number - 1)
            yield number, row
        tick(number - 1)
