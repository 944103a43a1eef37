"""ap.js with other people's consent platforms and shops, on pages made up for it."""

import json

import pytest
from playwright.sync_api import expect
from werkzeug.wrappers import Response

from tests.browser.shop_stage import COAT, LINK, NOTHING, SHOP, stored

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TCF = """
  let tell;
  window.__tcfapi = (command, version, callback) => {
    tell = (status, agreed, more = {}) => callback({
      eventStatus: status, gdprApplies: true, purpose: {consents: {1: agreed}},
      vendor: {consents: {7: true, 9: false}}, ...more,
    }, true);
    tell("cmpuishown", true);
  };
  window.say = (...said) => tell(...said);
"""
GTAG = "window.dataLayer = []; window.gtag = function () { dataLayer.push(arguments); };"


@pytest.fixture
def shop_page(stage):
    """``shop_page(body)`` opens a page of the shop that holds ap.js and ``body``, by the link."""

    def open_page(body="", script="", attributes=""):
        html = (
            f'<!doctype html><link rel="icon" href="data:,"><script>{script}</script>'
            f'<script src="/ap.js" defer {attributes}></script><body>{body}'
        )
        stage.sites[f"shop.test{COAT}"] = Response(html, mimetype="text/html")
        return stage.open(f"{SHOP}/c/{LINK}")

    return open_page


def agreed(stage, page):
    stage.heard(page)
    return "ap_ref" in stage.cookies()


# --- consent platforms --------------------------------------------------------------


def test_a_tcf_platform_is_believed_when_somebody_answered(stage, shop_page):
    page = shop_page(script=TCF)
    assert not agreed(stage, page)
    assert stored(page) == NOTHING
    assert stage.cookies() == {}

    page.evaluate("say('useractioncomplete', true)")
    assert agreed(stage, page)
    assert len(stage.lines("c")) == 1

    page.evaluate("say('useractioncomplete', false)")
    stage.heard(page)
    assert len(stage.lines("w")) == 1
    assert set(stage.cookies()) == {"ap_consent"}
    assert stored(page) == NOTHING


@pytest.mark.parametrize(
    ("said", "vendor", "is_yes"),
    [
        ("'tcloaded', true", "", True),
        ("'tcloaded', false", "", False),
        ("'tcloaded', true", "data-vendor=7", True),
        ("'tcloaded', true", "data-vendor=9", False),
        ("'tcloaded', true", "data-vendor=11", False),
        ("'tcloaded', true, {gdprApplies: false}", "", False),
        ("'cmpuishown', true", "", False),
        ("'tcloaded', true, {purpose: {}}", "", False),
    ],
)
def test_only_purpose_1_and_the_named_vendor_are_a_yes(stage, shop_page, said, vendor, is_yes):
    page = shop_page(script=TCF, attributes=vendor)
    page.evaluate(f"say({said})")
    assert agreed(stage, page) is is_yes


def test_googles_consent_mode_says_yes_by_an_update_only(stage, shop_page):
    page = shop_page(script=f"{GTAG} gtag('consent', 'default', {{ad_storage: 'granted'}});")
    assert not agreed(stage, page)

    page.evaluate("gtag('event', 'page_view'); dataLayer.push({event: 'x'})")
    page.evaluate("gtag('consent', 'update', {ad_storage: 'granted'})")
    assert agreed(stage, page)
    assert page.evaluate("dataLayer.length") == 4

    page.evaluate("gtag('consent', 'update', {ad_storage: 'denied'})")
    stage.heard(page)
    assert set(stage.cookies()) == {"ap_consent"}
    assert len(stage.lines("w")) == 1


def test_an_update_before_ap_js_came_is_heard_too(stage, shop_page):
    page = shop_page(script=f"{GTAG} gtag('consent', 'update', {{ad_storage: 'granted'}});")
    assert agreed(stage, page)


def test_googles_no_before_any_yes_writes_nothing(stage, shop_page):
    page = shop_page(script=f"{GTAG} gtag('consent', 'update', {{ad_storage: 'denied'}});")
    stage.heard(page)
    assert stage.cookies() == {}
    assert stage.told() == []


