"""Looks on the demo shop's product pages, in Chromium: what they show, and what they cost."""

import gzip
import re
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import expect

from demo.catalogue import by_sku
from demo.shop import looks as shop_looks
from demo.shop.shop import STATIC
from influencers.models import LookCount, Surface
from shop.models import Shop
from tests.browser.shop_stage import NOTHING, SHOP, stored
from tests.browser.test_every_page import NARROW, RULES
from tests.builders import make_affiliate
from tests.influencers.look_surface_world import (
    TERMS,
    make_look,
    make_picture,
    make_profile,
    make_worn,
)
from tracking.domain.navigation import Fact
from tracking.domain.surfaces import is_tap

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

COAT, TROUSERS, SHOES = "MV02-CAM", "PJ01-NOI", "CH03-BOR"
PAGE = f"{SHOP}/produit/{COAT.lower()}"
#: What moves on the page without anybody touching it, added up.
WATCH = """() => {
  window.moved = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => window.moved += one.value))
    .observe({type: "layout-shift", buffered: true});
}"""


@pytest.fixture
def look(stage, settings, tmp_path, monkeypatch):
    """A look with three products of the shop, by a store employee whose page is public."""
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()
    shop_looks.looks_of.cache_clear()
    monkeypatch.setattr(shop_looks, "PATIENCE_SECONDS", 20)  # A busy machine is slow, not down.
    shop = Shop.objects.get()
    worn = [_sold(shop, sku) for sku in (COAT, TROUSERS, SHOES)]
    ines = make_affiliate(name="Inès Moreau", kind="employee", store="Lyon Bellecour")
    make_profile(ines, bio="Je travaille au rayon manteaux.")
    for_ever = replace(TERMS, starts_on=date(2020, 1, 1), ends_on=None)
    picture = make_picture(ines, width=1_200, height=1_500, terms=for_ever)
    return make_look(
        *worn, affiliate=ines, shop=shop, picture=picture, title="Dimanche sur les quais",
        slug="dimanche", language="fr",
    )  # fmt: skip


def _sold(shop, sku):
    product = by_sku()[sku]
    return make_worn(
        shop, sku=sku, name=product.name, model=product.style.code, color=product.color,
        url=f"{SHOP}{product.path}", image_url=f"{SHOP}{product.image_path}",
        list_price_minor=product.list_price_minor,
    )  # fmt: skip


def without_late_letters(route):
    """Letters that come late move the shop's page: that is the shop's, and not measured here."""
    style = (STATIC / "frame.css").read_text()
    route.fulfill(content_type="text/css", body=style.replace(": swap", ": optional"))


def barriers(page):
    page.evaluate(Axe().axe_script)
    found = page.evaluate("rules => axe.run(document, rules).then(r => r.violations)", RULES)
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]


def test_the_widget_keeps_its_budget(stage, look):
    """D4: no other origin, no cookie, no storage, nothing moves, a few kilobytes."""
    page = stage.context.new_page()
    page.add_init_script(f"({WATCH})()")
    page.route("**/frame.css", without_late_letters)
    page.goto(PAGE)
    section = page.locator("section.looks")
    section.scroll_into_view_if_needed()
    expect(section.locator("img").first).to_have_js_property("complete", True)
    page.wait_for_timeout(1_500)

    assert page.evaluate("window.moved") == 0
    assert stage.hosts() == {"shop.test"}
    assert stage.context.cookies() == []
    assert stored(page) == NOTHING
    sizes = {}
    for request in stage.asked:
        name = urlsplit(request.url).path.rpartition("/")[2]
        if name in {"looks.js", "looks.css"}:
            sizes[name] = len(gzip.compress(request.response().body()))
    assert 0 < sizes["looks.js"] <= 10_240
    assert 0 < sizes["looks.css"] <= 4_096
    assert barriers(page) == []


def test_a_hotspot_opens_by_keyboard_and_says_what_it_is(stage, look):
    page = stage.open(PAGE)
    dot = page.get_by_role("button", name=re.compile("Pantalon large Voltaire, noir, 109,00"))
    assert min(dot.bounding_box()[side] for side in ("width", "height")) >= 24

    dot.focus()
    page.keyboard.press("Enter")
    card = page.get_by_role("group", name="Pantalon large Voltaire, noir")
    expect(card).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(dot).to_be_focused()

    dot.click()
    card.get_by_role("link").click()
    page.wait_for_load_state()
    assert urlsplit(page.url).hostname == "shop.test"
    [asked] = [urlsplit(one.url) for one in stage.asked if "/c/" in one.url]
    assert asked.path == f"/c/{look.link.code}"
    assert f"surface=look:{look.pk}:pdp&to=/produit/{TROUSERS.lower()}" in asked.query


