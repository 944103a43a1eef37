"""What the signals are given and what they answer. Gathered before, so that no signal asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum


class Level(StrEnum):
    """How much a finding weighs, heaviest first."""

    REFUSE = "refuse"  # Conclusive: refused without a person, visible and contestable.
    HOLD = "hold"  # A person decides; time alone never does.
    REVIEW = "review"
    INFO = "info"


class Unknown(Enum):
    """The answer of a signal that lacks the facts. It is never held against anybody."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The facts about one credit."""

    ordered_at: datetime
    #: Of the credited affiliate's own clicks that came with the order.
    click_ats: tuple[datetime, ...] = ()
    order_email_key: str = ""
    order_customer_ref: str = ""
    #: Keyed hashes of the e-mail addresses of the affiliate's people.
    member_email_keys: frozenset[str] = frozenset()
    #: Customer accounts that have ordered with one of those addresses.
    member_customer_refs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a signal saw, with the version of its rule and the facts as JSON."""

    code: str
    version: int
    level: Level
    facts: dict[str, str | int] = field(default_factory=dict)


Signal = Callable[[Evidence], Finding | Unknown | None]
