"""Visitors who follow a link again and again, look at a page, and remember every answer."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException, HTTPResponse

CONSENT = 0.6
#: One consenting visitor in so many tells of a page that was seen.
LOOKS_AT_A_PAGE = 3
SHOP_HOST = "shop.example"
BROWSER = {
    "Host": SHOP_HOST,
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Referer": "https://blog.example/dresses",
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-User": "?1",
}


class Visitors(threading.Thread):
    """Follow ``/c/<code>`` until stopped. ``pause`` seconds between two visits."""

    def __init__(
        self, port: int, seed: int, *, code: str = "chaos", pages: bool = False, pause: float = 0
    ) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.code = code
        self.pages = pages
        self.pause = pause
        self.chance = random.Random(seed)  # noqa: S311 no secret
        self.stopped = threading.Event()
        self.tokens: list[str] = []
        #: What was told of pages and acknowledged.
        self.told: list[str] = []
        self.counted = 0
        #: Refused with an answer: nothing was promised.
        self.refused = 0
        #: Asked, but nobody knows what became of it: with consent, without.
        self.unanswered: Counter[bool] = Counter()

    def run(self) -> None:
        """Go on until ``stopped``, through connections that break."""
        connection: HTTPConnection | None = None
        while not self.stopped.is_set():
            consent = self.chance.random() < CONSENT
            try:
                if connection is None:
                    connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
                    connection.connect()
            except OSError:
                connection = None
                time.sleep(0.02)
                continue
            try:
                self._follow(connection, consent=consent)
            except (OSError, HTTPException):
                self.unanswered[consent] += 1
                connection.close()
                connection = None
            time.sleep(self.pause)
        if connection is not None:
            connection.close()

    def _follow(self, connection: HTTPConnection, *, consent: bool) -> None:
        cookie = {"Cookie": f"ap_consent={int(consent)}"}
        connection.request("GET", f"/c/{self.code}", headers={**BROWSER, **cookie})
        answer = _read(connection)
        if answer.status != 302:
            self.refused += 1
            return
        location = answer.getheader("Location") or ""
        if not location.startswith(f"https://{SHOP_HOST}/{self.code}"):
            return  # A redirect that began without a database knows no links yet.
        token = (answer.getheader("Set-Cookie") or "").partition("ap_ref=")[2][:22]
        if token:
            self.tokens.append(token)
            if self.pages and not self.chance.randrange(LOOKS_AT_A_PAGE):
                self._look(connection, token)
        elif consent:
            self.refused += 1  # Landed, and nothing was kept: the disk was full.
        else:
            self.counted += 1

    def _look(self, connection: HTTPConnection, token: str) -> None:
        path = f"/dresses/{token}"
        events = [{"kind": "page_view", "ago": 0, "path": path}]
        connection.request(
            "POST",
            "/j",
            json.dumps({"consent": True, "events": events}),
            {
                "Host": SHOP_HOST,
                "Origin": f"https://{SHOP_HOST}",
                "Sec-Fetch-Site": "same-origin",
                "User-Agent": BROWSER["User-Agent"],
                "Cookie": f"ap_consent=1; ap_ref={token}",
            },
        )
        if _read(connection).status == 200:
            self.told.append(token)


def _read(connection: HTTPConnection) -> HTTPResponse:
    answer = connection.getresponse()
    answer.read()
    return answer
