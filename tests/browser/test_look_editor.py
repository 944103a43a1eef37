"""A look from a phone to the team and back: photo, four products by touch, remarks, conflict."""

import re
from uuid import uuid4

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from influencers.models import Look, LookComment, LookStatus, VersionStatus
from influencers.queries.looks import content_of, loaded
from influencers.services import look_saving, looks
from tests.browser.test_every_page import RULES
from tests.builders import NOW, make_product, make_shop
from tests.influencers.moderation_world import (
    content_with,
    jpeg,
    make_creator,
    make_picture,
    submitted,
)
from tests.portal.look_world import ask_changes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WORN = ("Linen jacket", "Wide trousers", "Leather sandals", "Straw bag")
PLACES = ((0.3, 0.2), (0.6, 0.45), (0.35, 0.85), (0.75, 0.65))


@pytest.fixture
def employee(this_machine):
    """A store employee, four products to wear, and the clock running on from then."""
    with time_machine.travel(NOW, tick=True):
        make_shop()
        for name in WORN:
            make_product(name=name, url=f"https://shop.example/{name.replace(' ', '-').lower()}")
        affiliate, person = make_creator(kind="employee", store="Lyon", staff_number="7")
        yield affiliate, person


def phone(browsers, person):
    return browsers.open(person, width=390, has_touch=True, is_mobile=True)


def photo(tmp_path):
    file = tmp_path / "look.jpg"
    file.write_bytes(jpeg((1_200, 1_600)))
    return file


def tap_stage(tab, across, down):
    stage = tab.locator("[data-stage]")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    tab.touchscreen.tap(box["x"] + across * box["width"], box["y"] + down * box["height"])


def faults(tab):
    """What keeps somebody out of the page as it stands, and whether it scrolls sideways."""
    found = [
        (one["id"], one["nodes"]) for one in Axe().run(tab, options=RULES).response["violations"]
    ]
    fits = tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return found if fits else [*found, "too wide"]


def go_on(tab, name):
    tab.get_by_role("button", name=re.compile(f"Go on: {name}")).tap()


def saved(tab):
    expect(tab.locator("look-saving")).to_have_attribute("data-state", "saved")


def drafted(creator, **overrides):
    """A draft with two products on one photo."""
    affiliate, person = creator
    look = looks.create(affiliate_id=affiliate.pk, shop_id=make_shop().pk, by_id=person.pk, now=NOW)
    content = content_with(make_picture(affiliate), [make_product(), make_product()], **overrides)
    version = look.versions.get()
    look_saving.save(version.pk, content, saves=0, by_id=person.pk, now=NOW)
    return look, content


def content_now(look):
    return content_of(loaded(look.versions.latest("number").pk))


def test_an_employee_makes_a_look_by_touch_and_sends_it(browsers, employee, tmp_path):
    tab = phone(browsers, employee[1])
    tab.goto("/portal/looks/")
    tab.get_by_role("button", name="New look").first.tap()
    tab.set_input_files("look-photos input[type=file]", photo(tmp_path))
    tab.get_by_label("What it shows").fill("A woman in linen on a bridge, seen from the front.")
    go_on(tab, "products")

    for name, place in zip(WORN, PLACES, strict=True):
        tap_stage(tab, *place)
        search = tab.get_by_role("combobox", name=re.compile("Name, number"))
        search.fill(name)
        tab.get_by_role("option", name=re.compile(name)).tap()
    expect(tab.locator("[data-stage] button.pin")).to_have_count(4)
    assert faults(tab) == []

    tab.get_by_role("button", name=re.compile("^Add a stand-in – Linen")).tap()
    assert faults(tab) == []
    tab.get_by_role("button", name="Close").tap()
    go_on(tab, "details")
    assert faults(tab) == []
    tab.get_by_label("Title", exact=True).fill("Linen in June")
    tab.get_by_text("Commercial collaboration", exact=True).tap()
    tab.get_by_label("Nobody else can be recognised").check()
    tab.get_by_label(re.compile("I took these photos")).check()
    go_on(tab, "check")
    saved(tab)
    preview = tab.frame_locator("iframe[data-preview]")
    expect(preview.get_by_role("heading", name="Linen in June")).to_be_visible()
    expect(preview.get_by_text("Straw bag").first).to_be_attached()
    assert faults(tab) == []
    tab.get_by_role("button", name="Send the look").tap()

    expect(tab.get_by_role("heading", name="What happens next")).to_be_visible()
    look = Look.objects.get()
    content = content_now(look)
    assert look.versions.get().status == VersionStatus.SUBMITTED
    assert look.status == LookStatus.DRAFT
    assert len(content.slots) == 4
    placed = {spot.slot: (spot.x, spot.y) for spot in content.photos[0].spots}
    crop = content.photos[0].crop
    for slot, (across, down) in zip(content.slots, PLACES, strict=True):
        x, y = placed[slot.key]
        assert abs(float((x - crop.x) / crop.width) - across) < 0.02
        assert abs(float((y - crop.y) / crop.height) - down) < 0.02


