"""What is sent: bodies as JSON, parameters and the parts of addresses as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import UUID


class Unset(Enum):
    """What is not said, where None would say that there is none."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return self.name


UNSET: Final = Unset.UNSET


def written(value: object) -> Any:
    """Return ``value`` as JSON has it; fields of a dataclass that are UNSET are left out.

    :raises ValueError: for a moment without its offset.
    :raises TypeError: for something that no body holds.
    """
    if is_dataclass(value) and not isinstance(value, type):
        said = {one.name: getattr(value, one.name) for one in fields(value)}
        return {name: written(one) for name, one in said.items() if one is not UNSET}
    if isinstance(value, date | UUID):
        return text_of(value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(name): written(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [written(one) for one in value]
    raise TypeError(f"A {type(value).__name__} cannot be sent.")


def query_of(asked: Mapping[str, object]) -> str:
    """Return the parameters that are not None, as they stand behind the ``?``."""
    return urlencode({name: text_of(one) for name, one in asked.items() if one is not None})


def place(value: object) -> str:
    """Return a part of an address.

    :raises ValueError: for one that would make it another address.
    """
    text = text_of(value)
    if text in ("", ".", ".."):
        raise ValueError(f"{text!r} names nothing.")
    return quote(text, safe="")


def text_of(value: object) -> str:
    """Return one value as text.

    :raises ValueError: for a moment without its offset: nobody could tell which one is meant.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("Give a moment with its offset: datetime(2026, 6, 1, tzinfo=UTC).")
        return value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
