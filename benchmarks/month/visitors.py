"""What visitors send: landings and what their pages tell, as it comes through nginx."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Generator

from benchmarks.month.client import Kind
from benchmarks.month.plan import Month

LINKS = 10_000
HOST = "localhost"
#: How many visitors are remembered: some come again, some buy.
REMEMBERED = 50_000
COMES_AGAIN = 0.2
AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/141.0.0.0 Safari/537.36",
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#: A request, and what the head of its answer says.
Script = Generator[tuple[Kind, bytes], bytes, None]


class Visitors:
    """Makes up visits. ``landed`` and ``strangers`` are references of who came lately."""

    def __init__(self, month: Month) -> None:
        self.month = month
        self.chance = random.Random(month.seed)
        self.landed: deque[str] = deque(maxlen=REMEMBERED)
        self.strangers: deque[str] = deque(maxlen=REMEMBERED)
        #: What was acknowledged, in rows.
        self.clicks = 0
        self.counts = 0
        self.events = 0

    def visit(self) -> Script:
        """One visit: of most of them, who did not agree and followed no link, we hear nothing."""
        chance, month = self.chance, self.month
        agrees = chance.random() < month.consent_share
        follows = chance.random() < month.affiliate_share
        if not agrees and not follows:
            return
        browser = self._browser()
        reference = self._reference()
        if follows:
            again = agrees and self.landed and chance.random() < COMES_AGAIN
            known = chance.choice(self.landed) if again else ""
            answer = yield Kind.LANDING, _landing(browser, chance, agrees=agrees, known=known)
            if not answer.startswith(b"HTTP/1.1 302"):
                return
            if not agrees:
                self.counts += 1
                return
            said = answer.partition(b"ap_ref=")[2][:22].decode()
            if not known and not said:
                return  # Landed, and nothing was kept.
            self.clicks += 1
            reference = known or said
            self.landed.append(reference)
        elif not chance.randrange(10):
            self.strangers.append(reference)
        for page in range(month.pages_per_visit):
            body = _page(chance, is_first=page == 0, follows=follows)
            answer = yield Kind.JOURNEY, _told(browser, reference, body)
            if answer.startswith(b"HTTP/1.1 200"):
                self.events += body.count(b'"kind"')

    def buyer(self) -> str:
        """Return the reference that an order carries; empty without consent."""
        chance = self.chance
        if chance.random() >= self.month.consent_share:
            return ""
        came = self.landed if chance.random() < self.month.affiliate_share else self.strangers
        return chance.choice(came) if came else ""

    def _browser(self) -> str:
        chance = self.chance
        address = f"{chance.randint(77, 95)}.{chance.randrange(256)}.{chance.randrange(256)}.7"
        return (
            f"Host: {HOST}\r\nUser-Agent: {chance.choice(AGENTS)}\r\n"
            "Accept-Language: fr-FR,fr;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n"
            "X-Forwarded-Proto: https\r\n"
            f"X-Forwarded-Host: {HOST}\r\nX-Forwarded-For: {address}\r\n"
        )

    def _reference(self) -> str:
        return "".join(self.chance.choices(LETTERS, k=21)) + "A"


def _landing(browser: str, chance: random.Random, *, agrees: bool, known: str) -> bytes:
    cookie = f"ap_consent={int(agrees)}" + (f"; ap_ref={known}" if known else "")
    # Most come by few links.
    link = int(LINKS * chance.random() ** 3)
    return (
        f"GET /c/bench{link} HTTP/1.1\r\n{browser}"
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
        f"Referer: https://blog{link % 300}.example/\r\nSec-Fetch-Site: cross-site\r\n"
        "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-User: ?1\r\n"
        f"Cookie: {cookie}\r\n\r\n"
    ).encode()


def _page(chance: random.Random, *, is_first: bool, follows: bool) -> bytes:
    path = f"/dresses/{chance.randrange(5_000)}"
    events = f'{{"kind":"page_view","ago":0,"path":"{path}"}}'
    if is_first:
        is_ours = "true" if follows else "false"
        events += f',{{"kind":"session_started","ago":0,"referrer":"","affiliate":{is_ours}}}'
    return f'{{"consent":true,"events":[{events}]}}'.encode()


def _told(browser: str, reference: str, body: bytes) -> bytes:
    head = (
        f"POST /j HTTP/1.1\r\n{browser}Origin: https://{HOST}\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {len(body)}\r\n"
        f"Cookie: ap_consent=1; ap_ref={reference}\r\n\r\n"
    )
    return head.encode() + body
