"""Answers become dataclasses. What is not known is left out: the API may grow."""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from apport_client.errors import Unexpected

T = TypeVar("T")
#: Takes what an answer says and where it says it; returns the value.
Reader = Callable[[Any, str], Any]


def read(kind: type[T], said: object) -> T:
    """Return what an answer says as a ``kind``, one of ``apport_client.types``.

    Fields that the kind does not have are left out; of choices, values that it does not list stay
    as they are; a field that may be None is None when it is missing.

    :raises Unexpected: when a field is missing or is something else; says which.
    """
    value: T = reader_of(cast(Hashable, kind))(said, kind.__name__)
    return value


@cache
def reader_of(kind: Any) -> Reader:
    """Return what reads a ``kind``: made once for each.

    :raises TypeError: for a kind that no answer holds.
    """
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return _text
    if origin in (Union, types.UnionType):
        return _either(inner)
    if origin is tuple:
        return _many(reader_of(inner[0]))
    if origin is Mapping:
        return _mapping(reader_of(inner[1]))
    if is_dataclass(kind):
        return _object(kind)
    raise TypeError(f"Nothing reads a {kind}.")


def _object(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    parts = [
        (one.name, reader_of(hints[one.name]), type(None) in get_args(hints[one.name]))
        for one in fields(kind)
    ]

    def reads(said: Any, place: str) -> Any:
        if not isinstance(said, dict):
            raise _wrong(place, "an object", said)
        values = {}
        for name, reader, may_lack in parts:
            if name not in said and not may_lack:
                raise Unexpected(f"{place}.{name} is missing.")
            values[name] = reader(said.get(name), f"{place}.{name}")
        return kind(**values)

    return reads


def _either(kinds: tuple[Any, ...]) -> Reader:
    """Read one kind or None, or a choice that may be one that is not known yet."""
    real = [one for one in kinds if one is not type(None)]
    readers = {reader_of(one) for one in real}
    if len(readers) != 1:
        raise TypeError(f"Nothing tells {kinds} apart.")
    (reader,) = readers
    if len(real) == len(kinds):
        return reader
    return lambda said, place: None if said is None else reader(said, place)


def _many(reader: Reader) -> Reader:
    def reads(said: Any, place: str) -> Any:
        if not isinstance(said, list):
            raise _wrong(place, "a list", said)
        return tuple(reader(one, f"{place}[{number}]") for number, one in enumerate(said))

    return reads


def _mapping(reader: Reader) -> Reader:
    def reads(said: Any, place: str) -> Any:
        if not isinstance(said, dict):
            raise _wrong(place, "an object", said)
        return {name: reader(one, f"{place}[{name!r}]") for name, one in said.items()}

    return reads


def _text(said: Any, place: str) -> str:
    if not isinstance(said, str):
        raise _wrong(place, "text", said)
    return said


def _whole(said: Any, place: str) -> int:
    if isinstance(said, bool) or not isinstance(said, int):
        raise _wrong(place, "a whole number", said)
    return said


def _flag(said: Any, place: str) -> bool:
    if not isinstance(said, bool):
        raise _wrong(place, "true or false", said)
    return said


def _moment(said: Any, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(said, place))
    except ValueError:
        raise _wrong(place, "a moment", said) from None
    if moment.tzinfo is None:
        raise _wrong(place, "a moment with its offset", said)
    return moment


def _day(said: Any, place: str) -> date:
    try:
        return date.fromisoformat(_text(said, place))
    except ValueError:
        raise _wrong(place, "a day", said) from None


def _uuid(said: Any, place: str) -> UUID:
    try:
        return UUID(_text(said, place))
    except ValueError:
        raise _wrong(place, "a UUID", said) from None


def _wrong(place: str, wanted: str, said: object) -> Unexpected:
    """Return the error, without what was said: it may be somebody's."""
    return Unexpected(f"{place} should be {wanted}, and is a {type(said).__name__}.")


_PLAIN: dict[Any, Reader] = {
    Any: lambda said, _place: said,
    str: _text,
    int: _whole,
    bool: _flag,
    datetime: _moment,
    date: _day,
    UUID: _uuid,
}
