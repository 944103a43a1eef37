"""What ap.js does in a real browser: nothing before a yes, nothing after a no, and what between.

The cases are those for which the CNIL fined SHEIN (trackers before any choice, a refusal and a
withdrawal without effect, third parties not named) and CRITEO (identifiers not really erased).
"""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from werkzeug.wrappers import Response

from tests.browser.shop_stage import BLOG, COAT, LINK, LOOKALIKE, NOTHING, SHOP, stored
from tracking.domain.journey import landing_of
from tracking.domain.navigation import Fact, landing_facts
from tracking.domain.references import is_reference

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# --- before a choice ----------------------------------------------------------------


def test_before_a_choice_nothing_is_written_told_or_kept(stage):
    page = stage.arrive()
    stage.heard(page)
    page.get_by_role("navigation", name="Rayons").get_by_role("link", name="Mailles").click()
    stage.heard(page)

    assert stage.cookies() == {}
    assert stored(page) == NOTHING
    assert stage.told() == []
    assert stage.hosts() == {"blog.test", "shop.test"}
    assert [(line.navigation, line.referrer_host) for line in stage.lines()] == [
        ("followed", "blog.test")
    ]


def test_a_purchase_without_an_answer_says_nothing_of_the_link(stage):
    page = stage.arrive()

    order = stage.buy(page)

    assert order["ap_ref"] == []
    assert set(stage.cookies()) == {"lutece_visitor"}
    assert stored(page) == NOTHING
    assert [type(line).__name__ for line in stage.lines()] == ["CountRecord"]


def test_the_address_bar_is_cleaned_and_the_rest_of_it_kept(stage):
    page = stage.open(f"{SHOP}{COAT}?taille=38&ap_c=x.1.typed.y&q=%20a+b&afsrc=1&ap_ref=zz#avis")
    assert page.url == f"{SHOP}{COAT}?taille=38&q=%20a+b&afsrc=1#avis"
    page.goto(f"{SHOP}{COAT}?ap_c=x")
    assert page.url == f"{SHOP}{COAT}"
    page.goto(f"{SHOP}{COAT}?couleur=&ap_cx=1")
    assert page.url == f"{SHOP}{COAT}?couleur=&ap_cx=1"


# --- refused ------------------------------------------------------------------------


def test_refusing_is_remembered_and_nothing_else_is(stage):
    page = stage.arrive()

    stage.answer(page, "Refuser")
    order = stage.buy(page)
    again = stage.arrive()
    stage.heard(again)

    assert {name: cookie["value"] for name, cookie in stage.cookies().items()} == {
        "ap_consent": "0",
        "lutece_visitor": stage.cookies()["lutece_visitor"]["value"],
    }
    assert order["ap_ref"] == []
    assert stored(page) == NOTHING
    assert stage.told() == []
    assert [type(line).__name__ for line in stage.lines()] == ["CountRecord", "CountRecord"]
    landed = [r for r in stage.asked if urlsplit(r.url).path == COAT and "afsrc" in r.url]
    assert "ap_c" in landed[0].url
    assert "ap_c" not in landed[-1].url  # A no is known: nothing is sealed for later.


# --- accepted -----------------------------------------------------------------------


def test_accepting_late_makes_the_landing_a_click_and_the_order_carries_it(stage):
    page = stage.arrive()
    page.wait_for_timeout(1_200)  # Later than the first look at the page.

    stage.answer(page, "Accepter")
    order = stage.buy(page)

    [click] = stage.lines("c")
    assert (click.navigation, click.referrer_host) == ("followed", "blog.test")
    assert Fact(click.facts) == Fact.EXCHANGED | Fact.LANDED | Fact.OWN_HOP_ONLY
    assert order["ap_ref"] == [click.visitor]
    cookies = stage.cookies()
    assert set(cookies) == {"ap_consent", "ap_ref", "__Host-ap_st", "lutece_visitor"}
    ref, oracle = cookies["ap_ref"], cookies["__Host-ap_st"]
    assert (ref["value"], ref["httpOnly"], ref["secure"], ref["sameSite"]) == (
        click.visitor, True, True, "Lax",
    )  # fmt: skip
    assert (oracle["httpOnly"], oracle["secure"], oracle["sameSite"]) == (True, True, "Strict")
    assert "ap_ref" not in page.evaluate("document.cookie")
    assert {step.visitor for step in stage.lines("j")} == {click.visitor}
    kinds = [kind for kind, _data in stage.steps()]
    assert kinds.count("landing") == 2  # In its first second, and when it was left.
    for kind in ("session_started", "page_view", "basket_changed", "checkout_opened"):
        assert kind in kinds
    assert ("session_started", {"channel": "affiliate", "referrer": "blog.test"}) in stage.steps()
    assert ("basket_changed", {"items": 1}) in stage.steps()
    assert stage.hosts() == {"blog.test", "shop.test"}


