"""The live stream in a browser: what is new comes by itself, can be held, needs no script."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.builders import make_click, make_link
from tests.people import make_sam
from tests.portal_staff.tracking_world import make_host

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LIVE = "/manage/tracking/live/"


@pytest.fixture
def link():
    make_host(watermark=timezone.now(), beat_at=timezone.now())
    link = make_link(code="ete")
    make_click(link, clicked_at=timezone.now())
    return link


def test_a_landing_comes_in_by_itself_and_the_focus_stays(browsers, link):
    page = browsers.open(make_sam(), language="en")
    page.goto(LIVE)
    items = page.locator("[data-live-list] > li")
    expect(items).to_have_count(1)
    items.first.get_by_role("link").focus()

    make_click(link, clicked_at=timezone.now(), sub_id="bio")

    expect(items).to_have_count(2)
    expect(items.first).to_contain_text("Sub-id bio")
    expect(items.last.get_by_role("link")).to_be_focused()
    expect(page.locator("[data-live-news]")).to_have_text("1 new entry")


def test_the_stream_can_be_held(browsers, link):
    page = browsers.open(make_sam(), language="en")
    page.goto(LIVE)
    page.get_by_role("button", name="Pause").click()

    make_click(link, clicked_at=timezone.now())
    page.wait_for_timeout(3_000)

    expect(page.locator("[data-live-list] > li")).to_have_count(1)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("[data-live-list] > li")).to_have_count(2)


def test_who_was_signed_out_is_told(browsers, link):
    page = browsers.open(make_sam(), language="en")
    page.goto(LIVE)
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "running")

    page.context.clear_cookies()

    expect(page.locator("[data-live]")).to_have_attribute("data-state", "lost")
    expect(page.get_by_text("The connection is lost, or you were signed out")).to_be_visible()
    expect(page).to_have_url(re.compile(LIVE))


def test_without_scripts_the_page_is_reloaded(browsers, link):
    page = browsers.open(make_sam(), language="en", java_script_enabled=False)
    page.goto(LIVE)
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    make_click(link, clicked_at=timezone.now())

    page.get_by_role("link", name="Reload", exact=True).click()

    expect(page.locator("[data-live-list] > li")).to_have_count(2)
