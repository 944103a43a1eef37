"""A click's line into the bytes of its row (COPY's binary format), most often at one glance.

Who came and when differs from line to line; how they came is said alike by thousands. What was
read of it once is remembered as bytes, under the text that said it. Whatever is not plain is left
to ``spool_line.parse``, which knows why a line is none.
"""

from __future__ import annotations

import struct
from binascii import a2b_base64
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from tracking.domain.navigation import NOT_A_VISIT, Fact
from tracking.domain.spool_line import BadLine, ClickRecord

#: Columns of the rows, in the order of their bytes.
COLUMNS = (
    "clicked_at", "visitor", "link_id", "affiliate_id", "ip_hash", "facts", "browser", "device",
    "navigation", "referrer_host", "country", "sub_id", "surface",
)  # fmt: skip
PG_EPOCH_US = 946_684_800_000_000  # PostgreSQL counts from the year 2000.
HOUR_US = 3_600_000_000

_MOST_REMEMBERED = 20_000
_LARGEST_ID = 2**31 - 1
_LONGEST_LINE = 4_096
_WHO = struct.Struct(">hiqi16siiiiiq").pack
_WHO_WITHOUT_IP = struct.Struct(">hiqi16siiiii").pack
_HOW = struct.Struct(">iiihih").pack
_LENGTH = struct.Struct(">i").pack
_NO_IP = b"\\N"
# The letters of a reference as base64 spells them; the two that it would spell otherwise are none.
_BASE64 = bytes.maketrans(b"-_+/", b"+/!!")
_LAST_LETTERS = frozenset(b"AQgw")
_REFERENCE_LETTERS = 22
_EXCHANGED = int(Fact.EXCHANGED)
_NOBODY = frozenset(map(str, NOT_A_VISIT))


class Kind(NamedTuple):
    """How much one landing adds to visits, to those with consent, and to the others."""

    visits: int
    consented: int
    others: int


WITH_CONSENT, WITHOUT = Kind(1, 1, 0), Kind(1, 0, 0)
#: Consent that came later adds nobody: that visit is counted already.
EXCHANGE, NOBODY = Kind(0, 1, 0), Kind(0, 0, 1)

#: Affiliate, hour (seconds since 1970), link, kind.
Landing = tuple[int, int, int, Kind]

_said: dict[bytes, tuple[bytes, Kind]] = {}
_marks: dict[tuple[bytes, bytes], bytes] = {}


def known_click(line: bytes, earliest_us: int, latest_us: int) -> tuple[bytes, Landing] | None:
    """Return the row and the landing of a line that says a click in words that came before.

    ``None`` is any other line: also one that nobody can read, or out of the two times given
    (microseconds since 1970, the first not before).
    """
    try:
        kind, at, link, affiliate, visitor, rest = line.split(b"\t", 5)
        how, ip, sub_id, surface, seal = rest.rsplit(b"\t", 4)
        at_us, link_id, affiliate_id = int(at), int(link), int(affiliate)
        heard, marked = _said.get(how), _marks.get((sub_id, surface))
        if (
            heard is None
            or marked is None
            or kind != b"c"
            or b"%08x\n" % crc32(line[:-9]) != seal
            or len(line) > _LONGEST_LINE
            or not earliest_us <= at_us <= latest_us
            or not 0 <= link_id <= _LARGEST_ID
            or not 0 <= affiliate_id <= _LARGEST_ID
            or len(visitor) != _REFERENCE_LETTERS
            or visitor[-1] not in _LAST_LETTERS
        ):
            return None
        bits = a2b_base64(visitor.translate(_BASE64) + b"==", strict_mode=True)
        who = _who(at_us, bits, link_id, affiliate_id, None if ip == _NO_IP else int(ip))
    except (ValueError, struct.error):
        return None
    text, adds = heard
    return who + text + marked, (affiliate_id, at_us // HOUR_US * 3_600, link_id, adds)


def click(line: bytes, record: ClickRecord) -> tuple[bytes, Landing]:
    """Return the row and the landing of ``line``, which says ``record``; remember its words.

    :raises BadLine: when no row can hold it.
    """
    try:
        who = _who(
            record.at_us, bits_of(record.visitor), record.link_id, record.affiliate_id,
            record.ip_hash,
        )  # fmt: skip
        how = _HOW(4, record.facts, 2, record.browser, 2, record.device)
    except struct.error as error:
        raise BadLine("a number that no row can hold") from error
    how += text_of(record.navigation) + text_of(record.referrer_host) + text_of(record.country)
    marked = text_of(record.sub_id) + text_of(record.surface)
    adds = _kind(record)
    _remember(line, how, adds, marked)
    hour = record.at_us // HOUR_US * 3_600
    return who + how + marked, (record.affiliate_id, hour, record.link_id, adds)


def bits_of(reference: str) -> bytes:
    """Return the 16 bytes of a visitor's reference."""
    return a2b_base64(reference.encode().translate(_BASE64) + b"==")


@lru_cache(maxsize=4096)
def text_of(text: str) -> bytes:
    """Return a text as a field of a row: its length, then its bytes."""
    said = text.encode()
    return _LENGTH(len(said)) + said


def _who(at_us: int, bits: bytes, link_id: int, affiliate_id: int, ip_hash: int | None) -> bytes:
    at = at_us - PG_EPOCH_US
    if ip_hash is None:
        return _WHO_WITHOUT_IP(13, 8, at, 16, bits, 4, link_id, 4, affiliate_id, -1)
    return _WHO(13, 8, at, 16, bits, 4, link_id, 4, affiliate_id, 8, ip_hash)


def _kind(record: ClickRecord) -> Kind:
    if record.navigation in _NOBODY:
        return NOBODY
    return EXCHANGE if record.facts & _EXCHANGED else WITH_CONSENT


def _remember(line: bytes, how: bytes, adds: Kind, marked: bytes) -> None:
    said, _ip, sub_id, surface, _seal = line.split(b"\t", 5)[5].rsplit(b"\t", 4)
    for memory in (_said, _marks):
        if len(memory) >= _MOST_REMEMBERED:
            memory.clear()
    _said[said] = how, adds
    _marks[sub_id, surface] = marked
