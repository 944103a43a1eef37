"""A shop, a blog and a look-alike of the shop's name, each on a host of its own, in Chromium."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import expect

from demo.shop.database import connected
from tests.browser.people import PATIENCE_MS
from tracking.domain.spool_line import parse

SHOP = "https://shop.test"
BLOG = "https://blog.test"
LOOKALIKE = "https://shoop.test"
HOSTS = ("shop.test", "blog.test", "shoop.test")
COAT = "/produit/mv02-cam"
LINK = "link2shop"


@dataclass
class Stage:
    """What happened, as everybody saw it: the browser, the spool, the shop's own books."""

    context: object
    spool_dir: Path
    shop: object  # Settings of the demo shop.
    sites: dict  # Who answers for which host, or host and path.
    asked: list = field(default_factory=list)
    complaints: list = field(default_factory=list)

    def __post_init__(self):
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.on("request", lambda request: self.asked.append(request))
        self.context.on("weberror", lambda failure: self.complaints.append(str(failure.error)))
        self.context.on("console", self._hear)

    def _hear(self, line):
        if line.type == "error":
            self.complaints.append(line.text)

    def open(self, url):
        page = self.context.new_page()
        page.goto(url)
        return page

    def arrive(self):
        """Come to the shop by the link of the blog."""
        page = self.open(f"{BLOG}/post")
        page.get_by_role("link", name="Le manteau").click()
        page.wait_for_url(f"{SHOP}{COAT}**")
        page.wait_for_load_state("load")
        return page

    def answer(self, page, button):
        """Press a button of the banner; return when the programme has heard it, if it has to."""
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".consent")).to_have_count(0)
        self.heard(page)

    def heard(self, page):
        """Wait until everything that the page had to tell is told."""
        page.evaluate("new Promise((done) => setTimeout(done, 1300)).then(() => ap.ref())")

    def buy(self, page):
        """Put the coat in the basket and order it; return what the order told the programme."""
        page.goto(f"{SHOP}{COAT}")
        page.locator("input[name=taille]").first.check(force=True)
        page.get_by_role("button", name="Ajouter au panier").click()
        self.heard(page)
        page.get_by_role("link", name="Commander", exact=True).click()
        page.get_by_label("Nom").fill("Jeanne Duval")
        page.get_by_label("E-mail").fill("jeanne@example.com")
        self.heard(page)
        page.get_by_role("button", name="Valider la commande").click()
        expect(page.get_by_role("heading", name="Merci, Jeanne Duval")).to_be_visible()
        return self.order()

    def order(self):
        with connected(self.shop.database) as database:
            row = database.execute("SELECT body FROM outbox ORDER BY rowid DESC").fetchone()
        return json.loads(row["body"])

    def lines(self, kind=None):
        """Return the facts in the spool, oldest first, of one kind of record if one is named."""
        files = sorted(self.spool_dir.glob("*.spool"))
        lines = [line for file in files for line in file.read_bytes().splitlines(keepends=True)]
        return [
            parse(line) for line in lines if kind is None or line.startswith(f"{kind}\t".encode())
        ]

    def steps(self):
        """Return the steps of the journey: their kinds and what is known of each."""
        return [(step.kind, json.loads(step.data)) for step in self.lines("j")]

    def cookies(self):
        return {cookie["name"]: cookie for cookie in self.context.cookies(SHOP)}

    def told(self):
        return [request for request in self.asked if urlsplit(request.url).path == "/j"]

    def hosts(self):
        return {urlsplit(request.url).hostname for request in self.asked}


def stored(page):
    """Return everything that pages of this origin keep in the browser by script."""
    return page.evaluate(
        "async () => ({session: {...sessionStorage}, local: {...localStorage},"
        " databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length})"
    )


NOTHING = {"session": {}, "local": {}, "databases": 0, "caches": 0}
