"""The palette and the shortcuts, by hand."""

import pytest
import time_machine
from playwright.sync_api import expect

from tests.payouts.paydays import PAYDAY
from tests.people import person_of
from tests.portal.partner_world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ada(browsers, this_machine):
    """Ada's browser, in English."""
    with time_machine.travel(PAYDAY, tick=True):
        yield browsers.open(person_of(make_world().ada))


def test_the_palette_opens_finds_and_goes(ada):
    ada.goto("/portal/")
    ada.keyboard.press("Control+k")
    field = ada.get_by_role("combobox", name="Search everything")
    expect(field).to_be_focused()

    field.press_sequentially("spring")
    expect(ada.get_by_role("option", name="Spring letter")).to_have_attribute(
        "aria-selected", "true"
    )
    ada.keyboard.press("Enter")
    ada.wait_for_url("**/portal/links/*/")

    ada.keyboard.press("/")
    field.press_sequentially("payout")
    expect(ada.get_by_role("option").first).to_be_visible()
    ada.keyboard.press("ArrowDown")
    ada.keyboard.press("ArrowUp")
    ada.keyboard.press("Enter")
    ada.wait_for_url("**/portal/payouts/")


def test_nothing_found_is_said_and_escape_closes(ada):
    ada.goto("/portal/")
    ada.get_by_role("link", name="Search everything").click()
    ada.get_by_role("combobox", name="Search everything").fill("zzzz")
    expect(ada.locator(".palette__none")).to_be_visible()
    ada.keyboard.press("Escape")
    expect(ada.locator("#palette")).to_be_hidden()


def test_letters_go_places_and_walk_over_rows(ada):
    ada.goto("/portal/")
    ada.keyboard.press("g")
    ada.keyboard.press("e")
    ada.wait_for_url("**/portal/sales/")

    ada.goto("/portal/sales/?range=12m")
    ada.keyboard.press("j")
    expect(ada.locator(".table__link").nth(0)).to_be_focused()
    ada.keyboard.press("j")
    expect(ada.locator(".table__link").nth(1)).to_be_focused()
    ada.keyboard.press("k")
    expect(ada.locator(".table__link").nth(0)).to_be_focused()

    ada.keyboard.press("c")
    ada.wait_for_url("**/portal/links/new/")


def test_the_list_of_shortcuts_names_those_of_the_page_and_switches_them_off(ada):
    ada.goto("/portal/")
    ada.keyboard.press("?")
    listed = ada.locator("#shortcuts")
    expect(listed).to_contain_text("Links")
    listed.get_by_role("button", name="Off").click()
    ada.keyboard.press("Escape")
    ada.keyboard.press("?")
    expect(listed).to_be_hidden()
    ada.keyboard.press("Control+k")
    expect(ada.locator("#palette")).to_be_visible()


def test_letters_in_a_field_are_letters(ada):
    ada.goto("/portal/links/")
    field = ada.locator("main input[type=search]").first
    field.click()
    field.press_sequentially("g l / ?")
    expect(field).to_have_value("g l / ?")
    expect(ada.locator("#palette")).to_be_hidden()
