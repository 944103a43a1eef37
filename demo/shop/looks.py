"""Looks on product pages: asked of Apport while the page is made, and never waited for long.

This is all that a shop's server does: one GET with a short patience, the answer put into the page
as it is, kept for as long as it says, and shown a little longer when Apport does not answer.
"""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode, urlsplit

PATIENCE_SECONDS = 0.3
FRESH_SECONDS, STALE_SECONDS = 60.0, 86_400.0
#: After so many failures in a row nobody asks for a while.
FAILURES, PAUSE_SECONDS = 3, 30.0
MOST_KEPT = 2_000


@dataclass(slots=True)
class Kept:
    """A fragment, the name of its version, and when it was asked for."""

    html: str
    etag: str
    at: float


class Looks:
    """What one Apport says; shared by all requests of a process."""

    def __init__(self, apport_url: str) -> None:
        self._address = urlsplit(apport_url)
        self._kept: dict[str, Kept] = {}
        self._failures, self._silent_until = 0, 0.0
        self._lock = threading.Lock()

    def of(self, *, shop_code: str, sku: str, reference: str = "") -> str:
        """Return the fragment for a product page, or nothing: no looks, or nobody answers.

        ``reference`` is the visitor's, read with consent only: an experiment may then show nothing.
        """
        asked = {"shop": shop_code, "sku": sku, "lang": "fr"}
        if reference:
            asked["ref"] = reference
        target = f"/looks/widget?{urlencode(asked)}"
        kept, now = self._kept.get(target), time.monotonic()
        if kept and now - kept.at < FRESH_SECONDS and not reference:
            return kept.html
        if now < self._silent_until:
            return _stale(kept, now)
        try:
            status, etag, html = self._ask(target, kept.etag if kept else "")
        except (OSError, http.client.HTTPException):
            self._note_failure(now)
            return _stale(kept, now)
        self._failures = 0
        if status == http.HTTPStatus.NOT_MODIFIED and kept:
            kept.at = now
            return kept.html
        if status not in {http.HTTPStatus.OK, http.HTTPStatus.NO_CONTENT}:
            return _stale(kept, now)
        if not reference:
            self._keep(target, Kept(html, etag, now))
        return html

    def _ask(self, target: str, etag: str) -> tuple[int, str, str]:
        kind = (
            http.client.HTTPSConnection
            if self._address.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = kind(self._address.netloc, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", target, headers={"If-None-Match": etag} if etag else {})
            answer = connection.getresponse()
            return answer.status, answer.getheader("ETag", ""), answer.read().decode()
        finally:
            connection.close()

    def _note_failure(self, now: float) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self._silent_until = now + PAUSE_SECONDS

    def _keep(self, target: str, kept: Kept) -> None:
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[target] = kept


@cache
def looks_of(apport_url: str) -> Looks:
    """Return the process's one place where looks of this Apport are asked for."""
    return Looks(apport_url)


def _stale(kept: Kept | None, now: float) -> str:
    return kept.html if kept and now - kept.at < STALE_SECONDS else ""
