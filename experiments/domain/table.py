"""An experiment as a file: one line per unit, its arm, its outcome, perhaps a covariate."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.errors import DomainError


class TableRefused(DomainError):
    """A file that cannot be analysed. The message says which line, and why."""

    code = "table_refused"


@dataclass(slots=True)
class Arm:
    """What was read of one arm."""

    outcomes: list[float] = field(default_factory=list)
    covariates: list[float] = field(default_factory=list)


def read_arms(
    lines: Iterable[str], *, arm: str, outcome: str, covariate: str | None = None
) -> dict[str, Arm]:
    """Return the units of each arm, by the name that column ``arm`` gives it.

    :raises TableRefused: for a missing column or what is no number, with the number of its line.
    """
    reader = csv.DictReader(lines)
    wanted = [name for name in (arm, outcome, covariate) if name is not None]
    missing = [name for name in wanted if name not in (reader.fieldnames or ())]
    if missing:
        there = ", ".join(reader.fieldnames or ()) or "none"
        raise TableRefused(f"No column {', '.join(missing)}. The columns are: {there}.")
    arms: dict[str, Arm] = {}
    for row in reader:
        name = (row[arm] or "").strip()
        if not name:
            raise TableRefused(f"Line {reader.line_num}: no arm in column {arm}.")
        unit = arms.setdefault(name, Arm())
        unit.outcomes.append(_number(row[outcome], outcome, reader.line_num))
        if covariate is not None:
            unit.covariates.append(_number(row[covariate], covariate, reader.line_num))
    if len(arms) < 2:
        raise TableRefused("At least two arms are needed to compare them.")
    return arms


def _number(text: str | None, column: str, line: int) -> float:
    try:
        return float(text or "")
    except ValueError as error:
        raise TableRefused(f"Line {line}: {text!r} in column {column} is no number.") from error
