"""The calculator in the browser says the same as the server, to the cent."""

import pytest

from tests.builders import make_band, make_group, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NUMBERS = (
    ("2000", "2", "80", "3500"),
    ("12345", "1.37", "89.99", "5000"),
    ("7", "33.33", "19.95", "6500"),
    ("1000000", "3.5", "1249.5", "2000"),
    ("500", "2", "100", "0"),
    ("0", "0", "0", "3500"),
)


def results(page):
    names = ("monthly", "per-order", "orders")
    return [" ".join(page.text_content(f"[data-{name}]").split()) for name in names]


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
def test_it_agrees_with_the_server(page, console, live_server, language):
    make_shop(order_cost_minor=285, order_cost_bps=137)
    make_group(terms={"rate_bps": 1_850})
    for margin in (0, 2_000, 3_500, 5_000, 6_500):
        make_band(margin)
    page.set_extra_http_headers({"Accept-Language": language})
    for visits, conversion, basket, band in NUMBERS:
        query = f"visits={visits}&conversion={conversion}&basket={basket}&band={band}"
        page.goto(f"{live_server.url}/?{query}")
        by_server = results(page)
        page.locator("[name=visits]").fill("1")
        page.locator("[name=visits]").fill(visits)
        assert page.locator("form[data-live]").count() == 1
        assert results(page) == by_server, query


def test_a_slider_moves_its_number(page, console, live_server):
    make_shop()
    make_group()
    make_band(3_500)
    page.goto(live_server.url)
    slider = page.locator("input[type=range]").first
    before = results(page)

    slider.focus()
    page.keyboard.press("End")

    assert page.input_value("[name=visits]") == "20000"
    assert results(page) != before
