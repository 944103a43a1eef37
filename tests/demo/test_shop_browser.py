"""The demo shop in a real Chromium: nothing complains, nothing overflows, everybody can use it."""

import logging
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from werkzeug.serving import make_server

from demo.shop.database import connected
from demo.shop.shop import make_application

# A browser that leaves while a font is on its way leaves the shop's server with an open file.
LEFT_OPEN = "ignore::pytest.PytestUnraisableExceptionWarning"
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings(LEFT_OPEN)]

WIDTHS = [1_280, 360]


@pytest.fixture
def address(settings_of_shop):
    application = make_application(settings_of_shop, deliver=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _without_apport(page):
    """Nobody answers for Apport here: its script is empty, and the shop's own forms do the work."""
    page.route("**/ap.js", lambda route: route.fulfill(content_type="text/javascript", body=""))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_visitor_answers_the_banner_buys_and_sends_back(
    page, console, address, settings_of_shop, width
):
    page.set_viewport_size({"width": width, "height": 800})

    page.goto(address)
    nothing_stands_in_the_way(page, width)
    page.get_by_role("button", name="Accepter").click()
    nothing_stands_in_the_way(page, width)
    page.get_by_role("navigation", name="Rayons").get_by_role("link", name="Mailles").click()
    nothing_stands_in_the_way(page, width)
    page.get_by_role("link", name="Pull marin Concarneau, marine").click()
    nothing_stands_in_the_way(page, width)
    page.get_by_role("radio", name="M", exact=True).check()
    page.get_by_role("button", name="Ajouter au panier").click()
    page.get_by_label("Code promo").fill("ada10")
    page.get_by_role("button", name="Appliquer").click()
    nothing_stands_in_the_way(page, width)
    page.get_by_role("link", name="Commander", exact=True).click()
    page.get_by_label("Nom").fill("Jeanne Duval")
    page.get_by_label("E-mail").fill("jeanne@example.com")
    nothing_stands_in_the_way(page, width)
    page.get_by_role("button", name="Valider la commande").click()
    expect(page.get_by_role("heading", name="Merci, Jeanne Duval")).to_be_visible()
    nothing_stands_in_the_way(page, width)
    page.get_by_role("link", name="Suivre ou renvoyer").click()
    nothing_stands_in_the_way(page, width)
    page.get_by_role("button", name="Renvoyer les articles choisis").click()
    expect(page.get_by_text("Retour enregistré")).to_be_visible()

    with connected(settings_of_shop.database) as database:
        assert database.execute("SELECT count(*) FROM outbox").fetchone()[0] == 2


def test_the_choice_can_be_changed_from_the_footer(page, console, address):
    page.goto(address)
    page.get_by_role("button", name="Accepter").click()

    page.get_by_role("link", name="Gérer mes cookies").click()
    nothing_stands_in_the_way(page, 1_280)
    page.get_by_role("button", name="Refuser").click()

    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert cookies == {"ap_consent": "0"}


def nothing_stands_in_the_way(page, width):
    """Nothing is wider than the screen, and axe finds nothing."""
    page.wait_for_load_state("load")
    page.wait_for_function("document.documentElement !== null")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
