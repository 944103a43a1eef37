"""All that the person of an affiliate can get to read: pages, exports, refusals, documents, mail.

Nothing is named here that a new page would have to be added to: every link is followed, every form
is sent empty, and what is not linked (search, previews) is asked for each product.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from urllib.parse import parse_qs, urljoin, urlsplit
from zipfile import ZipFile

import time_machine
from django.core import mail
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from affiliates.models import Affiliate, EventDelivery
from affiliates.services.event_sending import outgoing
from core.models import Delivery, OutboxMail
from payouts.services import product_feeds, shelf
from tests.people import person_of
from tests.portal_api.keys import Api, key_of

HREF = re.compile(r'(?:href|hx-get|src)="([^"#]+)')
FORM = re.compile(r'<form\b[^>]*method="post"[^>]*>', re.IGNORECASE)
ACTION = re.compile(r'(?:action|hx-post)="([^"]*)"')
RANDOM = (
    (re.compile(r'(name="csrfmiddlewaretoken" value="|X-CSRFToken": "|nonce[-=]"?)[\w+/=-]+'),
     r"\1"),
    (re.compile(r"feeds/products/[\w-]{43}"), "feeds/products/secret"),
    (re.compile(r"X-CSRFToken&quot;: &quot;\w+"), "X-CSRFToken"),
    (re.compile(r"ap_live_\w+"), "ap_live_"),
    (re.compile(r"whsec_[\w-]+"), "whsec_"),
    (re.compile(r"<code>[0-9a-f]{32}</code>"), "<code>number of a request</code>"),
)  # fmt: skip
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: A QR code holds the address of a link and nothing else.
#: What is delivered to a webhook is received as such.
LEFT_OUT = re.compile(
    r"/qr\.\w+$|/deliveries/\d+/|/account/|/static/|/demo/|/dev/|/styleguide/|/start/"
)
BEGINNINGS = ("/", "/portal/", "/apply/", "/apply/status/")
MOST_PAGES = 220
SKUS = ("dress", "shoes", "bag")
SEARCHES = (
    "/portal/links/new/products/?q=",
    "/portal/links/new/preview/?slug=mine&destination_url=https://shop.example/",
    "/portal/links/new/?to=https://shop.example/",
    "/?visits=2000&conversion=2&basket=80&band=",
    "/portal/sales/?format=csv&range=12m&q=",
    "/portal/links/?format=csv&q=",
    "/portal/reports/?by=product&m=units,net,commission,unit_returns&range=12m&q=",
    "/portal/reports/?by=category&m=commission,pending,validated,margin,left&range=12m&q=",
    "/portal/reports/file/?by=product&m=units,net,commission&range=12m&q=",
    "/portal/reports/file/?by=sub&m=commission,net,margin&range=12m&q=",
    "/manage/reports/?m=margin&q=",
    "/manage/orders/?q=",
    "/finance/?q=",
    "/api/v1/?q=",
)

API_LISTS = ("links", "codes", "clicks", "sales", "payouts", "products", "looks", "terms", "claims")
#: What there is of each thing that a list of the API holds.
API_WITHIN = {
    "links": [""],
    "sales": ["", "/commission"],
    "payouts": ["", "/lines", "/statement.pdf"],
    "looks": [""],
    "terms": [""],
    "claims": [""],
}


@dataclass
class Received:
    """What was received, by where and when, in the order of asking."""

    answers: list[tuple[str, bytes]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return everything as text, random parts named by their order of appearance."""
        names: dict[str, str] = {}
        found = []
        for where, body in self.answers:
            text = "\n".join([where, *_texts(body)])
            for pattern, replacement in RANDOM:
                text = pattern.sub(replacement, text)
            text = UUID.sub(lambda one: names.setdefault(one[0], f"uuid-{len(names)}"), text)
            found += text.splitlines()
        return found

    def pages(self, beginning: str) -> list[str]:
        """Return what was received from addresses that begin so, as text."""
        return [body.decode() for where, body in self.answers if f" {beginning}" in where]


def _texts(body: bytes) -> Iterator[str]:
    """Yield what can be read of an answer: of a workbook, each of its parts."""
    if not body.startswith(b"PK\x03\x04"):
        yield body.decode("utf-8", "backslashreplace")
        return
    with ZipFile(BytesIO(body)) as parts:
        for name in parts.namelist():
            yield f"{name}\n{parts.read(name).decode('utf-8', 'backslashreplace')}"


