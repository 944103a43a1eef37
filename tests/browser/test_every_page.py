"""Every page, for whoever may see it: no complaint, no overflow, no barrier."""

import re

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from core.models import OutboxMail
from tests.browser.places import is_page, make_everything, pages, routes
from tests.builders import PASSWORD
from tests.payouts.paydays import PAYDAY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROLES = [
    "visitor", "newcomer", "applicant", "partner", "influencer", "employee", "manager", "finance",
]  # fmt: skip
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
NARROW = 360
#: Until the page is drawn anew.
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
#: What sticks out to the right, innermost last.
WIDE = """limit => [...document.querySelectorAll("body *")]
  .filter(one => one.getBoundingClientRect().right > limit + 1)
  .map(one => one.localName + "." + one.className).slice(-4).join(" ")"""
#: What a story of its own leads to, or nothing but another page.
TOLD_OTHERWISE = {
    "start/",
    "notifications/",
    "account/data/<uuid:public_id>/file/",
    "account/data/<uuid:public_id>/withdraw/",
    "manage/incidents/<uuid:public_id>/updates/<int:pk>/mail/",
    "settings/notifications/",
    "account/confirm-email/",
    "manage/exports/<uuid:public_id>/file/",
    "portal/exports/<uuid:public_id>/file/",
    "demo/sign-in/<slug:person>/",
    "account/password/set/",
    "account/login/code/confirm/",
    "account/2fa/authenticate/",
    "account/2fa/webauthn/login/",
    "account/2fa/webauthn/reauthenticate/",
    "account/2fa/webauthn/keys/<int:pk>/remove/",
    "account/2fa/webauthn/keys/<int:pk>/edit/",
    "finance/batches/<uuid:public_id>/manual/<uuid:item_id>/proof/",
    "finance/months/<str:month>/report.pdf",
    "portal/payee/stripe/back/",
    "portal/payee/stripe/forms/",
    r"account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
}


@pytest.fixture
def everything(this_machine):
    """A full programme on a payday. The clock runs on from there."""
    with time_machine.travel(PAYDAY, tick=True):
        yield make_everything()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_sound_in_both_themes_and_on_a_phone(browsers, everything, role):
    tab = browsers.open(everything.people[role], language="fr", theme="auto")
    seen = [address for _, address, answer in pages(everything, role) if is_page(answer)]

    faults = [fault for address in seen for fault in faults_of(tab, address)]

    assert faults == [], "\n".join(faults)


def test_every_address_is_somebodys_page(everything):
    """A new page joins the test above by itself; here it says when it needs a thing to show."""
    opened = set()
    for role in ROLES:
        opened |= {
            route
            for route, _, answer in pages(everything, role, but=frozenset(opened))
            if answer.status_code in {200, 405}  # A page, a file, or a place to post to.
        }

    assert set(routes()) - opened == TOLD_OTHERWISE


def test_pages_that_only_a_story_leads_to_are_sound_too(browsers, everything):
    browsers.expected |= {403, 404}
    tab, sam = browsers.open(theme="auto"), everything.people["manager"]
    faults = faults_of(tab, "/nowhere/")

    tab.goto("/account/password/reset/")
    tab.get_by_label("Email").fill(sam.email)
    tab.locator("main form button[type=submit]").first.click()
    mail = OutboxMail.objects.filter(recipient=sam.email).latest("pk")
    faults += faults_of(tab, re.search(r"http://\S+/password/reset/key/\S+", mail.body)[0])

    tab.goto("/account/login/")
    tab.get_by_label("Email").fill(sam.email)
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    expect(tab).to_have_url(re.compile("/account/2fa/authenticate/"))
    faults += look_at(tab)

    tab = browsers.open(everything.people["partner"], theme="auto")
    faults += faults_of(tab, "/manage/")
    tab.goto("/portal/links/new/")
    tab.get_by_label("Page of the shop").fill("https://elsewhere.example/")
    tab.get_by_role("button", name="Make the link").click()
    expect(tab.get_by_role("alert").first).to_be_visible()
    faults += look_at(tab)

    assert faults == [], "\n".join(faults)


def test_a_programme_without_terms_says_so(browsers):
    tab = browsers.open(theme="auto")

    assert faults_of(tab, "/") == []
    expect(tab.get_by_role("heading", level=1)).to_be_visible()


def faults_of(tab, address):
    """Open ``address`` and return what is wrong there."""
    tab.set_viewport_size({"width": 1_280, "height": 900})
    tab.goto(address)
    return look_at(tab)


def look_at(tab):
    """Return what is wrong with the page: light as it is, then dark on a phone."""
    tab.emulate_media(color_scheme="light")
    tab.evaluate(DRAWN)
    tab.evaluate(Axe().axe_script)
    faults = [f"light: {barrier}" for barrier in barriers(tab)]
    tab.emulate_media(color_scheme="dark")
    tab.set_viewport_size({"width": NARROW, "height": 780})
    tab.evaluate(DRAWN)
    width = tab.evaluate("document.scrollingElement.scrollWidth")
    if width > NARROW:
        faults.append(f"{width} px wide on a phone of {NARROW}: {tab.evaluate(WIDE, NARROW)}")
    faults += [f"dark: {barrier}" for barrier in barriers(tab)]
    return [f"{tab.url} {fault}" for fault in faults]


def barriers(tab):
    """Return what axe finds, one line for each element."""
    found = tab.evaluate("rules => axe.run(document, rules).then(r => r.violations)", RULES)
    return [
        f"{rule['id']} at {node['target']}: {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in found
        for node in rule["nodes"]
    ]
