"""Pages and forms asked odd things by everybody who may: an answer is never an error of ours."""

from __future__ import annotations

import io
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlencode, urljoin, urlsplit

from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html

from portal import access_table
from tests.access.askers import with_things
from tests.browser.people import session_of
from tests.browser.places import is_page
from tests.fuzz.entrances import EVERY
from tests.fuzz.mutation import changed

#: Who asks, and which column of docs/access.csv they are.
COLUMNS = {
    "visitor": "visitor", "newcomer": "newcomer", "applicant": "applicant",
    "partner": "partner: owner", "influencer": "partner: owner", "manager": "manager",
    "finance": "finance",
}  # fmt: skip
#: What no person types and some programs send.
ODD = (
    "", " ", "\0", "x\0y", "-1", "0", "9" * 30, "1e999999", "9e999999", "1e-999999", "NaN", "sNaN",
    "Infinity", "²", "١٢", "0001-01-01", "9999-12-31", "2026-02-30", "2026-W01-1", "2026-13",
    "0001-01-01T00:00", "9999-12-31T23:59", "0000-01", "9999-12", "http://[", "https://[::1", "//",
    "/\\evil.example", "https://shop.example:99999/", "é" * 3_000, "=1+1", "<b>", "{", "{{x}}",
    "%", "%00", "%s", "\u2028", "\u202e", "\r", "\U0010ffff", "on", "[]", "null", "2_7",
    "00000000-0000-4000-8000-000000000000", "o_2026-07-16T22:30:00+00:00_7",
    "o_0001-01-01T00:00:00+23:59_1", "S-999999999999999999", "a,b;c\td", "1,5", "1.000.000,00",
    "٣,٤", "javascript:x", "23:60", "24:00", "Europe/Nowhere", "*", "?", "2147483648",
    "9223372036854775808", "-0.005", "99999999999.99",
)  # fmt: skip
#: What some page reads in its address.
NAMES = (
    "actor", "affiliate", "at", "by", "category", "changed", "code", "country", "currency",
    "cursor", "customer", "dark", "day", "format", "from", "group", "has", "kind", "language",
    "level", "light", "link", "look", "m", "maxwidth", "month", "name", "next", "order", "outcome",
    "page", "product", "q", "range", "role", "selected", "shop", "since", "size", "sku", "sort",
    "source", "state", "status", "sub", "subject", "surface", "tab", "tag", "to", "until", "url",
    "verb", "versus", "view", "visitor", "who", "year",
)  # fmt: skip
#: What stands in a field that nothing odd is put into.
PLAIN = {
    "date": "2026-06-01", "datetime-local": "2026-06-01T10:00", "email": "new@example.com",
    "month": "2026-06", "number": "2", "time": "10:00", "url": "https://shop.example/a",
}  # fmt: skip
_PARTS = {
    "int": ("0", "9" * 25, "1"),
    "uuid": ("00000000-0000-4000-8000-000000000000",),
    "slug": ("x" * 300, "-", "_"),
    "str": ("%00", "a%00b", "é", "x" * 300, "2026-13", "%ff", "0001-01"),
    "path": ("%00", "../x", "a//b"),
}
_FILES = ("a.csv", "a.png", "a\0.pdf", "..", "é" * 200)
#: Where another person's browser, or nobody's, would come out.
_LEADS_AWAY = ("/account/logout/", "/i18n/", "/demo/", "/portal/acting/")


@dataclass
class Asker:
    """Somebody's browser, the same before each question, and the pages that they may see."""

    name: str
    session: str
    pages: list[str]
    forms: dict[str, list] = field(default_factory=dict)

    def browser(self) -> Client:
        client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="fr")
        if self.session:
            client.cookies["sessionid"] = self.session
        return client


