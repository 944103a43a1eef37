"""What a first visit costs and how it settles, with files packed as in production: bytes, shifts,
and the one element that a person waits for."""

import logging
import threading
from dataclasses import dataclass

import pytest
import time_machine
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from werkzeug.serving import make_server

from tests.browser.places import make_everything
from tests.payouts.paydays import PAYDAY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Everything that travels for a page that nobody has been to: the page, styles, scripts, letters.
MOST_BYTES = 200_000
#: The sum of layout shifts; Google calls 0.1 good.
MOST_SHIFT = 0.02
TRAVELLED = """() => [...performance.getEntriesByType("navigation"),
  ...performance.getEntriesByType("resource")].map(one => [one.name, one.transferSize])"""
WATCH = """
  window.shifted = []; window.largest = "";
  const name = one => !one ? "" : one.nodeType === 3 ? name(one.parentNode)
    : one.classList?.[0] ? `${one.localName}.${one.classList[0]}`
    : `${one.localName} of ${one.closest?.("[class]")?.classList[0]}`;
  new PerformanceObserver(list => list.getEntries().forEach(one => {
    if (!one.hadRecentInput) window.shifted.push(
      [one.value, one.sources.map(source => name(source.node)).join(" ")]);
  })).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver(list => list.getEntries().forEach(one => {
    window.largest = name(one.element);
  })).observe({ type: "largest-contentful-paint", buffered: true });
"""
SETTLED = """async () => {
  await document.fonts.ready;
  await new Promise(done => setTimeout(done, 400));
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


@dataclass(frozen=True)
class View:
    """A page, who sees it first, and what is largest in it."""

    role: str
    path: str
    largest: str
    number: int = 0


VIEWS = (
    View("visitor", "", "h1 of hero"),
    View("visitor", "account/login/", "p.entrance__statement"),
    View("partner", "portal/?range=12m", "p of outlook__obstacles"),
    View("partner", "portal/links/", "p.page-header__lead"),
    View("partner", "portal/links/new/", "p.small"),
    View("partner", "portal/sales/?range=12m", "p.page-header__lead"),
    View("partner", "portal/sales/<int:pk>/", "p of card__body", -1),
    View("partner", "portal/payouts/", "p of outlook__obstacles"),
    View("partner", "portal/reports/?range=12m", "span of report-fresh"),
    View("influencer", "portal/", "p.checklist__text"),
    View("influencer", "portal/looks/", "img of look-card__photo"),
    View("manager", "manage/", "h1 of page-header__title"),
    View("manager", "manage/applications/<uuid:public_id>/", "label.choice__label"),
    View("manager", "manage/affiliates/<uuid:public_id>/", "h1 of page-header__title"),
    View("manager", "manage/orders/<int:pk>/", "p.card__lead", -1),
    View("manager", "manage/reviews/<uuid:public_id>/", "p of explained"),
    View("manager", "manage/reports/?range=12m", "span of report-fresh"),
    View("finance", "finance/", "p.card__lead"),
    View("finance", "finance/batches/<uuid:public_id>/", "p.small"),
    View("finance", "finance/reconciliation/", "p.page-header__lead"),
)


@pytest.fixture(scope="session")
def packed(tmp_path_factory):
    """The folder of the static files as production serves them."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def site(packed, settings, this_machine):
    """The portal with the storage and the folder of production instead of the tests' own."""
    settings.STATIC_ROOT = packed
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    if not any(packed.iterdir()):
        call_command("collectstatic", interactive=False, verbosity=0)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, WSGIHandler(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.PUBLIC_URL = f"http://localhost:{server.port}"
    cache.clear()  # Rate limits of an earlier test.
    yield settings.PUBLIC_URL
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_first_view_is_light_and_stands_still(browsers, site):
    with time_machine.travel(PAYDAY, tick=True):
        world = make_everything()
        seen = [(view, seen_by(browsers, world, view)) for view in VIEWS]

    faults = [fault for view, found in seen for fault in faults_of(view, found)]
    assert faults == [], "\n".join(faults)


def seen_by(browsers, world, view):
    """Open a page in a browser that has nothing yet; return what it saw."""
    page = browsers.open(world.people[view.role])
    page.add_init_script(WATCH)
    path = world.things[view.path][view.number] if "<" in view.path else view.path
    page.goto(f"/{path}")
    page.wait_for_load_state("networkidle")
    page.evaluate(SETTLED)
    travelled = sorted(page.evaluate(TRAVELLED), key=lambda one: -one[1])
    found = (travelled, page.evaluate("window.shifted"), page.evaluate("window.largest"))
    page.context.close()
    return found


def faults_of(view, found):
    """Return what is wrong with a first view, one sentence for each."""
    travelled, shifted, largest = found
    faults, size = [], sum(bytes_ for _, bytes_ in travelled)
    if not 10_000 < size < MOST_BYTES:
        parts = ", ".join(f"{name.rpartition('/')[2]} {one}" for name, one in travelled[:6])
        faults.append(f"{size} bytes: {parts}")
    if sum(value for value, _ in shifted) >= MOST_SHIFT:
        faults.append(f"it moved: {shifted}")
    if largest != view.largest:
        faults.append(f"{largest} is the largest, not {view.largest}")
    return [f"/{view.path} of {view.role}: {fault}" for fault in faults]
