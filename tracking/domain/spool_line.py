"""One line of a spool is one fact: tab-separated, escaped like COPY text, sealed by its CRC.

``c`` is a click with consent, ``n`` a landing that is only counted, ``j`` a step of a journey,
``w`` a withdrawal of consent, ``x`` how many records no disk would take. The last field is the
CRC-32 of everything before it, so that a torn or damaged line is never taken for a fact.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zlib import crc32

from core.errors import DomainError
from tracking.domain.references import is_reference

LONGEST_LINE = 4_096
LONGEST_DATA = 2_048
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NEXT_MILLENNIUM_US = 32_503_680_000_000_000
_BIG, _INTEGER, _SMALL = 2**63 - 1, 2**31 - 1, 2**15 - 1
_SPECIAL = re.compile(r"[\\\t\n\r\x00]")
_ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\x00": ""}
_ESCAPED = re.compile(r"\\(.?)", re.DOTALL)
_MEANING = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}
_WORD = re.compile(r"[a-z_]{1,20}")
_NULL = r"\N"


class BadLine(DomainError):
    """A line that no writer of ours finished. The message is the reason, without the line."""

    code = "bad_line"


class LineTooLong(DomainError):
    """A fact that does not fit into one line."""

    code = "line_too_long"


class ClickRecord(NamedTuple):
    """A landing with consent; ``at_us`` in microseconds since 1970, ``visitor`` as in ap_ref."""

    at_us: int
    link_id: int
    affiliate_id: int
    visitor: str
    navigation: str
    facts: int
    referrer_host: str
    browser: int
    device: int
    country: str
    ip_hash: int | None
    sub_id: str
    surface: str

    @property
    def at(self) -> datetime:
        return moment(self.at_us)


class CountRecord(NamedTuple):
    """One landing of an hour that is counted and not told apart; ``hour_s`` in seconds."""

    hour_s: int
    link_id: int
    affiliate_id: int
    navigation: str
    referrer_host: str

    @property
    def hour(self) -> datetime:
        return moment(self.hour_s * 1_000_000)


class JourneyRecord(NamedTuple):
    """What a visitor did in the shop; ``data`` is JSON text."""

    at_us: int
    shop_id: int
    visitor: str
    kind: str
    data: str

    @property
    def at(self) -> datetime:
        return moment(self.at_us)


class WithdrawalRecord(NamedTuple):
    """A visitor took the consent back."""

    at_us: int
    visitor: str

    @property
    def at(self) -> datetime:
        return moment(self.at_us)


class LossRecord(NamedTuple):
    """So many records before this one could not be written."""

    at_us: int
    count: int  # type: ignore[assignment]  # A tuple's own count() is not wanted here.

    @property
    def at(self) -> datetime:
        return moment(self.at_us)


Record = ClickRecord | CountRecord | JourneyRecord | WithdrawalRecord | LossRecord


def moment(at_us: int) -> datetime:
    """Return the time ``at_us`` microseconds after 1970 began."""
    return _EPOCH + at_us * _MICROSECOND


def microseconds(at: datetime) -> int:
    """Return the microseconds between the beginning of 1970 and ``at``."""
    return (at - _EPOCH) // _MICROSECOND


def click_line(
    at_us: int,
    link_id: int,
    affiliate_id: int,
    visitor: str,
    navigation: str,
    facts: int,
    referrer_host: str,
    browser: int,
    device: int,
    country: str,
    ip_hash: int | None,
    sub_id: str,
    surface: str,
) -> bytes:
    """Return the line of a landing with consent.

    :raises LineTooLong: over 4,096 bytes.
    """
    return _sealed(
        f"c\t{at_us}\t{link_id}\t{affiliate_id}\t{visitor}\t{navigation}\t{facts}\t"
        f"{escaped(referrer_host)}\t{browser}\t{device}\t{escaped(country)}\t"
        f"{_NULL if ip_hash is None else ip_hash}\t{escaped(sub_id)}\t{escaped(surface)}\t"
    )


def count_line(
    hour_s: int, link_id: int, affiliate_id: int, navigation: str, referrer_host: str
) -> bytes:
    """Return the line of a landing that is only counted; ``hour_s``: when its hour began.

    :raises LineTooLong: over 4,096 bytes.
    """
    return _sealed(
        f"n\t{hour_s}\t{link_id}\t{affiliate_id}\t{navigation}\t{escaped(referrer_host)}\t"
    )


def journey_line(
    at_us: int, shop_id: int, visitor: str, kind: str, data: Mapping[str, Any]
) -> bytes:
    """Return the line of a step of a journey.

    :raises LineTooLong: when ``data`` is over 2,048 bytes of JSON, or the line over 4,096.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode("utf-8", "replace")) > LONGEST_DATA:
        raise LineTooLong(f"The data are longer than {LONGEST_DATA} bytes.")
    return _sealed(f"j\t{at_us}\t{shop_id}\t{visitor}\t{kind}\t{_escape(text)}\t")


