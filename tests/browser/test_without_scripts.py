"""Scripts are a comfort: with none, people still sign in, promote, decide and choose."""

import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from playwright.sync_api import expect

from affiliates.models import Affiliate, Application
from tests.builders import NOW, PASSWORD, make_affiliate, make_link, make_shop
from tests.people import make_sam, person_of
from tests.portal_staff.world import make_application
from tracking.models import Link

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ada(this_machine):
    """An affiliate who can sign in by password. The clock runs on from the day of the tests."""
    with time_machine.travel(NOW, tick=True):
        make_shop()
        ada = make_affiliate()
        EmailAddress.objects.create(
            user=person_of(ada), email=person_of(ada).email, verified=True, primary=True
        )
        yield ada


@pytest.fixture
def plain(browsers, ada):
    """``plain(user)`` opens a browser that runs no scripts."""
    return lambda user=None: browsers.open(user, java_script_enabled=False)


def test_a_partner_signs_in(plain, ada):
    page = plain()
    page.goto("/account/login/")
    page.get_by_label("Email").fill(person_of(ada).email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page).to_have_url(re.compile("/portal/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")


def test_a_partner_makes_a_link_and_archives_another(plain, ada):
    old = make_link(ada, label="Old letter")
    page = plain(person_of(ada))

    page.goto("/portal/links/new/")
    page.get_by_label("Page of the shop").fill("https://shop.example/dress")
    page.get_by_role("button", name="Make the link").click()
    made = Link.objects.exclude(pk=old.pk).get()
    expect(page.get_by_label("Address to copy", exact=True)).to_have_value(
        re.compile(f"/c/{made.code}$")
    )

    page.goto(f"/portal/links/{old.pk}/")
    page.get_by_role("button", name="Archive").first.click()
    page.locator("#archive").get_by_role("button", name="Archive").click()
    expect(page).to_have_url(re.compile("/portal/links/"))
    old.refresh_from_db()
    assert old.archived_at


def test_a_manager_accepts_an_application(plain):
    application = make_application()
    page = plain(make_sam())

    page.goto("/manage/applications/")
    page.get_by_role("link", name=application.name).click()
    page.get_by_role("button", name="Accept", exact=True).click()

    expect(page.get_by_text("Accepted").first).to_be_visible()
    assert Application.objects.get().status == "approved"
    assert Affiliate.objects.filter(name=application.name).exists()


def test_a_visitor_chooses_theme_and_language(plain):
    page = plain()
    page.goto("/account/login/")

    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_menus_open(plain, ada):
    page = plain(person_of(ada))
    page.goto("/portal/")

    page.get_by_role("button", name=person_of(ada).name).click()

    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
