"""What a newcomer reaches, and in how many clicks: counted on buttons and links, not on answers."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from core.models import OutboxMail
from tests.browser.test_whole_path import ADA, apply, approve_application, click, programme  # noqa: F401
from tests.builders import PASSWORD
from tests.mails import code_in
from tests.payouts.paydays import PAYDAY
from tests.payouts.stories import accrued
from tests.people import make_ada, person_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Counts presses on buttons and links; what a form asks for (a tick, a choice) is an answer.
COUNT = """
document.addEventListener("pointerdown", (event) => {
  if (event.target.closest("button, a, summary")) window.pressed();
}, true);
"""


class Clicks:
    """How often somebody pressed a button or followed a link in their browser."""

    def __init__(self, page):
        self.number = 0
        page.context.expose_function("pressed", self._one)
        page.context.add_init_script(COUNT)

    def _one(self):
        self.number += 1


@pytest.mark.usefixtures("programme")
def test_the_first_link_is_copied_within_eight_clicks_and_two_minutes_of_signing_up(browsers):
    ada, sam = browsers.open(), browsers.open()
    ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    clicks = Clicks(ada)
    ada.goto("/account/signup/")
    begun = time.monotonic()

    ada.get_by_label("Email").fill(ADA)
    ada.get_by_label("Password", exact=True).fill(PASSWORD)
    click(ada, "Create an account")
    ada.get_by_label("Code").fill(code_in(OutboxMail.objects.get(recipient=ADA).body))
    click(ada, "Confirm")
    apply(ada)
    waited_from = time.monotonic()
    approve_application(sam)  # The team's time is not the newcomer's.
    waited = time.monotonic() - waited_from
    ada.reload()
    click(ada, "Open your account", "link")
    ada.get_by_role("link", name="Links").first.click()
    ada.locator("main form button").filter(
        has_text=re.compile("page|collection|shop", re.I)
    ).first.click()
    ada.get_by_role("button", name=re.compile("^Copy")).first.click()
    expect(ada.get_by_role("status").filter(has_text="Copied")).to_be_attached()

    assert "/c/" in ada.evaluate("navigator.clipboard.readText()")
    assert clicks.number <= 8
    assert time.monotonic() - begun - waited < 120


def test_why_a_sale_was_declined_is_found_in_two_clicks(browsers, this_machine):
    with time_machine.travel(PAYDAY, tick=True):
        affiliate = make_ada()
        placed_at = PAYDAY - timedelta(days=2)
        accrued(affiliate, decision="refuse", number="FR-1006", placed_at=placed_at)
        ada = browsers.open(person_of(affiliate))
        clicks = Clicks(ada)
        ada.goto("/portal/")

        ada.get_by_role("link", name="Sales").first.click()
        ada.wait_for_url("**/portal/sales/")
        ada.get_by_role("link", name=re.compile("1006")).first.click()

        expect(ada.get_by_role("dialog")).to_contain_text("Declined")
        assert clicks.number <= 2