def test_a_click_after_the_yes_is_recorded_with_all_that_it_proves(stage):
    page = stage.open(f"{SHOP}/")
    stage.answer(page, "Accepter")
    visitor = stage.cookies()["ap_ref"]["value"]

    page = stage.arrive()
    stage.heard(page)

    [click] = stage.lines("c")
    assert (click.visitor, click.navigation) == (visitor, "followed")
    assert Fact(click.facts) == Fact.TOP_LEVEL | Fact.REFERRER_SENT | Fact.LAX_SEEN
    landing = dict(stage.steps())["landing"]
    seen = landing_facts(landing_of(landing), navigation=click.navigation, facts=Fact(click.facts))
    assert seen == Fact.LANDED | Fact.OWN_HOP_ONLY
    assert landing["path"] == COAT
    assert landing["visible"]


def test_a_typed_look_alike_of_the_shops_name_is_betrayed_by_its_redirect(stage):
    page = stage.open(f"{SHOP}/")
    stage.answer(page, "Accepter")

    page = stage.open(LOOKALIKE)
    stage.heard(page)

    [click] = stage.lines("c")
    assert (click.navigation, click.referrer_host) == ("typed", "")
    assert not Fact(click.facts) & Fact.STRICT_MISSING  # Chromium sends it on this way.
    landing = dict(stage.steps())["landing"]
    seen = landing_facts(landing_of(landing), navigation=click.navigation, facts=Fact(click.facts))
    assert Fact.HIDDEN_REDIRECTOR in seen


def test_a_link_on_the_shops_own_page_is_seen_by_both_cookies(stage):
    page = stage.open(f"{SHOP}/")
    stage.answer(page, "Accepter")
    page.reload()  # The oracle is there from now on.

    page.evaluate(f"location.href = '/c/{LINK}'")
    page.wait_for_url(f"{SHOP}{COAT}**")

    [click] = stage.lines("c")
    assert click.navigation == "internal"
    assert (
        Fact(click.facts) & (Fact.OWN_SITE | Fact.STRICT_SEEN) == Fact.OWN_SITE | Fact.STRICT_SEEN
    )


# --- withdrawn ----------------------------------------------------------------------


def test_withdrawing_erases_in_the_browser_and_asks_for_the_rows(stage):
    page = stage.arrive()
    stage.answer(page, "Accepter")
    visitor = stage.cookies()["ap_ref"]["value"]

    page.get_by_role("link", name="Gérer mes cookies").click()
    stage.heard(page)
    page.get_by_role("button", name="Refuser").click()
    expect(page.get_by_text("vous refusez")).to_be_visible()
    told = len(stage.told())
    order = stage.buy(page)

    assert {name for name in stage.cookies() if name != "lutece_visitor"} == {"ap_consent"}
    assert stage.cookies()["ap_consent"]["value"] == "0"
    assert stored(page) == NOTHING
    assert [line.visitor for line in stage.lines("w")] == [visitor]
    assert order["ap_ref"] == []
    assert len(stage.told()) == told  # Nothing more is told.
    assert stage.lines()[-1] == stage.lines("w")[0]


def test_a_no_in_one_tab_silences_the_others(stage):
    first = stage.open(f"{SHOP}/")
    stage.answer(first, "Accepter")
    second = stage.open(f"{SHOP}/cookies")
    second.get_by_role("button", name="Refuser").click()
    expect(second.get_by_text("vous refusez")).to_be_visible()
    before = len(stage.lines())

    first.evaluate("ap.basket(3)")
    stage.heard(first)

    assert len(stage.lines()) == before
    assert "ap_ref" not in stage.cookies()


def test_the_page_on_cookies_names_everything_that_is_set(stage):
    page = stage.arrive()
    stage.answer(page, "Accepter")
    stage.buy(page)
    page.goto(f"{SHOP}/cookies")

    named = set(page.locator("table code").all_text_contents())
    assert set(stage.cookies()) <= named
    assert stage.hosts() == {"blog.test", "shop.test"}  # There are no third parties to name.
    assert stored(page)["local"] == {}
    assert set(stored(page)["session"]) == {"ap_s"}
    assert "sessionStorage" in page.locator(".prose").inner_text()


# --- whatever happens, the page goes on ---------------------------------------------


def test_a_programme_that_does_not_answer_changes_nothing_for_the_shop(stage):
    stage.sites["shop.test/j"] = Response(status=502)
    page = stage.arrive()
    page.get_by_role("button", name="Accepter").click()
    order = stage.buy(page)
    assert order["ap_ref"] == []
    stage.complaints[:] = [said for said in stage.complaints if "status of 502" not in said]


def test_a_browser_that_refuses_storage_changes_nothing(stage):
    stage.context.add_init_script(
        "for (const area of ['sessionStorage', 'localStorage'])"
        " Object.defineProperty(window, area, {get() { throw new Error('refused'); }});"
    )
    page = stage.arrive()
    stage.answer(page, "Accepter")
    assert is_reference(stage.buy(page)["ap_ref"][0])


def test_what_is_told_holds_no_query_and_no_address(stage):
    page = stage.open(f"{SHOP}/?email=jeanne@example.com#secret")
    stage.answer(page, "Accepter")
    for request in stage.told():
        assert "jeanne" not in (request.post_data or "")
        assert "secret" not in (request.post_data or "")
    assert stage.steps()
    assert parse_qs(urlsplit(page.url).query) == {"email": ["jeanne@example.com"]}
    assert BLOG not in str(stage.steps())
