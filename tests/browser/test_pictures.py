"""The main screens look as they did when somebody last looked at them and said: so it shall be.

``RENEW_PICTURES=1 bin/test tests/browser/test_pictures.py`` takes them anew, for the eye of whoever
commits them. The portal brings its own letters, so that any machine draws the same.
"""

import json
import os
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
import time_machine
from PIL import Image

from tests import builders
from tests.browser.likeness import few_colours, moved, unlike
from tests.browser.places import make_everything
from tests.influencers import look_surface_world, moderation_world
from tests.payouts.paydays import PAYDAY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

KEPT = Path(__file__).parent / "pictures"
BOXES = KEPT / "boxes.json"
#: Where what was taken instead can be looked at.
TAKEN = Path(__file__).parents[2] / "test-results" / "pictures"
DESKTOP, PHONE = (1_280, 900), (360, 780)
#: Letters of fixed width are the machine's own: here they are the portal's too. Photos are left
#: out: those of tests are of any colour.
OWN_LETTERS = """() => {
  document.documentElement.style.setProperty("--mono", "Inter");
  for (const one of document.images) one.style.visibility = "hidden";
}"""
DRAWN = """async () => {
  await document.fonts.ready;
  const plots = [...document.querySelectorAll("[data-plot]")];
  const isLate = () => plots.some(one => one.querySelector(".chart__stage")?.clientWidth
    && !one.matches(".chart__body--live"));
  while (isLate()) await new Promise(requestAnimationFrame);
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
#: What holds a page together, where it is seen without scrolling; headings are as wide as words.
FIND_BOXES = """() => {
  const kinds = "header.topbar, aside, nav, main, h1, h2, .card, .stats, .stat, .table, .button,"
    + " .control, .chart, .tabs, .banner, .stepper, .empty, .chip, .queue__row";
  return [...document.querySelectorAll(kinds)].filter(one => one.checkVisibility())
    .map(one => [one, one.getBoundingClientRect()])
    .filter(([_, box]) => box.width > 1 && box.bottom > 0 && box.top < innerHeight)
    .map(([one, box]) => [one.classList[0] ?? one.localName,
      ...[box.x, box.y, one.matches("h1, h2") ? 0 : box.width,
        Math.min(box.height, innerHeight - box.y)].map(Math.round)]);
}"""


@dataclass(frozen=True)
class Screen:
    """A picture: its name, who looks, at which address or at which thing of a route."""

    name: str
    role: str
    path: str
    number: int = 0
    size: tuple[int, int] = DESKTOP
    theme: str = "light"

    def address(self, things):
        """Where it is, in a programme with ``things``."""
        return "/" + (things[self.path][self.number] if "<" in self.path else self.path)


SCREENS = (
    Screen("programme", "visitor", ""),
    Screen("sign-in", "visitor", "account/login/"),
    Screen("home", "partner", "portal/?range=12m"),
    Screen("links", "partner", "portal/links/"),
    Screen("link-new", "partner", "portal/links/new/"),
    Screen("sales", "partner", "portal/sales/?range=12m"),
    Screen("sale", "partner", "portal/sales/<int:pk>/", -1),
    Screen("payouts", "partner", "portal/payouts/"),
    Screen("creator-home", "influencer", "portal/"),
    Screen("looks", "influencer", "portal/looks/"),
    Screen("dashboard", "manager", "manage/"),
    Screen("applications", "manager", "manage/applications/"),
    Screen("application", "manager", "manage/applications/<uuid:public_id>/"),
    Screen("affiliate", "manager", "manage/affiliates/<uuid:public_id>/"),
    Screen("order", "manager", "manage/orders/<int:pk>/", -1),
    Screen("reviews", "manager", "manage/reviews/"),
    Screen("review", "manager", "manage/reviews/<uuid:public_id>/"),
    Screen("finance", "finance", "finance/"),
    Screen("batch", "finance", "finance/batches/<uuid:public_id>/"),
    Screen("reconciliation", "finance", "finance/reconciliation/"),
    Screen("home-phone", "partner", "portal/?range=12m", size=PHONE, theme="dark"),
    Screen("sales-phone", "partner", "portal/sales/?range=12m", size=PHONE, theme="dark"),
    Screen("dashboard-phone", "manager", "manage/", size=PHONE, theme="dark"),
    Screen("finance-phone", "finance", "finance/", size=PHONE, theme="dark"),
)
#: What somebody could do to a page by mistake, and what they could do without anybody's notice.
NOTICED = (
    ".page-header__actions { display: none }",
    ".main { padding-block-start: 6rem }",
    ":root { --accent: #234f9b }",
    ":root { --bg: #fff; --surface: #fff; --neutral-soft: #fff }",
    ".grid { display: block }",
    ".rail { display: none }",
    ".stat__value, .queue__count { font-size: 3rem }",
)
UNNOTICED = (
    "body { letter-spacing: 0.1px }",
    ".stat__value { translate: 1px 1px }",
    ".breadcrumbs { opacity: 0.9 }",
)


@pytest.fixture
def clock(this_machine):
    """A payday; every picture is taken at the same minute of it."""
    with time_machine.travel(PAYDAY, tick=True) as clock:
        yield clock


@pytest.fixture
def world(clock, monkeypatch):
    """What there is to look at, with the same names and numbers whatever was tested before."""
    for numbered in (builders, look_surface_world, moderation_world):
        for name in {"_numbers", "_shades"} & vars(numbered).keys():
            monkeypatch.setattr(numbered, name, count(1))
    return make_everything()


def test_the_main_screens_look_as_they_did(browsers, clock, world):
    is_renewed = bool(os.environ.get("RENEW_PICTURES"))
    boxes = {} if is_renewed else json.loads(BOXES.read_text())
    faults = []
    for screen in SCREENS:
        taken, found = take(opened(browsers, clock, world, screen))
        if is_renewed:
            few_colours(taken).save(KEPT / f"{screen.name}.png", optimize=True)
            boxes[screen.name] = found
        else:
            faults += compared(screen.name, taken, boxes.get(screen.name, []), found)
    if is_renewed:
        lines = (f"{json.dumps(name)}: {json.dumps(found)}" for name, found in boxes.items())
        BOXES.write_text("{\n" + ",\n".join(lines) + "\n}\n")

    assert faults == [], "\n".join([*faults, f"What was taken is in {TAKEN}."])


def test_no_picture_is_kept_of_a_screen_that_is_gone():
    names = {screen.name for screen in SCREENS}

    assert {file.stem for file in KEPT.glob("*.png")} == names
    assert set(json.loads(BOXES.read_text())) == names
    assert max(file.stat().st_size for file in KEPT.glob("*.png")) < 60_000


def test_what_a_person_notices_is_noticed(browsers, clock, world):
    [screen] = [one for one in SCREENS if one.name == "finance"]
    page = opened(browsers, clock, world, screen)
    before, boxes = take(page)
    seen = {}
    for rule in (*NOTICED, *UNNOTICED):
        page.evaluate(
            "rule => { const sheet = new CSSStyleSheet(); sheet.replaceSync(rule);"
            " document.adoptedStyleSheets = [sheet]; }",
            rule,
        )
        after, found = take(page)
        seen[rule] = bool(unlike(few_colours(before), after) or moved(boxes, found))

    assert seen == dict.fromkeys(NOTICED, True) | dict.fromkeys(UNNOTICED, False)


def opened(browsers, clock, world, screen):
    """Return a tab that shows the screen."""
    clock.move_to(PAYDAY + timedelta(hours=2))
    page = browsers.open(world.people[screen.role], theme=screen.theme)
    width, height = screen.size
    page.set_viewport_size({"width": width, "height": height})
    page.goto(screen.address(world.things))
    page.evaluate(OWN_LETTERS)
    return page


def take(page):
    """Return the picture of what a tab shows, and its boxes."""
    page.evaluate(DRAWN)
    taken = page.screenshot(animations="disabled", caret="hide")
    return Image.open(BytesIO(taken)), page.evaluate(FIND_BOXES)


def compared(name, taken, kept_boxes, boxes):
    """Return what differs from the kept picture; keep the one that was taken for a look."""
    with Image.open(KEPT / f"{name}.png") as kept:
        faults = [*moved(kept_boxes, boxes), *unlike(kept, taken)]
    if faults:
        TAKEN.mkdir(parents=True, exist_ok=True)
        taken.save(TAKEN / f"{name}.png")
    return [f"{name}: {fault}" for fault in faults]
