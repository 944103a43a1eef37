"""The link builder by keyboard and in its sheet, bulk acts, QR styles; the same without scripts."""

import re
from io import BytesIO

import pytest
import time_machine
from PIL import Image
from playwright.sync_api import expect

from tests.builders import make_link
from tests.payouts.paydays import PAYDAY
from tests.portal.partner_world import PRODUCT_URL, make_world
from tracking.models import Link

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(this_machine):
    with time_machine.travel(PAYDAY, tick=True):
        yield make_world()


def test_a_link_is_built_in_the_sheet_by_keyboard_and_copied(browsers, world):
    tab = browsers.open(world.people["ada"], permissions=["clipboard-read", "clipboard-write"])
    tab.goto("/portal/links/")
    tab.keyboard.press("c")
    sheet = tab.get_by_role("dialog", name="New link")
    search = sheet.get_by_role("combobox", name="Search a product")

    search.press_sequentially("linen")
    expect(sheet.get_by_role("option", name=re.compile("Linen dress"))).to_be_visible()
    search.press("ArrowDown")
    search.press("Enter")
    expect(sheet.get_by_label("Page of the shop")).to_have_value(PRODUCT_URL)
    expect(sheet.locator("#link-preview")).to_contain_text("for each one sold")

    slug = sheet.get_by_label("End of the address")
    slug.fill("api")
    expect(sheet.locator("#slug-state")).to_contain_text("kept for the programme")
    make_link(world.mallory, code="linen")
    slug.fill("linen")
    sheet.get_by_role("button", name="linen-2026").click()
    expect(sheet.locator("#slug-state")).to_contain_text("Free:")
    expect(sheet.locator("#link-preview")).to_contain_text("/c/linen-2026")
    slug.press("Enter")

    expect(tab).to_have_url(re.compile(r"/portal/links/\d+/\?new=1"))
    expect(tab.locator("[data-copy-now] [data-copy]")).to_have_attribute("data-state", "copied")
    assert tab.evaluate("navigator.clipboard.readText()").endswith("/c/linen-2026")


def test_control_and_enter_make_the_link_and_begin_another(browsers, world):
    tab = browsers.open(world.people["ada"])
    tab.goto("/portal/links/new/")
    page = tab.get_by_label("Page of the shop")
    page.fill("https://shop.example/hats")
    page.press("Control+Enter")

    expect(tab.get_by_role("heading", name="Your link is ready")).to_be_visible()
    expect(tab.get_by_label("Page of the shop")).to_have_value("")
    assert Link.objects.filter(destination_url="https://shop.example/hats").count() == 1


def test_many_links_are_selected_and_tagged(browsers, world):
    tab = browsers.open(world.people["ada"])
    tab.goto("/portal/links/?view=rows")
    expect(tab.get_by_role("region", name="Selected rows")).to_be_hidden()

    tab.get_by_label("Select every row").check()
    bar = tab.get_by_role("region", name="Selected rows")
    bar.get_by_label("Tag").fill("may")
    bar.get_by_role("button", name="Add tag").click()

    expect(tab).to_have_url(re.compile(r"\?view=rows"))
    expect(tab.get_by_text("are tagged.")).to_be_visible()
    expect(tab.get_by_role("table").get_by_text("may", exact=True).first).to_be_visible()


def test_a_qr_code_is_drawn_anew_in_its_style(browsers, world, tmp_path):
    tab = browsers.open(world.people["ada"])
    tab.goto(f"/portal/links/{world.link.pk}/qr/")
    image = tab.locator("#qr-preview")
    tab.get_by_label("Colour of the code").fill("#bbbbbb")
    expect(tab.locator("[data-qr-refusal]")).to_contain_text("too alike")
    tab.get_by_label("Colour of the code").fill("#a8412a")
    expect(image).to_have_attribute("src", re.compile("^blob:"))

    logo = BytesIO()
    Image.new("RGB", (40, 40), "#1c6641").save(logo, "PNG")
    tab.get_by_label("Logo in the middle").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": logo.getvalue()}
    )
    expect(tab.locator("[data-qr-refusal]")).to_contain_text("level H")
    tab.get_by_label("H: dirt, creases, or a logo").check()
    expect(tab.locator("[data-qr-refusal]")).to_be_hidden()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == f"{world.link.code}-1024.png"


def test_without_scripts_a_product_is_found_and_its_link_made(browsers, world):
    tab = browsers.open(world.people["ada"], java_script_enabled=False)
    tab.goto("/portal/links/")
    tab.get_by_role("link", name="New link").click()
    tab.get_by_label("Search a product").fill("linen")
    tab.get_by_role("button", name="Search").click()
    tab.get_by_role("link", name=re.compile("Take this page")).click()
    expect(tab.locator("#link-preview")).to_contain_text("for each one sold")
    tab.get_by_role("button", name="Make the link").click()

    expect(tab.get_by_role("heading", name="Linen dress")).to_be_visible()
    tab.get_by_role("link", name="Edit").click()
    tab.get_by_label("Tags").fill("may")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("none → may")).to_be_visible()
