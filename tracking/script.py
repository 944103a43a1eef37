"""ap.js as it is served: without the comments and indentation of its source, packed once."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).resolve().parent / "static" / "tracking" / "ap.js"
AGE_SECONDS = 600
_COMMENT = re.compile(rb"\s*/\*.*?\*/|\s+//[^\n]*", re.DOTALL)
_INDENT = re.compile(rb"\n\s+")


class Script(NamedTuple):
    """``packed`` is ``text`` under gzip; the weak ``etag`` is of both."""

    text: bytes
    packed: bytes
    etag: str


@cache
def script() -> Script:
    """Return the script, the same for every shop and visitor."""
    text = _INDENT.sub(b"\n", _COMMENT.sub(b"", SOURCE.read_bytes())).lstrip()
    etag = f'W/"{hashlib.sha256(text).hexdigest()[:20]}"'
    return Script(text, gzip.compress(text, mtime=0), etag)
