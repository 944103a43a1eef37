"""The reasons of a credit on every screen, and publishing a policy, in a browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import faults_of, look_at
from tests.people import make_sam
from tests.portal_staff.test_order_trace import make_traced
from tracking.models import AttributionPolicy

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def manager(browsers, as_superuser):
    yield browsers.open(make_sam(), language="en", theme="auto")
    with as_superuser() as cursor:  # Published policies stay between tests.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE tracking_attribution CASCADE")
        cursor.execute("DELETE FROM tracking_attributionpolicy WHERE number > 1")
        cursor.execute("RESET session_replication_role")


def test_a_full_trace_is_sound_on_every_screen(manager):
    order = make_traced()

    assert faults_of(manager, f"/manage/orders/{order.pk}/") == []
    manager.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert look_at(manager) == []
    expect(manager.get_by_text("Came 12 days before the order")).to_be_visible()


def test_a_manager_publishes_a_policy_by_keyboard_and_reads_it_back(manager):
    assert faults_of(manager, "/manage/policies/") == []
    manager.get_by_role("link", name="Publish a policy").press("Enter")
    manager.get_by_role("textbox", name="Name").fill("Contracts first")
    manager.get_by_label("Affiliates under contract come first for (days)").fill("7")
    assert look_at(manager) == []
    manager.get_by_role("button", name="Publish").press("Enter")

    expect(manager.get_by_role("heading", level=1, name="Policy 2")).to_be_visible()
    expect(manager.get_by_text("come first when they led to the order").first).to_be_visible()
    assert look_at(manager) == []
    assert AttributionPolicy.objects.get(number=2).rules == {"contracted_priority_days": 7}