def test_points_are_moved_by_keyboard_numbers_and_mouse_and_undone(browsers, employee):
    look, _content = drafted(employee)
    tab = browsers.open(employee[1])
    tab.goto(f"/portal/looks/{look.public_id}/edit/?step=2")
    pin = tab.get_by_role("button", name=re.compile("^Point 1"))

    pin.focus()
    pin.press("ArrowRight")
    tab.get_by_role("button", name=re.compile("^Point 1")).press("Shift+ArrowDown")
    expect(tab.locator("[data-set=x]").first).to_have_value("31")
    expect(tab.locator("[data-set=y]").first).to_have_value("25")

    tab.locator("[data-set=x]").nth(1).fill("70")
    tab.locator("[data-set=x]").nth(1).press("Tab")
    saved(tab)
    assert float(content_now(look).photos[0].spots[1].x) == pytest.approx(0.7)

    box = tab.locator("[data-stage]").bounding_box()
    start = tab.get_by_role("button", name=re.compile("^Point 1")).bounding_box()
    tab.mouse.move(start["x"] + 22, start["y"] + 22)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.9, steps=5)
    tab.mouse.up()
    expect(tab.locator("[data-set=x]").first).to_have_value(re.compile(r"^(79|80)"))
    tab.get_by_role("button", name="Undo").click()
    expect(tab.locator("[data-set=x]").first).to_have_value("31")

    tab.get_by_role("button", name=re.compile("^Point 2")).press("Delete")
    expect(tab.locator("[data-stage] button.pin")).to_have_count(1)
    expect(tab.get_by_role("button", name=re.compile("^Point 1"))).to_be_focused()


@pytest.mark.parametrize("touch", [False, True])
def test_a_photo_is_cropped_by_dragging_it_as_by_its_sliders(browsers, employee, touch):
    look, _content = drafted(employee)
    tab = phone(browsers, employee[1]) if touch else browsers.open(employee[1])
    tab.goto(f"/portal/looks/{look.public_id}/edit/")
    tab.get_by_text("Crop", exact=True).click()
    tab.locator('[data-crop="zoom"]').fill("200")
    frame = tab.locator(".look-frame--crop")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    drag(tab, middle, (middle[0] + box["width"] / 4, middle[1] - box["height"] / 4), touch=touch)

    expect(tab.locator('[data-crop="left"]')).to_have_value(re.compile(r"^2[3-7]$"))
    expect(tab.locator('[data-crop="top"]')).to_have_value(re.compile(r"^7[3-7]$"))
    saved(tab)
    crop = content_now(look).photos[0].crop
    assert float(crop.x) == pytest.approx(0.125, abs=0.02)
    assert float(crop.y) == pytest.approx(0.375, abs=0.02)
    tab.locator('[data-crop="left"]').press("ArrowRight")
    saved(tab)
    assert content_now(look).photos[0].crop.x > crop.x
    assert faults(tab) == []


