from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place where two paths to the same figure disagree. Amounts in minor units."""

    check: str
    subject: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.check}: {self.subject} should be {self.expected}, is {self.found}"


def as_rows(differences: list[Difference]) -> list[dict[str, Any]]:
    """Return differences as plain dictionaries, for JSON."""
    return [asdict(difference) for difference in differences]