def test_without_scripts_everything_is_there(stage, look, browser_context_args):
    context = stage.context.browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGE)

    for name in ("Pantalon large Voltaire, noir", "Mocassins Odette, bordeaux"):
        link = page.locator(".look__items").get_by_role("link", name=name)
        expect(link).to_have_attribute("href", re.compile(f"^/c/{look.link.code}"))
    page.get_by_role("button", name=re.compile("^Mocassins")).click()
    expect(page.get_by_role("group", name="Mocassins Odette, bordeaux")).to_be_visible()
    context.close()


def test_what_is_seen_and_tapped_is_counted_without_any_id(stage, look):
    stage.answer(stage.open(f"{SHOP}/"), "Accepter")
    page = stage.open(PAGE)
    page.locator("section.looks").scroll_into_view_if_needed()
    page.get_by_role("button", name=re.compile("^Mocassins")).click()
    with page.expect_response("**/looks/seen") as told:
        pass

    assert "cookie" not in told.value.request.all_headers()
    rows = LookCount.objects.values_list("look", "surface", "act", "count")
    assert set(rows) == {(look.pk, Surface.PDP, "view", 1), (look.pk, Surface.PDP, "tap", 1)}


def tap(stage, look):
    """Tap the trousers in the look on the coat's page; return the page that they lead to."""
    look.link.surface = f"look:{look.pk}"  # As moderation makes it.
    look.link.save(update_fields=["surface"])
    page = stage.open(PAGE)
    name = "Pantalon large Voltaire, noir"
    page.get_by_role("button", name=re.compile(name)).click()
    page.get_by_role("group", name=name).get_by_role("link").click()
    page.wait_for_url(f"{SHOP}/produit/{TROUSERS.lower()}**")
    page.wait_for_load_state("load")
    return page


def test_who_agrees_after_a_tap_keeps_where_it_was(stage, look):
    page = tap(stage, look)
    stage.heard(page)
    assert stage.lines("c") == []
    assert stage.cookies() == {}
    assert stored(page) == NOTHING
    assert "ap_c" not in page.url

    stage.answer(page, "Accepter")

    [click] = stage.lines("c")
    assert (click.navigation, click.surface) == ("internal", f"look:{look.pk}:pdp")
    assert is_tap(click.surface, click.navigation, click.facts)
    assert Fact.EXCHANGED in Fact(click.facts)
    assert stage.cookies()["ap_ref"]["value"] == click.visitor
    assert {step.visitor for step in stage.lines("j")} == {click.visitor}


def test_who_refuses_after_a_tap_is_told_of_nowhere(stage, look):
    page = tap(stage, look)
    stage.answer(page, "Refuser")
    stage.heard(page)

    assert {name for name in stage.cookies() if name != "lutece_visitor"} == {"ap_consent"}
    assert (stored(page), stage.told()) == (NOTHING, [])
    assert {type(line).__name__ for line in stage.lines()} == {"CountRecord"}


def test_the_shop_does_without_us(stage, look, monkeypatch):
    def silent(*_asked):
        raise OSError("nobody answers")

    monkeypatch.setattr(shop_looks.Looks, "_ask", silent)
    shop_looks.looks_of.cache_clear()

    page = stage.open(PAGE)

    expect(page.get_by_role("heading", level=1)).to_have_text(by_sku()[COAT].name)
    expect(page.locator("section.looks")).to_have_count(0)
    page.locator("input[name=taille]").first.check(force=True)
    page.get_by_role("button", name="Ajouter au panier").click()
    expect(page.get_by_role("link", name="Commander", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_sound_in_both_themes_and_on_a_phone(stage, look, scheme):
    faults = []
    for path in (f"/looks/{look.slug}/", "/looks/", "/looks/by/ines/", "/looks/dimanche/embed/"):
        page = stage.context.new_page()
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{SHOP}{path}")
        expect(
            page.get_by_role("heading", name="Dimanche sur les quais")
            .or_(page.get_by_text("Dimanche sur les quais"))
            .first
        ).to_be_attached()
        faults += [f"{path} {barrier}" for barrier in barriers(page)]
        page.set_viewport_size({"width": NARROW, "height": 780})
        width = page.evaluate("document.scrollingElement.scrollWidth")
        faults += [f"{path} is {width} px wide"] if width > NARROW else []
        faults += [f"{path} narrow {barrier}" for barrier in barriers(page)]
    assert faults == []
    assert stage.context.cookies() == []


def test_the_element_fetches_the_same(stage, look):
    """Where the shop's server cannot ask, <apport-looks> does, from the shop's own host."""
    page = stage.open(f"{SHOP}/cookies")
    page.evaluate(
        """sku => {
          const script = document.createElement("script");
          script.src = "/looks/looks.js";
          document.head.append(script);
          const element = document.createElement("apport-looks");
          element.setAttribute("shop", "maison-lutece");
          element.setAttribute("sku", sku);
          element.setAttribute("lang", "fr");
          document.querySelector("main").append(element);
        }""",
        COAT,
    )

    expect(page.locator("apport-looks .look__title")).to_have_text("Dimanche sur les quais")
    assert stored(page) == NOTHING
