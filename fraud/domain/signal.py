"""What a signal is: a pure rule about one credit or one affiliate, its thresholds beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fraud.domain.evidence import (
    AffiliateEvidence,
    Answer,
    Evidence,
    Facts,
    Finding,
    Level,
    Limits,
)


class Family(StrEnum):
    """Where a finding comes from. Two of different families are independent of one another."""

    NAVIGATION = "navigation"
    SESSION = "session"
    DOMAIN = "domain"
    IDENTITY = "identity"
    STATISTICS = "statistics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What credit signals and affiliate signals have in common.

    ``limits`` are the thresholds as they are without a setting: whole numbers, with their unit in
    the name (``_s`` seconds, ``_bps`` basis points, ``least_`` a count).
    """

    code: str
    number: str  # Of docs/rules/screening.md
    version: int
    family: Family
    limits: Mapping[str, int] = field(default_factory=dict)

    def finding(self, level: Level, **facts: object) -> Finding:
        """Return that this rule saw something."""
        return Finding(code=self.code, version=self.version, level=level, facts=Facts(facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditSignal(Rule):
    """A rule about one credit."""

    judge: Callable[[Evidence, Limits], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class AffiliateSignal(Rule):
    """A rule about an affiliate as a whole."""

    judge: Callable[[AffiliateEvidence, Limits], Answer]
