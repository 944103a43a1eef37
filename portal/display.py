"""Values that components draw. Views fill them; templates never compute."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: A text, translated already or when it is shown.
Text: TypeAlias = "str | _StrPromise"
Tone = Literal["neutral", "info", "success", "warning", "danger", "accent"]


@dataclass(frozen=True, slots=True)
class StatusText:
    """A state as a person reads it. Label and sentence translate themselves when shown."""

    code: str
    label: Text
    tone: Tone
    icon: str
    sentence: Text = ""


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One event of a history; ``future`` items carry the expected date in ``at``."""

    title: Text
    state: Literal["done", "current", "future"] = "done"
    at: datetime | date | None = None
    actor: Text = ""
    note: Text = ""
    icon: str = ""
    tone: Tone = "neutral"
    href: str = ""
    link_label: Text = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an explanation such as "why this amount". ``value`` is already formatted."""

    label: Text
    value: str = ""
    text: Text = ""
    kind: Literal["step", "total", "excluded"] = "step"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing left to do, and what it takes."""

    title: Text
    text: Text = ""
    href: str = ""
    done: bool = False
    minutes: int | None = None
