"""What stands in addresses and forms, and what pages of others say that we read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict

from affiliates.domain import bank, tax
from affiliates.gateways.hooks import is_address
from core.api import Refusal
from core.errors import DomainError
from core.file_names import kept_name, kept_name_as
from core.letter_kinds import KINDS
from core.mail_html import html_of, read_token
from core.mail_html import text_of as plain_of
from fraud.domain import hosts, pages, robots
from fraud.domain.folding import plain, unicode_host, words
from fraud.domain.forwards import forward_of
from influencers.domain import segment
from influencers.domain.publication import page_of
from influencers.views.counting import _told
from payouts.services.stripe_events import SNAPSHOT, THIN, _read, _subject
from portal import comparison, date_range
from portal.api.paging import _moment, part_of
from portal.forms.closing import read_month
from portal.forms.link import on_host, split_tags, with_scheme
from portal.queries.staff_paging import _read as read_place
from portal.query_links import changed, text
from portal.sale_references import credit_of
from tests.fuzz.entrance import Entrance, text_of
from tracking.code_checks import _asked

NOW = datetime(2026, 7, 16, 22, 30, tzinfo=UTC)
_ADDRESSES = (b"https://www.Blog.example/a-post?x=1#y", b"http://[", b"//xn--caf-dma.fr:0/", b"android-app://a/b",
              "https://ｓｈｏｐ.example/été".encode(), b"blog.example/a,b")  # fmt: skip


def read_query(body: bytes) -> None:
    """The query of any page with a period: every figure of a period can be asked for."""
    query = QueryDict(body)
    shown = date_range.parse(query, now=NOW)
    earlier = comparison.compared(query, shown)
    for one in filter(None, (shown, earlier)):
        assert one.since < one.until
        assert one.label
        assert 0 < len(one.days) <= date_range.LONGEST_DAYS
    comparison.chips(query)
    date_range.chips(query, shown)
    changed(query, page="2")
    assert "\0" not in text(query, "q")


def read_cursor(body: bytes) -> None:
    said = text_of(body)
    found = read_place(said)
    assert found is None or found[1].tzinfo
    for ask in (lambda: part_of(range(9), cursor=said, limit=3), lambda: _moment(said)):
        try:
            ask()
        except Refusal:
            continue


def read_address(body: bytes) -> None:
    """An address of a site, a hook, a publication, a look-alike: nothing, for what is none."""
    url = text_of(body)
    hosts.host_of(url)
    hosts.declared_as(url)
    hosts.split(url)
    page_of(url)
    is_address(url)
    on_host(with_scheme(url), "shop.example")
    split_tags(url)
    host = unicode_host(url)
    plain(host)
    words(host)
    hosts.tidy_pattern(url)


def read_page(body: bytes) -> None:
    """A page of somebody's site: what it says, where it sends people, what robots may read."""
    page = pages.read("https://blog.example/", body, "text/html; charset=utf-8")
    assert all(urlsplit(link.url).scheme in {"http", "https"} for link in page.links)
    forward_of("https://blog.example/", {"Refresh": text_of(body[:80])}, body)
    found = robots.parse(text_of(body), "ApportBot")
    found.allows("/a/b?c=d")


def read_letter(body: bytes) -> None:
    """Words of people in a letter: no markup of theirs, no address but ours."""
    words_of_somebody = text_of(body)
    for kind in list(KINDS.values())[:1]:
        page = html_of(words_of_somebody, kind, None)
        assert "<script" not in page
        assert "onerror=" not in page.replace("&quot;", "").partition("<body")[0]
        plain_of(words_of_somebody, kind, None)
    read_token(words_of_somebody)


def read_numbers(body: bytes) -> None:
    """Numbers of accounts, businesses and sales, and months, as they are typed."""
    typed = text_of(body)
    credit_of(typed)
    read_month(typed)
    kept_name(typed, most=100, otherwise="file")
    kept_name_as(typed, ("pdf",), most=100, otherwise="file")
    segment.words_of(typed)
    for check in (
        lambda: bank.normalized_iban(typed),
        lambda: bank.normalized_bic(typed),
        lambda: tax.checked(tax.Declared(legal_form="company", vat_regime="charged", legal_name="A",
                                         country="FR", siren=typed)),
        lambda: tax.checked(tax.Declared(legal_form="company", vat_regime="charged", legal_name="A",
                                         country="FR", vat_number=typed, siret=typed)),
    ):  # fmt: skip
        try:
            check()
        except DomainError:
            continue


