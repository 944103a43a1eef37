"""L22: the visitor's language of the same page, where the shop says how, and never another host."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, make_link, make_shop
from tests.tracking.test_follow import CLICKED
from tests.tracking.test_landing_rules import LINK
from tracking.domain.deep_links import deep_link
from tracking.domain.languages import in_language, preferred, variant, variants
from tracking.spool import spool

BOTH = (("fr", "/fr/"), ("en", "/en/"))
#: French pages have no beginning of their own.
BARE = (("fr", "/"), ("en", "/en/"), ("de-at", "/de-at/"))
DRESS = replace(
    LINK,
    head="https://shop.example:8443/fr/robe?x=1&afsrc=1",
    plain="https://shop.example:8443/fr/robe?x=1#top",
)


@pytest.mark.parametrize(
    ("accepted", "languages", "language"),
    [
        ("en-GB,en;q=0.9,fr;q=0.5", BOTH, "en"),
        ("fr-FR,fr;q=0.9,en;q=0.8", BOTH, "fr"),
        ("nl,en;q=0.5,fr;q=0.7", BOTH, "fr"),
        ("EN-us", BOTH, "en"),
        ("de-DE, en; q=0.1", BOTH, "en"),
        ("en;q=0,fr;q=0.001", BOTH, "fr"),
        ("de-AT", BARE, "de-at"),
        ("de", BARE, "de-at"),
        ("de-DE", BARE, "de-at"),
        ("en;q=0", BOTH, ""),
        ("nl", BOTH, ""),
        ("*", BOTH, ""),
        ("", BOTH, ""),
        ("en;q=x,;q=1,,-", BOTH, "en"),
        ("x" * 200 + ",en", BOTH, ""),
        ("en", (), ""),
    ],
)
def test_the_best_language_that_the_shop_has(accepted, languages, language):
    assert preferred(accepted, languages) == language


@pytest.mark.parametrize(
    ("path", "languages", "language", "there"),
    [
        ("/fr/robe", BOTH, "en", "/en/robe"),
        ("/en/robe", BOTH, "fr", "/fr/robe"),
        ("/fr/robe", BOTH, "fr", "/fr/robe"),
        ("/fr/", BOTH, "en", "/en/"),
        ("/fr", BOTH, "en", "/en/"),
        ("/robe", BOTH, "en", "/robe"),
        ("/freins", BOTH, "en", "/freins"),
        ("/", BOTH, "en", "/"),
        ("/fr/robe", BOTH, "nl", "/fr/robe"),
        ("/fr/robe", BOTH, "", "/fr/robe"),
        ("/fr/robe", (), "en", "/fr/robe"),
        ("/robe", BARE, "en", "/en/robe"),
        ("/", BARE, "de-at", "/de-at/"),
        ("/en/robe", BARE, "fr", "/robe"),
        ("/en/robe", BARE, "de-at", "/de-at/robe"),
        ("/en//evil.example", BARE, "fr", "/en//evil.example"),
        ("/en/c/other", BARE, "fr", "/en/c/other"),
        ("/en/%63/other", BARE, "fr", "/en/%63/other"),
        ("/fr//evil.example", BOTH, "en", "/fr//evil.example"),
    ],
)
def test_the_same_page_in_another_language(path, languages, language, there):
    assert variant(path, languages, language) == there


def test_host_query_and_fragment_stay():
    there = in_language(DRESS, BOTH, "en")
    assert there.head == "https://shop.example:8443/en/robe?x=1&afsrc=1"
    assert there.plain == "https://shop.example:8443/en/robe?x=1#top"
    assert replace(there, head=DRESS.head, plain=DRESS.plain) == DRESS
    assert in_language(DRESS, BOTH, "fr") is DRESS
    assert in_language(DRESS, BOTH, "") is DRESS


def test_a_link_without_an_origin_leads_where_it_leads():
    home = replace(LINK, head="/fr/?afsrc=1", plain="/fr/")
    assert in_language(home, BOTH, "en") is home


def test_the_page_of_an_address_is_in_the_visitor_s_language_too():
    there = in_language(deep_link(DRESS, "/fr/jupe?size=38#avis"), BOTH, "en")
    assert (there.head, there.tail) == (
        "https://shop.example:8443/en/jupe?size=38&afsrc=1", "#avis",
    )  # fmt: skip


def test_the_builder_sees_every_language_of_a_page():
    assert variants("https://shop.example/fr/robe?x=1#a", BOTH) == [
        ("fr", "https://shop.example/fr/robe?x=1#a"),
        ("en", "https://shop.example/en/robe?x=1#a"),
    ]
    assert variants("https://shop.example/robe", BOTH) == []
    assert variants("https://shop.example/fr/robe", ()) == []


@given(st.text(max_size=60), st.sampled_from(["fr", "en", "de-at", "x"]))
def test_no_page_and_no_language_leads_to_another_host(page, language):
    for languages in (BOTH, BARE):
        there = in_language(deep_link(DRESS, page), languages, language)
        for address in (there.head, there.plain):
            assert address.startswith("https://shop.example:8443/")


@given(st.text(max_size=200))
def test_any_header_is_read(accepted):
    assert preferred(accepted, BOTH) in {"", "fr", "en"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "accepted", "landing"),
    [
        ("", "en-GB,en;q=0.9", "https://shop.example/en/robe?afsrc=1"),
        ("", "fr", "https://shop.example/fr/robe?afsrc=1"),
        ("", "nl", "https://shop.example/fr/robe?afsrc=1"),
        ("", "", "https://shop.example/fr/robe?afsrc=1"),
        ("?to=/fr/jupe", "en", "https://shop.example/en/jupe?afsrc=1"),
        ("?to=/sale", "en", "https://shop.example/sale?afsrc=1"),
        ("?to=//evil.example/fr/", "en", "https://shop.example/en/robe?afsrc=1"),
    ],
)
def test_a_visitor_lands_on_the_page_they_read(
    client, settings, tmp_path, time_machine, query, accepted, landing
):
    time_machine.move_to(NOW, tick=False)
    settings.SPOOL_DIR = tmp_path / "spool"
    settings.SHOP_LANGUAGES = {make_shop().code: BOTH}
    link = make_link(destination_url="https://shop.example/fr/robe")
    client.cookies["ap_consent"] = "0"

    answer = client.get(f"/c/{link.code}{query}", headers={**CLICKED, "Accept-Language": accepted})
    spool().close()
    assert answer["Location"] == landing


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "landing"),
    [
        ("/en/manteau", "https://shop.example/en/jupe"),
        ("/fr/manteau", "https://shop.example/fr/jupe"),
        ("/manteau", "https://shop.example/fr/jupe"),
        ("", "https://shop.example/fr/jupe"),
    ],
)
def test_a_tap_on_the_shop_s_page_stays_in_its_language(
    client, settings, tmp_path, time_machine, page, landing
):
    """Whoever reads the shop in English chose so, whatever their browser asks for."""
    time_machine.move_to(NOW, tick=False)
    settings.SPOOL_DIR = tmp_path / "spool"
    shop = make_shop(link_origin="https://shop.example")
    settings.SHOP_LANGUAGES = {shop.code: BOTH}
    link = make_link(surface="look:12")
    tapped = {
        **CLICKED, "Sec-Fetch-Site": "same-origin", "Referer": f"https://shop.example{page}",
        "Accept-Language": "de,en;q=0.2" if page != "/en/manteau" else "fr",
    }  # fmt: skip
    answer = client.get(f"/c/{link.code}?surface=look:12:pdp&to=/fr/jupe", headers=tapped)
    spool().close()
    assert answer["Location"].partition("?")[0] == landing


@pytest.mark.django_db
def test_other_shops_send_everybody_to_the_page_as_it_is_written(
    client, settings, tmp_path, time_machine
):
    time_machine.move_to(NOW, tick=False)
    settings.SPOOL_DIR = tmp_path / "spool"
    settings.SHOP_LANGUAGES = {"another": BOTH}
    link = make_link(destination_url="https://shop.example/fr/robe")
    answer = client.get(f"/c/{link.code}", headers={**CLICKED, "Accept-Language": "en"})
    spool().close()
    assert answer["Location"].startswith("https://shop.example/fr/robe?afsrc=1")
