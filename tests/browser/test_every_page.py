"""Every page, for whoever may see it: no complaint, no overflow, no barrier."""

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe

from tests.browser.places import is_page, make_everything, pages, routes
from tests.payouts.paydays import PAYDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROLES = ["visitor", "newcomer", "applicant", "partner", "employee", "manager", "finance"]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
NARROW = 360
#: Until the page is drawn anew.
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
#: What a story of its own leads to, or nothing but another page.
TOLD_OTHERWISE = {
    "start/",
    "demo/sign-in/<slug:person>/",
    "account/password/set/",
    "account/login/code/confirm/",
    "account/2fa/authenticate/",
    "account/2fa/webauthn/login/",
    "account/2fa/webauthn/reauthenticate/",
    "account/2fa/webauthn/keys/<int:pk>/remove/",
    "account/2fa/webauthn/keys/<int:pk>/edit/",
    r"account/^confirm-email/(?P<key>[-:\w]+)/$",
    r"account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
}


@pytest.fixture
def everything(this_machine):
    """A full programme on a payday. The clock runs on from there."""
    with time_machine.travel(PAYDAY, tick=True):
        yield make_everything()


@pytest.mark.browser
@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_sound_in_both_themes_and_on_a_phone(browsers, everything, role):
    tab = browsers.open(everything.people[role], language="fr", theme="auto")
    seen = [address for _, address, answer in pages(everything, role) if is_page(answer)]

    faults = [fault for address in seen for fault in faults_of(tab, address)]

    assert faults == [], "\n".join(faults)


def test_every_address_is_somebodys_page(everything):
    """A new page joins the test above by itself; here it says when it needs a thing to show."""
    opened = {
        route
        for role in ROLES
        for route, _, answer in pages(everything, role)
        if answer.status_code in {200, 405}  # A page, a file, or a place to post to.
    }

    assert set(routes()) - opened == TOLD_OTHERWISE


def faults_of(tab, address):
    """Return what is wrong with a page: light on a desk, then dark on a phone."""
    tab.emulate_media(color_scheme="light")
    tab.set_viewport_size({"width": 1_280, "height": 900})
    tab.goto(address)
    tab.evaluate(Axe().axe_script)
    faults = [f"light: {barrier}" for barrier in barriers(tab)]
    tab.emulate_media(color_scheme="dark")
    tab.set_viewport_size({"width": NARROW, "height": 780})
    tab.evaluate(DRAWN)
    width = tab.evaluate("document.scrollingElement.scrollWidth")
    if width > NARROW:
        faults.append(f"{width} px wide on a phone of {NARROW}")
    faults += [f"dark: {barrier}" for barrier in barriers(tab)]
    return [f"{address} {fault}" for fault in faults]


def barriers(tab):
    """Return what axe finds, one line for each element."""
    found = tab.evaluate("rules => axe.run(document, rules).then(r => r.violations)", RULES)
    return [
        f"{rule['id']} at {node['target']}: {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in found
        for node in rule["nodes"]
    ]
