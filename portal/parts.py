"""Parts of a page that stand on their own: one that fails says so, and the others are shown."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part(Generic[Value]):
    """What a part shows; ``failed``: nothing, because asking for it went wrong."""

    value: Value | None
    failed: bool = False


def part(name: str, build: Callable[[], Value]) -> Part[Value]:
    """Return what ``build`` makes. A bug in it is logged under ``name`` and kept to this part.

    A home has many parts that have nothing to do with each other: who is paid tomorrow shall read
    it also on the day on which a chart cannot be drawn. ``build`` has to ask for all it shows:
    what a template asks for later is not guarded.
    """
    try:
        return Part(build())
    except Exception:
        logger.exception("The part %s of a page failed.", name)
        return Part(None, failed=True)
