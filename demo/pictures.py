"""``bin/pictures``: takes the pictures of docs/guide.md from what ``bin/run`` shows."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

PLACE = Path(__file__).resolve().parent.parent / "docs" / "guide" / "pictures"
ADDRESS = "http://localhost:8000"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESKTOP, PHONE = (1280, 800), (390, 760)
#: Colours of a picture: screens have few, and a repository keeps every version of a file.
COLOURS = 128
ADA, INES, SAM, FIONA, HUGO = "ada", "ines", "sam", "fiona", "hugo"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its file, who looks (None: a visitor), where, and at what.

    ``follow`` are links by their beginning of address, clicked one after the other: rows have no
    address that is the same in every demo.
    """

    name: str
    person: str | None
    path: str
    follow: tuple[str, ...] = ()
    size: tuple[int, int] = DESKTOP


PICTURES = (
    Picture("programme", None, "/"),
    Picture("affiliate-home", ADA, "/portal/"),
    Picture("affiliate-home-phone", ADA, "/portal/", size=PHONE),
    Picture("links", ADA, "/portal/links/"),
    Picture("link-new", ADA, "/portal/links/new/"),
    Picture("sales", ADA, "/portal/sales/?range=90d"),
    Picture("sale", ADA, "/portal/sales/?range=90d", follow=("/portal/sales/",)),
    Picture("reports", ADA, "/portal/reports/?range=90d"),
    Picture("payouts", ADA, "/portal/payouts/"),
    Picture("products", ADA, "/portal/products/"),
    Picture("team", ADA, "/portal/team/"),
    Picture("creator-home", INES, "/portal/"),
    Picture("looks", INES, "/portal/looks/"),
    Picture("look", INES, "/portal/looks/", follow=("/portal/looks/",)),
    Picture("briefs", INES, "/portal/briefs/"),
    Picture("dashboard", SAM, "/manage/"),
    Picture("application", SAM, "/manage/applications/", follow=("/manage/applications/",)),
    Picture("affiliate", SAM, "/manage/affiliates/", follow=("/manage/affiliates/",)),
    Picture("order", SAM, "/manage/orders/?range=90d", follow=("/manage/orders/",)),
    Picture("review", SAM, "/manage/reviews/", follow=("/manage/reviews/",)),
    Picture("terms", SAM, "/manage/terms/"),
    Picture("catalogue", SAM, "/manage/catalogue/"),
    Picture("connections", SAM, "/manage/connections/"),
    Picture("finance", FIONA, "/finance/"),
    Picture("batch-approve", HUGO, "/finance/batches/", follow=("/finance/batches/",)),
    Picture("reconciliation", FIONA, "/finance/reconciliation/"),
)


def main() -> None:
    """Take all pictures, or those that ``--only`` names; end with 1 when one was not taken."""
    options = _options()
    wanted = [one for one in PICTURES if not options.only or one.name in options.only]
    options.to.mkdir(parents=True, exist_ok=True)
    failed = 0
    with _browser() as browser:
        for person in dict.fromkeys(one.person for one in wanted):
            for picture, taken in _of_person(browser, options.address, person, wanted):
                if isinstance(taken, str):
                    failed += 1
                    sys.stderr.write(f"{picture.name}: {taken}\n")
                else:
                    size = _keep(taken, options.to / f"{picture.name}.png")
                    sys.stdout.write(f"{picture.name}: {size // 1024} kB\n")
    raise SystemExit(1 if failed else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/pictures", description=__doc__)
    parser.add_argument("address", nargs="?", default=ADDRESS, help=f"of bin/run ({ADDRESS})")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="these pictures")
    parser.add_argument("--to", type=Path, default=PLACE, metavar="DIRECTORY")
    return parser.parse_args()


@contextmanager
def _browser() -> Iterator[Browser]:
    names = (os.environ.get("CHROMIUM"), *map(shutil.which, CHROMIUM_NAMES))
    chromium = next(filter(None, names), None)
    if chromium is None:
        raise SystemExit("Pictures are taken by Chromium: install it, or say CHROMIUM=/path/to/it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        try:
            yield browser
        finally:
            browser.close()


def _of_person(
    browser: Browser, address: str, person: str | None, wanted: Iterable[Picture]
) -> Iterator[tuple[Picture, bytes | str]]:
    """Yield the pictures of one person, or why one could not be taken."""
    context = browser.new_context(
        base_url=address, locale="en-GB", timezone_id="Europe/Paris", reduced_motion="reduce"
    )
    page = context.new_page()
    try:
        if person:
            _sign_in(page, person)
        for picture in wanted:
            if picture.person == person:
                try:
                    yield picture, _taken(page, picture)
                except BrowserError as error:
                    yield picture, error.message.splitlines()[0]
    except BrowserError as error:
        raise SystemExit(f"{address} does not answer as bin/run does: {error.message}") from error
    finally:
        context.close()


def _sign_in(page: Page, person: str) -> None:
    page.goto("/account/login/")
    page.locator(f'form[action$="/demo/sign-in/{person}/"] button').click()
    page.wait_for_load_state("load")


def _taken(page: Page, picture: Picture) -> bytes:
    width, height = picture.size
    page.set_viewport_size({"width": width, "height": height})
    page.goto(picture.path)
    for beginning in picture.follow:
        link = page.locator(
            f'main .table__link[href^="{beginning}"], main .hit[href^="{beginning}"]'
        )
        if not link.count():
            link = page.locator(f'main [data-sheet-content] a[href^="{beginning}"]')
        target = link.first.get_attribute("href")
        page.goto(target or picture.path)
    page.wait_for_load_state("networkidle")
    return page.screenshot(animations="disabled")


def _keep(taken: bytes, file: Path) -> int:
    """Write a picture in few colours; return its size in bytes."""
    with Image.open(BytesIO(taken)) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    return file.stat().st_size


if __name__ == "__main__":
    main()
