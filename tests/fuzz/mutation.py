"""Changes of bytes, each from a number alone: the same number makes the same change."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.fuzz.entrance import BREAK, Entrance
from tests.shop.connectors.broken_bodies import ODD, places, removed, replaced

#: What is odd in every format.
ODD_WORDS = (
    b"\0", b"\r", b"\n", b"\r\n", b'"', b"'", b"\\", b"%00", b"%0a", b"%", b"{", b"}", b"<", b"&",
    b"=", b";", b",", b"\t", b"//", b"@", b"[", b"]", b"::1", b"http://[", b"1e999999", b"-1",
    b"9e9999999", b"1e-999999", b"sNaN", b"0001-01-01", b"9999-12-31", b"9" * 25, b"\xff\xfe",
    b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xc2\xb2", b"\xd9\xa1", b"a" * 300,
    b"../", b"=1+1", b"\\ud800", b"\\u0000", b"[[[[[[[[", b"2026-W01-1", b"T24:00", b"+23:59",
)  # fmt: skip
_MORE_ODD = (
    "1e999999",
    "9e999999",
    "1e-9999999",
    "1e-999999",
    "\x7f",
    "%00",
    "١",
    "http://[",
    "A" * 5_000,
)


def changed(entrance: Entrance, body: bytes, chance: Random) -> bytes:
    """Return ``body`` with one to four changes that ``chance`` chooses."""
    for _ in range(chance.randint(1, 4)):
        if entrance.is_json and chance.random() < 0.8:
            body = _changed_json(body, chance)
        else:
            body = _changed_bytes(entrance, body, chance)
    return body


def _changed_bytes(entrance: Entrance, body: bytes, chance: Random) -> bytes:
    words = (*entrance.words, *ODD_WORDS)
    at = chance.randint(0, len(body))
    until = min(len(body), at + chance.choice((0, 1, 1, 2, 4, 8, 32)))
    way = chance.randrange(5)
    if way == 0:
        put = b""
    elif way == 1:
        put = bytes(chance.randrange(256) for _ in range(chance.randint(1, 4)))
    elif way == 2:
        other = chance.choice(entrance.seeds)
        start = chance.randint(0, len(other))
        put = other[start : start + chance.randint(1, 40)]
    else:
        put = chance.choice(words)
    return body[:at] + put + body[until:]


def _changed_json(body: bytes, chance: Random) -> bytes:
    topic, _break, rest = body.partition(BREAK)
    try:
        found: Any = json.loads(rest)
        paths = list(places(found)) if isinstance(found, dict | list) else []
    except (ValueError, RecursionError):
        return body
    if not paths:
        return body
    path = chance.choice(paths)
    if chance.random() < 0.2:
        made = removed(found, path)
    else:
        made = replaced(found, path, chance.choice((*ODD, *_MORE_ODD)))
    return topic + BREAK + json.dumps(made).encode()
