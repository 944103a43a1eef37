"""How many clicks finance needs for what it does every payday, counted from its first page."""

import re

import pytest
import time_machine
from playwright.sync_api import expect

from payouts.models import Batch
from tests.browser.test_newcomer import Clicks
from tests.payouts.paydays import PAYDAY, finance, make_due, submitted
from tests.people import make_fin

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def fiona(browsers, this_machine):
    """Fiona's browser on the page that she sees first, with a batch of two payees in review."""
    with time_machine.travel(PAYDAY, tick=True):
        for units in (5, 7):
            make_due(units=units)
        submitted(maker=finance())
        page = browsers.open(make_fin())
        page.goto("/start/")
        page.wait_for_url("**/finance/")
        yield page


def test_a_batch_is_approved_in_fewer_than_six_clicks_from_the_first_page(fiona):
    clicks = Clicks(fiona)
    fiona.reload()

    fiona.get_by_role("link", name="Batches to approve").click()
    fiona.locator("main .table__link").first.click()
    for tick in fiona.locator("main").get_by_role("checkbox", name=re.compile("^I looked")).all():
        tick.check()
    fiona.get_by_role("button", name=re.compile("^Approve")).click()
    expect(fiona.get_by_role("heading", name="Next: make the file")).to_be_visible()

    assert Batch.objects.get().status == "approved"
    assert clicks.number < 6
