"""Hands on the keyboard: every stop is seen, what opens can be left, choices stay."""

import re

import pytest
import time_machine
from playwright.sync_api import expect

from tests.payouts.paydays import PAYDAY
from tests.people import person_of
from tests.portal.partner_world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Longer than any chain of stops before a page's main content.
MANY_STOPS = 45
STOP = """() => {
    const stop = document.activeElement, box = stop.getBoundingClientRect();
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const there = document.elementFromPoint(x, y);
    const rings = [stop, ...stop.querySelectorAll("*"), stop.parentElement, stop.closest("tr")]
        .filter(Boolean)
        .flatMap(one => [null, "::before", "::after"].map(part => getComputedStyle(one, part)));
    return {
        name: stop.outerHTML.slice(0, 120),
        isPage: stop === document.body,
        isRinged: rings.some(style => style.outlineStyle !== "none"
            && parseFloat(style.outlineWidth) >= 2),
        isCovered: !(stop.contains(there) || there?.contains(stop)),
    };
}"""


@pytest.fixture
def world(this_machine):
    with time_machine.travel(PAYDAY, tick=True):
        yield make_world()


@pytest.fixture
def ada(browsers, world):
    """Ada's browser, in English."""
    return browsers.open(person_of(world.ada))


def test_the_first_stop_skips_to_the_content(ada):
    ada.goto("/portal/sales/?range=12m")

    ada.keyboard.press("Tab")
    expect(ada.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(ada.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    ada.keyboard.press("Enter")

    expect(ada.locator("main")).to_be_focused()
    ada.keyboard.press("Tab")
    ada.wait_for_function("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("address", ["/", "/portal/", "/portal/sales/?range=12m", "/portal/payee/"])
def test_every_stop_is_seen_and_nothing_covers_it(ada, address):
    ada.goto(address)

    for _ in range(MANY_STOPS):
        ada.keyboard.press("Tab")
        stop = ada.evaluate(STOP)
        if stop["isPage"]:
            break
        assert stop["isRinged"], f"no ring around {stop['name']}"
        assert not stop["isCovered"], f"something covers {stop['name']}"


def test_a_sale_opens_beside_the_list_and_escape_leads_back(ada):
    ada.goto("/portal/sales/?range=12m")
    link = ada.get_by_role("table").get_by_role("link").first

    link.focus()
    ada.keyboard.press("Enter")
    sheet = ada.get_by_role("dialog")
    expect(sheet.get_by_role("heading", level=1)).to_be_visible()
    ada.wait_for_function("document.activeElement.closest('dialog') !== null")
    ada.keyboard.press("Escape")

    expect(sheet).to_be_hidden()
    expect(link).to_be_focused()


def test_a_question_is_asked_before_a_link_is_archived(ada, world):
    ada.goto(f"/portal/links/{world.link.pk}/")
    archive = ada.get_by_role("button", name="Archive").first

    archive.focus()
    ada.keyboard.press("Enter")
    question = ada.get_by_role("dialog", name=re.compile("Archive"))
    expect(question).to_be_visible()
    ada.keyboard.press("Escape")

    expect(question).to_be_hidden()
    expect(archive).to_be_focused()


def test_an_address_is_copied_and_said_to_be(ada, world):
    ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ada.goto(f"/portal/links/{world.link.pk}/")

    ada.get_by_role("button", name="Copy: Address to copy").focus()
    ada.keyboard.press("Enter")

    expect(ada.get_by_role("status").filter(has_text="Copied")).to_be_attached()
    assert ada.evaluate("navigator.clipboard.readText()").endswith(f"/c/{world.link.code}")


def test_theme_and_language_stay_chosen(ada):
    ada.goto("/portal/")
    menu = ada.get_by_role("button", name="Ada Blanchet")

    menu.focus()
    ada.keyboard.press("Enter")
    ada.get_by_role("button", name="Dark").press("Enter")
    expect(ada.locator("html")).to_have_attribute("data-theme", "dark")
    ada.keyboard.press("Escape")
    expect(menu).to_be_focused()
    ada.keyboard.press("Enter")
    ada.get_by_role("button", name="Français").press("Enter")

    expect(ada.locator("html")).to_have_attribute("lang", "fr")
    ada.goto("/portal/payouts/")
    expect(ada.locator("html")).to_have_attribute("lang", "fr")
    expect(ada.locator("html")).to_have_attribute("data-theme", "dark")


def test_what_is_wrong_with_a_form_gets_the_focus(ada):
    ada.goto("/portal/links/new/")

    ada.get_by_label("Page of the shop").fill("https://elsewhere.example/")
    ada.keyboard.press("Enter")

    expect(ada.get_by_label("Page of the shop")).to_have_attribute("aria-invalid", "true")
    expect(ada.get_by_role("alert").first).to_be_focused()
