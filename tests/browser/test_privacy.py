"""A person asks to be erased in a browser, and a manager does it: every page on the way."""

import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core.models import DataRequest
from core.privacy import purging
from tests.browser.test_every_page import faults_of
from tests.people import make_sam
from tests.privacy.erasure_world import make_creator

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Where pictures of the pages go, when somebody wants to look at them.
PICTURES = os.environ.get("APPORT_PICTURES", "")


@pytest.fixture(autouse=True)
def _settings(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.ON_THIS_MACHINE = True  # Nobody is asked to prove again who they are.


def picture(tab, name):
    if not PICTURES:
        return
    for width in (1_280, 360):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    tab.set_viewport_size({"width": 1_280, "height": 900})


def test_from_the_wish_to_the_receipt(browsers):
    _creator, person, _look = make_creator()
    purging.run_all(now=timezone.now(), keys=["core.mails", "tracking.landings", "shop.bodies"])
    mine = browsers.open(person)
    assert faults_of(mine, "/account/data/") == []
    picture(mine, "my-data")
    mine.get_by_role("button", name="Ask to be erased").click()
    mine.get_by_role("dialog").get_by_role("button", name="Ask to be erased").click()
    expect(mine.get_by_text("The team was told, and answers within a month.")).to_be_visible()

    sam = browsers.open(make_sam())
    assert faults_of(sam, "/manage/privacy/") == []
    picture(sam, "rules")
    assert faults_of(sam, "/manage/privacy/requests/") == []
    picture(sam, "requests")
    assert faults_of(sam, "/manage/privacy/requests/new/") == []
    picture(sam, "new")
    asked = DataRequest.objects.get()
    assert faults_of(sam, f"/manage/privacy/requests/{asked.public_id}/") == []
    picture(sam, "request")
    sam.get_by_label("Type ERASE to confirm").fill("ERASE")
    sam.get_by_role("button", name="Erase for good").click()
    expect(sam.get_by_role("heading", name="What became of it")).to_be_visible()
    picture(sam, "receipt")

    person.refresh_from_db()
    assert person.erased_at is not None
    mine.goto("/account/data/")
    expect(mine).to_have_url(f"{browsers.site}/account/login/?next=/account/data/")