def drag(tab, start, end, *, touch):
    """Drag by mouse, or by a finger: what Chromium is told by a touch screen."""
    if not touch:
        tab.mouse.move(*start)
        tab.mouse.down()
        tab.mouse.move(*end, steps=4)
        tab.mouse.up()
        return
    screen = tab.context.new_cdp_session(tab)
    steps = [tuple(a + (b - a) * part / 4 for a, b in zip(start, end, strict=True))
             for part in range(5)]  # fmt: skip
    for number, (x, y) in enumerate(steps):
        kind = "touchMove" if number else "touchStart"
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_who_saved_elsewhere_is_asked_which_one_stays(browsers, employee):
    look, _content = drafted(employee)
    desk, other = browsers.open(employee[1]), browsers.open(employee[1])
    browsers.expected.add(409)
    for tab in (desk, other):
        tab.goto(f"/portal/looks/{look.public_id}/edit/?step=3")
    other.get_by_label("Title", exact=True).fill("From the phone")
    saved(other)

    desk.get_by_label("Title", exact=True).fill("From the desk")
    dialog = desk.get_by_role("dialog", name="Saved somewhere else")
    dialog.get_by_role("button", name="Take the other one").click()
    expect(desk.get_by_label("Title", exact=True)).to_have_value("From the phone")

    other.get_by_label("Title", exact=True).fill("Again")
    saved(other)
    desk.get_by_label("Title", exact=True).fill("From the desk")
    dialog.get_by_role("button", name="Keep what is here").click()
    saved(desk)
    assert content_now(look).title == "From the desk"


def test_without_a_connection_nothing_is_lost(browsers, employee):
    look, _content = drafted(employee)
    tab = browsers.open(employee[1])
    tab.goto(f"/portal/looks/{look.public_id}/edit/?step=3")
    tab.route("**/save/", lambda route: route.abort())
    browsers.complaints.clear()
    tab.get_by_label("Title", exact=True).fill("Written in a tunnel")
    expect(tab.locator("look-saving")).to_have_attribute("data-state", "offline")
    tab.on("dialog", lambda dialog: dialog.accept())

    tab.unroute("**/save/")
    tab.reload()
    expect(tab.get_by_label("Title", exact=True)).to_have_value("Written in a tunnel")
    saved(tab)
    assert content_now(look).title == "Written in a tunnel"
    browsers.complaints[:] = [one for one in browsers.complaints if "ERR_FAILED" not in one]


def test_a_remark_stands_on_the_photo_and_is_marked_as_done(browsers, employee):
    version = submitted(employee)
    ask_changes(version, text="Show the sandals closer.")
    tab = browsers.open(employee[1])
    tab.goto(f"/portal/looks/{version.look.public_id}/edit/?step=2")

    expect(tab.locator("[data-stage] .pin--remark")).to_have_count(1)
    tab.locator("#remark-" + str(LookComment.objects.get().pk)).get_by_role(
        "button", name="Done"
    ).click()

    expect(tab.locator(".remark--done")).to_be_visible()
    assert LookComment.objects.get().resolved_at is not None


def test_a_photo_that_cannot_be_read_says_what_to_do(browsers, employee, tmp_path):
    look, _content = drafted(employee)
    tab = browsers.open(employee[1])
    tab.goto(f"/portal/looks/{look.public_id}/edit/")
    for name, said in (("a.heic", "HEIC"), ("b.jpg", "no photo that can be read")):
        file = tmp_path / name
        file.write_bytes(uuid4().bytes)
        tab.set_input_files("look-photos input[type=file]", file)
        expect(tab.locator(".look-upload--refused").last).to_contain_text(said)
    small = tmp_path / "small.jpg"
    small.write_bytes(jpeg((300, 300)))
    tab.set_input_files("look-photos input[type=file]", small)
    expect(tab.locator(".look-upload--refused").last).to_contain_text("too small")

    assert len(content_now(look).photos) == 1
