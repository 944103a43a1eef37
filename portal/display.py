"""Values that components draw. Views fill them; templates never compute."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Tone = Literal["neutral", "info", "success", "warning", "danger", "accent"]


@dataclass(frozen=True, slots=True)
class StatusText:
    """A state as a person reads it. Label and sentence translate themselves when shown."""

    code: str
    label: str
    tone: Tone
    icon: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One event of a history; ``future`` items carry the expected date in ``at``."""

    title: str
    state: Literal["done", "current", "future"] = "done"
    at: datetime | date | None = None
    actor: str = ""
    note: str = ""
    icon: str = ""
    tone: Tone = "neutral"
    href: str = ""
    link_label: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an explanation such as "why this amount". ``value`` is already formatted."""

    label: str
    value: str = ""
    text: str = ""
    kind: Literal["step", "total", "excluded"] = "step"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing left to do, and what it takes."""

    title: str
    text: str = ""
    href: str = ""
    done: bool = False
    minutes: int | None = None
