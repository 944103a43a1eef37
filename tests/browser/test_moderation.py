"""A manager decides on looks with the keyboard; a customer sends a photo from a phone."""

import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from influencers.models import CustomerPhoto, LookComment, LookStatus, VersionStatus
from tests.browser.test_every_page import faults_of, look_at
from tests.influencers.moderation_world import jpeg, make_invite, published, send, submitted
from tests.people import make_sam

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Where pictures of the pages go, when somebody wants to look at them.
PICTURES = os.environ.get("APPORT_PICTURES", "")


def picture(tab, name):
    if not PICTURES:
        return
    for width in (1_280, 360):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


def test_looks_are_decided_by_keyboard(browsers):
    first, second = submitted(title="The first"), submitted(title="The second")
    tab = browsers.open(make_sam(), language="en", theme="auto")
    assert faults_of(tab, "/manage/looks/") == []
    picture(tab, "looks")
    assert faults_of(tab, f"/manage/looks/{first.look.public_id}/") == []
    picture(tab, "look")
    tab.set_viewport_size({"width": 1_280, "height": 900})

    tab.keyboard.press("j")
    expect(tab.get_by_role("heading", level=1)).to_have_text("The second")
    tab.keyboard.press("k")
    expect(tab.get_by_role("heading", level=1)).to_have_text("The first")

    tab.locator("[data-pin-photo]").click(position={"x": 90, "y": 60})
    expect(tab.get_by_label("What to change")).to_be_focused()
    tab.keyboard.type("Too dark here.")
    tab.get_by_role("button", name="Write the remark").click()
    expect(tab.get_by_text("Too dark here.")).to_be_visible()
    remark = LookComment.objects.get()
    assert remark.image == first.images.get()
    assert 0 < remark.x < 1
    assert 0 < remark.y < 1
    tab.keyboard.press("c")
    sheet = tab.get_by_role("dialog", name="Ask for changes")
    expect(sheet.get_by_text("1 remark is written")).to_be_visible()
    assert look_at(tab) == []
    sheet.get_by_role("button", name="Send it back").press("Enter")

    expect(tab.get_by_role("heading", level=1)).to_have_text("The second")
    first.refresh_from_db()
    assert first.status == VersionStatus.CHANGES
    tab.keyboard.press("a")
    sheet = tab.get_by_role("dialog", name="Approve")
    for box in sheet.get_by_role("checkbox").all():
        box.check()
    picture(tab, "approve")
    tab.set_viewport_size({"width": 1_280, "height": 900})
    sheet.get_by_role("button", name="Approve").press("Enter")

    expect(tab.get_by_text("Nothing waits for you")).to_be_visible()
    second.look.refresh_from_db()
    assert second.look.status == LookStatus.PUBLISHED


def test_pages_of_what_is_shown_and_of_customers_are_sound(browsers):
    look, (invite, key) = published(), make_invite()
    photo = send(key)
    tab = browsers.open(make_sam(), language="fr", theme="auto")

    for address in (
        f"/manage/looks/{look.public_id}/",
        f"/manage/looks/{photo.look.public_id}/",
        "/manage/looks/customers/",
        "/manage/looks/customers/new/",
        f"/manage/looks/customers/{invite.pk}/",
    ):
        assert faults_of(tab, address) == [], address
        picture(tab, address.strip("/").replace("/", "-"))


def test_a_customer_sends_a_photo_from_a_phone(browsers, tmp_path):
    _invite, key = make_invite(timezone.now())
    tab = browsers.open(None, language="en", theme="auto")
    assert faults_of(tab, f"/looks/send/{key}/") == []
    picture(tab, "photo-send")
    tab.set_viewport_size({"width": 390, "height": 844})
    file = tmp_path / "me.jpg"
    file.write_bytes(jpeg())

    tab.get_by_label("Your photo").set_input_files(file)
    tab.get_by_label("How we name you").fill("Camille")
    tab.get_by_label("Your e-mail address").fill("camille@example.com")
    tab.get_by_label("Nobody but me, or nobody at all").check()
    for label in ("I am 18 or older", "No child or teenager can be seen", "I have read"):
        tab.get_by_role("checkbox", name=label).check()
    tab.get_by_role("button", name="Send the photo").click()

    expect(tab.get_by_role("heading", level=1)).to_have_text("Your photo has arrived")
    assert look_at(tab) == []
    picture(tab, "photo-sent")
    tab.get_by_role("button", name="Erase my photo").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Your photo is erased")
    assert CustomerPhoto.objects.get().erased_at is not None
    assert {one["name"] for one in tab.context.cookies()} <= {"csrftoken", "theme"}