def withdrawal_line(at_us: int, visitor: str) -> bytes:
    """Return the line of a withdrawn consent."""
    return _sealed(f"w\t{at_us}\t{visitor}\t")


def loss_line(at_us: int, count: int) -> bytes:
    """Return the line that says how many records could not be written."""
    return _sealed(f"x\t{at_us}\t{count}\t")


def parse(line: bytes) -> Record:
    """Return what a line says; the inverse of the writers above.

    :raises BadLine: when no writer can have written it; the message says why.
    """
    if len(line) > LONGEST_LINE:
        raise BadLine("too long")
    if not line.endswith(b"\n"):
        raise BadLine("torn: no newline at its end")
    body, crc = line[:-9], line[-9:-1]
    if b"%08x" % crc32(body) != crc or not body.endswith(b"\t"):
        raise BadLine("checksum differs")
    try:
        fields = body[:-1].decode().split("\t")
    except UnicodeDecodeError as error:
        raise BadLine("not UTF-8") from error
    read = _READERS.get(fields[0])
    if read is None:
        raise BadLine("unknown kind of record")
    count, reader = read
    if len(fields) != count:
        raise BadLine(f"{len(fields)} fields instead of {count}")
    try:
        return reader(fields)
    except ValueError as error:
        raise BadLine("a number is none") from error


@lru_cache(maxsize=4096)
def escaped(text: str) -> str:
    """Return ``text`` as a field holds it: backslash, tab, newline and return escaped, no NUL."""
    return _escape(text)


def _escape(text: str) -> str:
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)


def _sealed(body: str) -> bytes:
    said = body.encode("utf-8", "replace")
    line = said + b"%08x\n" % crc32(said)
    if len(line) > LONGEST_LINE:
        raise LineTooLong(f"The line is longer than {LONGEST_LINE} bytes.")
    return line


def _click(fields: list[str]) -> ClickRecord:
    return ClickRecord(
        _number(fields[1], _NEXT_MILLENNIUM_US),
        _number(fields[2], _BIG),
        _number(fields[3], _BIG),
        _reference(fields[4]),
        _word(fields[5]),
        _number(fields[6], _INTEGER),
        _text(fields[7], 253),
        _number(fields[8], _SMALL),
        _number(fields[9], _SMALL),
        _text(fields[10], 2),
        None if fields[11] == _NULL else _signed(fields[11]),
        _text(fields[12], 64),
        _text(fields[13], 64),
    )


def _count(fields: list[str]) -> CountRecord:
    hour_s = _number(fields[1], _NEXT_MILLENNIUM_US // 1_000_000)
    if hour_s % 3600:
        raise BadLine("not the beginning of an hour")
    link_id, affiliate_id = _number(fields[2], _BIG), _number(fields[3], _BIG)
    return CountRecord(hour_s, link_id, affiliate_id, _word(fields[4]), _text(fields[5], 253))


def _journey(fields: list[str]) -> JourneyRecord:
    data = _text(fields[5], LONGEST_DATA)
    try:
        is_object = isinstance(json.loads(data), dict)
    except (ValueError, RecursionError) as error:
        raise BadLine("data are no JSON") from error
    if not is_object:
        raise BadLine("data are no JSON object")
    at_us, shop_id = _number(fields[1], _NEXT_MILLENNIUM_US), _number(fields[2], _BIG)
    return JourneyRecord(at_us, shop_id, _reference(fields[3]), _word(fields[4]), data)


def _withdrawal(fields: list[str]) -> WithdrawalRecord:
    return WithdrawalRecord(_number(fields[1], _NEXT_MILLENNIUM_US), _reference(fields[2]))


def _loss(fields: list[str]) -> LossRecord:
    return LossRecord(_number(fields[1], _NEXT_MILLENNIUM_US), _number(fields[2], _BIG))


_READERS: dict[str, tuple[int, Callable[[list[str]], Record]]] = {
    "c": (14, _click),
    "n": (6, _count),
    "j": (6, _journey),
    "w": (3, _withdrawal),
    "x": (3, _loss),
}


def _number(field: str, most: int) -> int:
    number = int(field)
    if not 0 <= number <= most:
        raise BadLine("a number out of its range")
    return number


def _signed(field: str) -> int:
    number = int(field)
    if not -_BIG - 1 <= number <= _BIG:
        raise BadLine("a number out of its range")
    return number


def _reference(field: str) -> str:
    if not is_reference(field):
        raise BadLine("not a visitor's reference")
    return field


def _word(field: str) -> str:
    if not _WORD.fullmatch(field):
        raise BadLine("not a word of ours")
    return field


def _text(field: str, longest: int) -> str:
    text = field
    if "\\" in field:
        text = _ESCAPED.sub(_unescape, field)
    if len(text) > longest:
        raise BadLine("a text is too long")
    if "\x00" in text:
        raise BadLine("a NUL")
    return text


def _unescape(found: re.Match[str]) -> str:
    if found[1] not in _MEANING:
        raise BadLine("an unknown escape")
    return _MEANING[found[1]]