@dataclass
class Stage:
    """Who asks, what was asked, and what went wrong so far, each fault once."""

    askers: list[Asker]
    routes: list[str]
    asked: int = 0
    opened: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    faults: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, everything) -> Stage:
        """Let everybody ask for what the table of access says that they may see."""
        rows = [row for row in access_table.pages() if "GET" in row.methods]
        known = [(row, address) for row, address in _filled_in(rows, everything.things)]
        askers = []
        for name, column in COLUMNS.items():
            person = everything.people[name]
            pages = [address for row, address in known if "see" in row.allows(column)]
            askers.append(Asker(name, session_of(person) if person else "", pages))
        return cls(askers, [row.address for row in rows if "(?P" not in row.address])

    def ask(self, chance: Random) -> None:
        """Ask one odd question: an address, a query, or a form. Nothing of it stays."""
        asker, way = chance.choice(self.askers), chance.randrange(10)
        if way == 0:
            self._say(asker, "GET", odd_address(self.routes, chance), None)
        elif way < 4:
            address = chance.choice(asker.pages)
            told = [(chance.choice(NAMES), chance.choice(ODD)) for _ in range(chance.randint(1, 3))]
            mark = "&" if "?" in address else "?"
            self._say(asker, "GET", f"{address}{mark}{urlencode(told)}", None)
        else:
            for address in chance.sample(asker.pages, 5):  # Many pages have no form.
                if forms := self._forms(asker, address):
                    self._fill_in(asker, address, chance.choice(forms), chance)
                    break

    def _fill_in(self, asker: Asker, address: str, form, chance: Random) -> None:
        target = urljoin(address, form.action or address)
        if target.startswith(_LEADS_AWAY) or urlsplit(target).netloc:
            return
        values = plainly_filled(form, chance)
        names = sorted(form.fields.keys())
        for name in chance.sample(names, min(len(names), chance.randint(1, 2))):
            is_file = form.xpath(".//input[@name=$n][@type='file']", n=name)
            values[name] = odd_file(chance) if is_file else chance.choice(ODD)
        if form.method == "GET":
            plain = {name: value for name, value in values.items() if isinstance(value, str)}
            self._say(asker, "GET", f"{target.partition('?')[0]}?{urlencode(plain)}", None)
        else:
            self._say(asker, "POST", target, values)

    def _forms(self, asker: Asker, address: str) -> list:
        if address not in asker.forms:
            answer = self._say(asker, "GET", address, None)
            found = []
            if answer is not None and is_page(answer):
                found = html.fromstring(answer.content.decode()).forms
            asker.forms[address] = [form for form in found if form.fields.keys()]
        return asker.forms[address]

    def _say(self, asker: Asker, method: str, address: str, values):
        self.asked += 1
        (self.opened if method == "GET" else self.sent).add(_name_of(address))
        cache.clear()  # No question is refused because of how many there were.
        browser = asker.browser()
        try:
            with transaction.atomic():
                try:
                    told = {} if values is None else values
                    answer = (
                        browser.get(address) if method == "GET" else browser.post(address, told)
                    )
                    if answer.streaming:
                        b"".join(answer.streaming_content)
                finally:
                    transaction.set_rollback(True)
        except Exception as fault:
            self.faults.setdefault(_place(fault), _question(asker, method, address, values))
            return None
        if answer.status_code == 500:
            self.faults.setdefault(f"500: {address}", _question(asker, method, address, values))
        return answer


def plainly_filled(form, chance: Random) -> dict[str, object]:
    """Return what somebody would send who fills every field in."""
    values = dict(form.form_values())
    for one in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        name, kind = one.get("name"), one.get("type", "text") if one.tag == "input" else one.tag
        if values.get(name) or kind in {"hidden", "file", "submit", "button", "image", "reset"}:
            continue
        if kind == "select":
            values[name] = chance.choice([option for option in one.value_options if option] or [""])
        elif kind not in {"checkbox", "radio"}:
            values[name] = PLAIN.get(kind, "Words.")
        elif chance.random() < 0.5:
            values[name] = one.get("value", "on")
    if buttons := form.xpath(".//button[@name]"):
        pressed = chance.choice(buttons)
        values[pressed.get("name")] = pressed.get("value", "")
    return {name: "" if value is None else value for name, value in values.items()}


def odd_address(routes: list[str], chance: Random) -> str:
    """Return an address of some route with odd parts in it."""
    parts = []
    for part in chance.choice([route for route in routes if "<" in route]).split("<"):
        kind, found, rest = part.partition(">")
        parts.append(chance.choice(_PARTS[kind.partition(":")[0]]) + rest if found else part)
    return "".join(parts)


def odd_file(chance: Random) -> io.BytesIO:
    """Return a file that begins as one of those that some entrance reads."""
    entrance = EVERY[chance.choice(sorted(EVERY))]
    body = chance.choice(entrance.seeds)
    if chance.random() < 0.7:
        body = changed(entrance, body, chance)
    file = io.BytesIO(body[:300_000])
    file.name = chance.choice(_FILES)
    return file


def _filled_in(rows, things) -> Iterator[tuple[access_table.Row, str]]:
    for row in rows:
        address = with_things(row, things)
        if address and "<" not in address and not address.startswith(_LEADS_AWAY):
            yield row, address


def _name_of(address: str) -> str:
    try:
        return resolve(address.partition("?")[0]).view_name
    except Resolver404:
        return ""


def _question(asker: Asker, method: str, address: str, values) -> str:
    return f"{asker.name}: {method} {address[:300]} {str(values)[:900]}"


def _place(fault: Exception) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    own = [one for one in frames if ".venv" not in one.filename and "tests" not in one.filename]
    at = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "?"
    return f"{type(fault).__name__} at {at}: {str(fault)[:200]}"
