"""GET /looks/looks.css and the like: on the shop's own origin, packed once, the same for all."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from influencers.middleware import for_everybody

FOLDER = Path(__file__).resolve().parent.parent / "static" / "looks"
_TYPES = {"looks.css": "text/css", "pages.css": "text/css", "looks.js": "text/javascript"}
_AGE_SECONDS, _FOR_EVER_SECONDS = 600, 31_536_000
_COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
_SPACE = re.compile(r"\n\s+")
_TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|\s|$))")
#: Places of hotspots, whole per cent: no page of a shop allows a style attribute.
_PLACES = "".join(f".lx{n}{{left:{n}%}}.ly{n}{{top:{n}%}}" for n in range(101))


class Asset(NamedTuple):
    """``packed`` is ``text`` under gzip; ``version`` is of both."""

    text: bytes
    packed: bytes
    version: str
    kind: str


@cache
def made(name: str) -> Asset:
    """Return a file as it is served: without comments and indentation.

    :raises KeyError: for a name that is not one of ours.
    """
    kind = _TYPES[name]
    source = (FOLDER / name).read_text(encoding="utf-8")
    lines = _SPACE.sub("\n", _COMMENT.sub("", source))
    text = (lines.strip() + (_PLACES if name == "looks.css" else "") + "\n").encode()
    version = hashlib.sha256(text).hexdigest()[:12]
    return Asset(text, gzip.compress(text, mtime=0), version, kind)


def address_of(name: str) -> str:
    """Return the path of a file with its version, so that browsers may keep it for ever."""
    return f"/looks/{name}?v={made(name).version}"


@require_safe
def asset(request: HttpRequest, file: str) -> HttpResponse:
    """Serve the style or the script of looks."""
    found = made(file)
    etag = f'W/"{found.version}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        is_packed = bool(_TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")))
        response = HttpResponse(found.packed if is_packed else found.text)
        response["Content-Type"] = f"{found.kind}; charset=utf-8"
        if is_packed:
            response["Content-Encoding"] = "gzip"
    is_current = request.GET.get("v") == found.version
    age = f"{_FOR_EVER_SECONDS}, immutable" if is_current else str(_AGE_SECONDS)
    response["Cache-Control"] = f"public, max-age={age}"
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    return for_everybody(response, varies_by="Accept-Encoding")