def test_a_call_made_before_ap_js_came_waits_for_it(stage, shop_page):
    page = shop_page(script="(window.ap = window.ap || []).push(['consent', true]);")
    assert agreed(stage, page)


@pytest.mark.parametrize("said", ["undefined", "null", "'yes'", "1", "'true'", "{}"])
def test_only_true_is_a_yes(stage, shop_page, said):
    page = shop_page()
    page.evaluate(f"ap.consent({said})")
    assert not agreed(stage, page)
    assert stage.cookies() == {}


# --- the order's reference ----------------------------------------------------------


def test_a_woocommerce_checkout_gets_a_hidden_field(stage, shop_page):
    page = shop_page('<form class="checkout woocommerce-checkout" action="/x"></form>')
    field = page.locator("form.checkout input[type=hidden][name=ap_ref]")
    stage.heard(page)
    expect(field).to_have_count(0)

    page.evaluate("ap.consent(true)")
    stage.heard(page)
    expect(field).to_have_value(stage.cookies()["ap_ref"]["value"])
    assert "checkout_opened" in dict(stage.steps())

    page.evaluate("ap.consent(false)")
    stage.heard(page)
    expect(field).to_have_value("")


def test_a_prestashop_checkout_gets_one_too(stage, shop_page):
    page = shop_page('<section id="checkout"><form></form></section>')
    page.evaluate("ap.consent(true)")
    stage.heard(page)
    expect(page.locator("[name=ap_ref]")).to_have_value(stage.cookies()["ap_ref"]["value"])


def test_a_shopify_cart_carries_it_as_an_attribute(stage, shop_page):
    cart = {"item_count": 2, "total_price": 9_900, "attributes": {"gift": "yes"}}

    def change(route):
        cart["attributes"] |= json.loads(route.request.post_data)["attributes"]
        route.fulfill(json=cart)

    stage.context.route("**/cart.js", lambda route: route.fulfill(json=cart))
    stage.context.route("**/cart/update.js", change)
    page = shop_page(script="window.Shopify = {};")
    stage.heard(page)
    assert cart["attributes"] == {"gift": "yes"}

    page.evaluate("ap.consent(true)")
    stage.heard(page)
    page.wait_for_function("sessionStorage.ap_s === '2:9900'")
    stage.heard(page)
    assert cart["attributes"] == {"gift": "yes", "ap_ref": stage.cookies()["ap_ref"]["value"]}

    page.evaluate("ap.consent(false)")
    stage.heard(page)
    assert cart["attributes"] == {"gift": "yes", "ap_ref": ""}


def test_a_shops_own_code_asks_for_it_or_listens(stage, shop_page):
    page = shop_page(
        script="addEventListener('ap:ref', (event) => (window.heard = event.detail), true);"
    )
    assert page.evaluate("ap.ref()") is None

    page.evaluate("ap.consent(true)")
    ref = page.evaluate("ap.ref()")
    assert ref == stage.cookies()["ap_ref"]["value"] == page.evaluate("window.heard")
    page.evaluate("ap.consent(false)")
    assert page.evaluate("ap.ref()") is None


def test_a_shops_own_code_tells_baskets_pages_and_the_checkout(stage, shop_page):
    page = shop_page()
    page.evaluate("ap.consent(true)")
    page.evaluate("ap.basket(2, 9900); ap.page(); ap.checkout()")
    stage.heard(page)
    steps = stage.steps()
    assert ("basket_changed", {"items": 2, "value_minor": 9_900}) in steps
    assert ("checkout_opened", {"path": COAT}) in steps
    assert [kind for kind, _data in steps].count("page_view") == 2


def test_nothing_that_is_called_wrongly_breaks_the_page(stage, shop_page):
    page = shop_page(script="(window.ap = window.ap || []).push(['nothing'], 3, null);")
    page.evaluate("ap.push(['no']); ap.push(); ap.basket({}); ap.consent()")
    assert not agreed(stage, page)


def test_a_page_that_holds_it_twice_tells_once(stage, shop_page):
    page = shop_page('<script src="/ap.js" defer></script>')
    page.evaluate("ap.consent(true)")
    stage.heard(page)
    assert [kind for kind, _data in stage.steps()].count("page_view") == 1
