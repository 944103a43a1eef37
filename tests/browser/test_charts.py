"""Charts with their behaviour: a cursor for pointer and keys, no shift, another width."""

import pytest
import time_machine
from playwright.sync_api import expect

from tests.payouts.paydays import PAYDAY
from tests.people import person_of
from tests.portal.partner_world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ada(browsers, this_machine):
    """Ada's browser on her home, in English."""
    with time_machine.travel(PAYDAY, tick=True):
        page = browsers.open(person_of(make_world().ada))
        page.goto("/portal/?range=90d")
        yield page


def test_keys_read_the_values_one_by_one(ada):
    live = ada.locator(".chart__live").first
    tip = live.locator(".chart__tip")
    rows = ada.locator(".chart").first.locator("tbody tr")
    said = rows.evaluate_all("rows => rows.map(row => [...row.cells].map(c => c.textContent))")

    live.focus()
    expect(tip).to_be_hidden()
    ada.keyboard.press("End")
    expect(tip).to_contain_text(said[-1][0])
    expect(tip).to_contain_text(said[-1][1])
    ada.keyboard.press("ArrowLeft")
    expect(tip).to_contain_text(said[-2][0])
    ada.keyboard.press("Home")
    expect(tip).to_contain_text(said[0][0])
    ada.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_the_pointer_reads_all_charts_of_the_same_days_at_once(ada):
    lives = ada.locator(".chart__live")
    expect(lives).to_have_count(3)
    lives.first.scroll_into_view_if_needed()
    box = lives.first.bounding_box()

    ada.mouse.move(box["x"] + box["width"] - 3, box["y"] + 60)

    for number in range(3):
        tip = lives.nth(number).locator(".chart__tip")
        expect(tip).to_be_visible()
        expect(tip.locator("strong")).to_have_text(lives.first.locator("strong").inner_text())


def test_the_chart_keeps_its_place_and_follows_the_width(ada):
    stage = ada.locator(".chart__stage").first
    before = stage.bounding_box()["height"]
    drawn = stage.locator("svg.chart__canvas").bounding_box()
    assert before == pytest.approx(drawn["height"], abs=8)  # As high as what the server drew.

    ada.set_viewport_size({"width": 420, "height": 800})

    ada.wait_for_function(
        """() => {
            const stage = document.querySelector(".chart__stage");
            const canvas = stage.querySelector("canvas").getBoundingClientRect();
            return Math.abs(canvas.width - stage.clientWidth) < 1;
        }"""
    )