def read_call(body: bytes) -> None:
    """The bodies of the small calls: looks that were seen, a code that is asked about."""
    said = body.partition(b"\n")[2]
    surface, acts = _told(said)
    assert acts or not surface or surface.isascii()
    _asked(said)


def read_stripe(body: bytes) -> None:
    """A signed message of Stripe's, whatever it says."""
    said = _read(body.partition(b"\n")[2])
    for kind in (SNAPSHOT, THIN):
        if said.get("id") and said.get("type"):
            _subject(said, kind)


def read_selection(body: bytes) -> None:
    """A selection of creators, as it is stored."""
    try:
        said = json.loads(body.partition(b"\n")[2])
    except (ValueError, RecursionError):
        return
    if isinstance(said, dict):
        rules = segment.read(said)
        assert segment.read(segment.as_document(rules)) == rules


ENTRANCES = (
    Entrance(
        "query of a page",
        read_query,
        (
            b"from=2026-05-01&to=2026-06-01&q=ada&versus=year&page=3",
            b"range=12m&status=x",
            b"from=0001-01-01&to=0001-01-02",
            b"from=9999-12-31",
            b"to=0001-01-01&versus=year",
        ),
        (b"from=", b"&to=", b"range=", b"versus=", b"&q=", b"%00", b"W01"),
        refusals=(DomainError, SuspiciousOperation),
    ),
    Entrance(
        "cursor",
        read_cursor,
        (
            b"WyIyMDI2LTA3LTE2VDIyOjMwOjAwKzAwOjAwIiw3XQ",
            b"Wzdd",
            b"o_2026-07-16T22:30:00+00:00_7",
            b"2026-07-16T22:30:00+00:00",
            b"2026-07-16",
        ),
    ),
    Entrance(
        "address", read_address, _ADDRESSES, (b"xn--", b"://", b"@", b":99999", b"*.", b"?s=")
    ),
    Entrance(
        "page of a site",
        read_page,
        (
            b"<title>Ada</title><meta charset=utf-16><meta http-equiv=refresh content='0;url=/x'>"
            b"<a href='http://[x'>b</a><script>var a='/y';location.href=a+'z'</script>"
            b"<iframe src=//e>",
            b"User-agent: *\nDisallow: /a*b$\nAllow: /a\n",
            b"<![CDATA[x]]><!DOCTYPE [<!-->",
            b"<![x",
        ),
        (
            b"<base href=",
            b"location=",
            b"\\x41",
            b"\\u{110000}",
            b"charset=",
            b"<table><tr><td>",
            b"<![",
        ),
    ),
    Entrance(
        "letter",
        read_letter,
        (b"Hello\n\n<script>x</script> http://localhost:8000/x", b"a\n\n\n\n- b", b"x:y:z"),
    ),
    Entrance(
        "numbers",
        read_numbers,
        (
            b"FR7630006000011234567890189",
            b"BNPAFRPP",
            b"732829320",
            b"73282932000074",
            b"FR44732829320",
            b"2026-10",
            b"S-12",
            b"S-" + b"9" * 5_000,
        ),
    ),
    Entrance(
        "small calls",
        read_call,
        (
            b'\n{"surface": "site", "views": [1, 2], "taps": [[1, ""],'
            b' [1, "00000000-0000-4000-8000-000000000000"]]}',
            b'\n{"code": "ANNA10", "ref": ""}',
            b'\n{"code": "A\\u0000B"}',
            b'\n{"code": "\\ud800"}',
        ),
        is_json=True,
    ),
    Entrance(
        "message of Stripe",
        read_stripe,
        (
            b'\n{"id": "evt_1", "type": "payout.paid", "account": "acct_1", "livemode": false,'
            b' "data": {"object": {"id": "po_1", "account": "acct_1"}},'
            b' "related_object": {"id": "x"}}',
            b'\n{"id": "evt_1", "type": "capability.updated", "data": {"object": {"account": 3}}}',
        ),
        is_json=True,
    ),
    Entrance(
        "selection",
        read_selection,
        (b'\n{"themes": ["lin"], "members_from": 3, "tags": ["a"]}',),
        is_json=True,
    ),
)
