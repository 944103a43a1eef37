"""L21: one link, any page of its own shop, and never another host."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracking.test_landing_rules import LINK
from tracking.domain.deep_links import deep_link, is_page
from tracking.redirect.core import parameter

SUMMER = replace(
    LINK,
    head="https://shop.example:8443/a?x=1&utm_source=ada&utm_medium=affiliate&afsrc=1",
    plain="https://shop.example:8443/a?x=1#top",
)


def test_the_page_is_on_the_origin_of_the_link_with_its_campaign():
    there = deep_link(SUMMER, "/dresses/red?size=38&utm_source=me#reviews")

    assert there.head == (
        "https://shop.example:8443/dresses/red?size=38&utm_source=ada&utm_medium=affiliate&afsrc=1"
    )
    assert there.tail == "#reviews"
    assert there.plain == "https://shop.example:8443/dresses/red?size=38&utm_source=me#reviews"
    assert (there.link_id, there.sub_id) == (SUMMER.link_id, SUMMER.sub_id)


def test_a_bare_path_gets_its_marks_and_our_parameters_are_taken_out():
    there = deep_link(LINK, "/sale?ap_ref=x&afsrc=0&ap_c=y")
    assert (there.head, there.plain) == (
        "https://shop.example/sale?afsrc=1", "https://shop.example/sale",
    )  # fmt: skip


def test_what_no_address_holds_is_written_in_hexadecimal():
    there = deep_link(LINK, "/robes d'été?q=<b>")
    assert there.head == "https://shop.example/robes%20d'%C3%A9t%C3%A9?q=%3Cb%3E&afsrc=1"


@pytest.mark.parametrize(
    "page",
    [
        "",
        "dresses",
        "//evil.example/a",
        "///evil.example",
        "https://evil.example/",
        "https:/evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\b",
        "/a\nb",
        "/a\x00",
        "javascript:alert(1)",
        "@evil.example/",
        ".evil.example/",
        ":99/",
        "?x=1",
        "/c/other",
        "/c",
        "/./c/other",
        "/x/../c/other",
        "/%63/other",
        "/" + "x" * 1_000,
    ],
)
def test_what_is_no_page_of_the_shop_changes_nothing(page):
    assert not is_page(page)
    assert deep_link(SUMMER, page) is SUMMER


def test_a_link_without_an_origin_leads_where_it_leads():
    home = replace(LINK, head="/?afsrc=1", plain="/")
    assert deep_link(home, "/a") is home


@given(st.text(max_size=60))
def test_no_text_leads_to_another_host(page):
    there = deep_link(SUMMER, page)
    for address in (there.head, there.plain):
        assert address.startswith("https://shop.example:8443/")
        assert not set(address) & set("\\\n\r\t\x00 ")


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("to=/a", "/a"),
        ("to=%2Fa%3Fx%3D1%26y%3D2", "/a?x=1&y=2"),
        ("surface=look:12:pdp&to=/a%20b", "/a b"),
        ("photo=/a", ""),
        ("to=" + "x" * 3_000, "x" * 1_997),
        ("&" * 60 + "to=/a", ""),
    ],
)
def test_the_page_is_read_from_the_query(query, page):
    assert parameter(query, "to") == page
