"""What a site seems to be, by what its pages say: rule V10."""

import json
from pathlib import Path

import pytest

from fraud.domain.pages import read
from fraud.domain.site_class import CLASSES, UNKNOWN, suggest
from fraud.models import SiteClass

HOME = "https://site.example/"
#: Small sites of every kind, French and English.
SITES = json.loads((Path(__file__).parent / "sites.json").read_text())


def said_of(pages, **known):
    return suggest([read(HOME, one.encode()) for one in pages], **known)


def test_the_classes_are_those_that_are_kept():
    assert {*CLASSES, UNKNOWN} == set(SiteClass.values)


@pytest.mark.parametrize("site", SITES, ids=[site["name"] for site in SITES])
def test_the_class_of_a_small_site(site):
    found = said_of(site["pages"])
    points = {one: found.points(one) for one in CLASSES}
    assert found.site_class == site["class"], (points, found.counts)


def test_what_led_to_the_class_adds_up_and_can_be_kept():
    found = said_of(next(site["pages"] for site in SITES if site["class"] == "coupon"))
    kept = found.as_json()
    assert sum(points for _name, _value, points in kept["weights"]["coupon"]) == found.points(
        "coupon"
    )
    assert kept["counts"]["reveal_words"] == found.counts["reveal_words"] == 12
    assert kept["counts"]["sites_linked"] == 12


def test_links_to_listed_hosts_are_counted_by_list():
    body = "".join(f"<p>{'word ' * 200}<a href='https://go.net.example/{n}'>x</a>" for n in (1, 2))
    found = said_of([body], kind_of=lambda host: "sub_network" if host == "go.net.example" else "")
    assert found.counts["links_sub_network"] == 2
    assert found.site_class == "content"


def test_guests_of_one_host_are_other_sites():
    body = "<a href='https://a.host.example/'>a</a><a href='https://b.host.example/'>b</a>"
    assert said_of([body]).counts["sites_linked"] == 1
    assert said_of([body], shared=frozenset({"host.example"})).counts["sites_linked"] == 2


def test_a_page_is_read_and_never_run():
    body = b"""<head><title>A &amp; B</title><meta name=Token content=' x '></head><body>
      <meta name=token content=late><script>document.write("hidden")</script><style>p{}</style>
      <p>Seen</p><noscript>not</noscript><a href='/in#x'>In <b>side</b></a>
      <a href='javascript:alert(1)'>no</a><a href='http://['>no</a>
      <iframe src='//ads.example/f'></iframe>\x00<p>end"""
    found = read(HOME, body)
    assert (found.title, found.text.split()) == (
        "A & B", ["Seen", "In", "side", "nono", "end"]
    )  # fmt: skip
    assert found.links == (("https://site.example/in", "In  side"),)
    assert found.metas == {"token": (" x ",)}
    assert found.sources == ("ads.example",)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<p>été".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        (b"<meta charset=iso-8859-1><p>\xe9t\xe9", ""),
        ("<p>été".encode(), "text/html; charset=nonsense"),
        ("<p>été".encode(), "text/html; charset=hex"),
    ],
)
def test_a_page_is_read_in_its_charset(body, kind):
    assert read(HOME, body, kind).text == "été"