def receive(
    client: Client,
    affiliate: Affiliate,
    received: Received,
    at: datetime,
    *,
    is_brief: bool = False,
) -> None:
    """Read everything at ``at``; briefly: the sales with their pages, and what mail came."""
    with time_machine.travel(at, tick=False):
        client.force_login(person_of(affiliate))
        shelf.refresh(now=at)
        if is_brief:
            wanted = ["/portal/", "/portal/sales/?range=12m", "/portal/sales/?range=12m&format=csv"]
            _crawl(client, received, wanted, within="/portal/sales/")
        else:
            wanted = [*BEGINNINGS, *_named(), *(f"{one}{sku}" for one in SEARCHES for sku in SKUS)]
            _crawl(client, received, wanted)
            _call(affiliate, received, at)
            _feed(client, affiliate, received, at)
    told = EventDelivery.objects.filter(endpoint__affiliate=affiliate).order_by("pk")
    for one in told.select_related("event", "endpoint"):
        body = outgoing(one.event, one.endpoint).body
        received.answers.append((f"event {one.event.type}", body))
    rows = Delivery.objects.order_by("key").values_list("key", "recipient", "subject", "body")
    address = person_of(affiliate).email
    mails = [row for row in rows if row[1] == address]
    mails += [("sent", address, one.subject, one.body) for one in mail.outbox if address in one.to]
    kept = OutboxMail.objects.filter(recipient=address)
    mails += list(kept.values_list("pk", "recipient", "subject", "body"))
    received.answers.append(("mail", repr(mails).encode()))


def _feed(client: Client, affiliate: Affiliate, received: Received, at: datetime) -> None:
    """Read the product feed, whose address is in no page that could be followed."""
    actor = person_of(affiliate)
    token = product_feeds.make(affiliate_id=affiliate.pk, actor_id=actor.pk, now=at)
    for form in ("csv", "xml"):
        answer = client.get(f"/feeds/products/{token}.{form}")
        if answer.status_code == 200:
            body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
            received.answers.append((f"GET /feeds/products/.{form}", body))


def _call(affiliate: Affiliate, received: Received, at: datetime) -> None:
    """Ask every address of the API that the affiliate's own key may read, and all that it lists."""
    api = Api(Client(), key_of(affiliate, now=at))
    queue = [
        *(f"{one}?limit=100" for one in API_LISTS),
        *(f"products?q={sku}" for sku in SKUS),
        "orders",
    ]
    while queue:
        path = queue.pop(0)
        answer = api.get(path)
        body = answer.content
        received.answers.append((f"GET /api/v1/{path} {answer.status_code}", body))
        listed = path.partition("?")[0]
        for row in answer.json()["data"] if listed in API_WITHIN and body else []:
            queue += [f"{listed}/{row['id']}{more}" for more in API_WITHIN[listed]]


def _named() -> list[str]:
    """The addresses of an affiliate that need no argument, linked or not."""
    return [
        f"/{path}" for path in _paths(get_resolver().url_patterns) if path.startswith("portal/")
    ]


def _paths(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    found = []
    for pattern in patterns:
        path = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            found += _paths(pattern.url_patterns, path)
        elif "<" not in path and "^" not in path:
            found.append(path)
    return found


def _crawl(client: Client, received: Received, wanted: list[str], *, within: str = "/") -> None:
    """Ask for ``wanted`` and for what it links to ``within``, once for each kind of address."""
    asked: set[tuple[str, tuple[str, ...]]] = set()
    posts: list[str] = []
    queue = list(wanted)
    while queue:
        address = queue.pop(0)
        if LEFT_OUT.search(address) or _kind(address) in asked:
            continue
        asked.add(_kind(address))
        assert len(asked) < MOST_PAGES, address
        text = _ask(client, received, "GET", address)
        for href in HREF.findall(text):
            found = urljoin(address, html.unescape(href))
            if found.startswith(within) and not found.startswith("//"):
                queue.append(found)
        posts += [
            urljoin(address, action or address)
            for form in FORM.findall(text)
            for action in ACTION.findall(form) or [""]
        ]
    for address in dict.fromkeys(posts):
        if address.startswith("/portal/") and within == "/":
            _ask(client, received, "POST", address)


def _kind(address: str) -> tuple[str, tuple[str, ...]]:
    """Two addresses of a kind differ in values that sort or narrow a list, and show no more."""
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    telling = tuple(query.get(name, [""])[0] for name in ("format", "q", "to", "tab", "cursor"))
    return parts.path, (
        *telling,
        query.get("destination_url", [""])[0],
        "".join(query.get("band", [])),
    )


def _ask(client: Client, received: Received, method: str, address: str) -> str:
    answer = client.get(address) if method == "GET" else client.post(address, {})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = [answer.headers.get(name, "") for name in ("Location", "Content-Disposition")]
    received.answers.append((f"{method} {address} {answer.status_code} {headers}", body))
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    return body.decode() if is_page else ""
