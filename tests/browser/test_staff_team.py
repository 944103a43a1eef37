"""The team of the programme in real Chromium: asked, joined, let in by two, limited, and out."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core.models import AuditEntry, StaffInvitation
from core.staff_mails import token_of
from payouts.services import approval_rules
from tests.browser.test_every_page import faults_of, look_at
from tests.builders import make_link
from tests.core.staff_world import WHY, confirmed, finance, manager, roles_of
from tests.fraud.case_world import make_held_case
from tests.people import make_ada

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TEAM = "/manage/team/"
EMAIL = "maximilien.de.la.rochefoucauld@example.com"
#: What a page would send by itself, sent from the page although its button is off.
POST = """async address => (await fetch(address, {
  method: "POST", headers: JSON.parse(document.body.getAttribute("hx-headers"))})).status"""


@pytest.fixture
def max_():
    return confirmed(name="Maximilien de la Rochefoucauld", email=EMAIL)


def press(tab, name):
    tab.get_by_role("button", name=name, exact=True).click()


def said(tab, words):
    expect(tab.get_by_text(words).first).to_be_visible()


def test_a_colleague_is_asked_joins_pays_with_two_yeses_and_leaves(browsers, max_):
    browsers.expected |= {403}
    sam, fin = manager(name="Sam Petit"), finance(name="Fiona Lambert")
    sams, fins, his = browsers.open(sam, theme="auto"), browsers.open(fin), browsers.open(max_)
    person = f"{TEAM}people/{max_.pk}/"

    _asked_and_joins(sams, his)
    assert roles_of(max_) == {"manager"}
    assert his.goto("/finance/batches/").status == 403

    assert faults_of(sams, person) == []
    sams.get_by_label("Role", exact=True).select_option("finance")
    sams.get_by_label("Reason").fill(WHY)
    press(sams, "Give the role")
    said(sams, "once another person of the team agrees")
    assert roles_of(max_) == {"manager"}
    fins.goto(TEAM)
    press(fins, "Confirm")
    said(fins, "has the role now")
    assert roles_of(max_) == {"manager", "finance"}

    _limited_by_two(fins, his, max_)
    sams.goto(person)
    said(sams, re.compile(r"€\s?500\.00|500\.00\s?€"))
    case = make_held_case()
    case.assignee = max_
    case.save()
    sams.get_by_role("link", name="Take out of the team").click()
    sams.get_by_label("Cases").select_option(label="Sam Petit")
    assert look_at(sams) == []
    sams.get_by_label("Reason").fill("He moves to another house.")
    press(sams, "Take out of the team")
    said(sams, "is no longer in the team")
    assert roles_of(max_) == set()
    case.refresh_from_db()
    assert case.assignee == sam
    his.goto("/manage/")
    expect(his).to_have_url(re.compile("/account/login/"))


def _asked_and_joins(sams, his):
    assert faults_of(sams, f"{TEAM}invite/") == []
    sams.get_by_label("E-mail").fill(EMAIL)
    sams.get_by_label("Programme manager").check()
    press(sams, "Send the invitation")
    expect(sams.get_by_role("cell", name=EMAIL)).to_be_visible()
    his.goto(f"/team/programme/join/{token_of(StaffInvitation.objects.get())}/")
    press(his, "Join")
    said(his, "You are in the team of the programme.")


def _limited_by_two(fins, his, max_):
    """Neither whom a limit binds nor who proposed it confirms it."""
    now = timezone.now()
    approval_rules.propose_limit(
        user_id=max_.pk, currency="EUR", daily_minor=50_000, valid_from=now,
        actor_id=finance(name="Olga Owner").pk, now=now,
    )  # fmt: skip
    his.goto("/finance/control/")
    press(his, "Confirm")
    said(his, "Another person confirms a limit")
    fins.goto("/finance/control/")
    press(fins, "Confirm")
    said(fins, "Confirmed.")


def test_a_look_at_an_account_changes_nothing_and_is_kept(browsers):
    browsers.expected |= {403}
    ada, sam = make_ada(), manager(name="Sam Petit")
    link = make_link(ada, label="Spring letter")
    tab, page = browsers.open(sam, theme="auto"), f"/portal/links/{link.pk}/"

    tab.goto(f"/manage/affiliates/{ada.public_id}/")
    tab.get_by_role("link", name="View as").click()
    tab.get_by_label("Reason").fill("Ada asks about a link.")
    press(tab, "Begin to look")
    said(tab, "You look at the account of")
    assert faults_of(tab, page) == []
    expect(tab.get_by_role("button", name="Archive")).to_be_disabled()
    assert tab.evaluate(POST, f"{page}archive/") == 403
    tab.set_viewport_size({"width": 1_280, "height": 900})
    tab.goto("/portal/links/")
    expect(tab.get_by_role("button", name="New link").first).to_be_disabled()
    assert tab.goto("/portal/links/new/").status == 403
    said(tab, "You only look at this account: nothing can be changed.")
    link.refresh_from_db()
    assert link.archived_at is None

    tab.goto("/portal/links/")
    press(tab, "Stop looking")
    said(tab, "You no longer look at the account of Le Carnet d'Ada.")
    entry = AuditEntry.objects.filter(verb="affiliate.page_viewed", data__path=page).earliest("pk")
    assert entry.actor == sam
    tab.goto("/manage/journal/")
    for words in ("Look at the account begun", "Page of the account looked at",
                  "Look at the account ended", "Ada asks about a link."):  # fmt: skip
        expect(tab.get_by_role("cell").filter(has_text=words).first).to_be_visible()
    assert tab.goto("/portal/links/").status == 403
