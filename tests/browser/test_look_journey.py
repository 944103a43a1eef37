"""From a photo on an employee's phone to a line of payroll, as the people of the story click it."""

import csv
import io
import re
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group as StaffRole
from django.utils import timezone
from playwright.sync_api import expect

from demo.catalogue import by_sku
from demo.shop import looks as shop_looks
from demo.shop import messages
from influencers.models import ImageLicence, Look, LookStatus
from influencers.services import licences
from influencers.tasks import complete_renditions, run_look_clock
from payouts.models import Item, Rail
from payouts.services import checks
from portal.access import STAFF
from portal.demo import cast, shop_file, world
from portal.item_pages import item_page
from shop.services import secrets
from tests.browser.test_every_page import RULES
from tests.builders import BANDS, make_affiliate, make_band
from tests.influencers.moderation_world import jpeg
from tests.journeys.stage import Stage
from tracking.models import Credit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TITLE = "Dimanche sur les quais"
WORN = [by_sku()[sku] for sku in ("MV02-CAM", "PJ01-NOI", "CH03-BOR", "SA01-CAM")]
COAT, TROUSERS = WORN[:2]
PLACES = ((0.3, 0.2), (0.6, 0.45), (0.35, 0.85), (0.75, 0.65))
BROUGHT_BY = f"look “{TITLE}” on a product page"
REMARK = "This point is beside the coat: put it on the collar."


@pytest.fixture
def clock():
    """The server's clock, which runs on; ``clock.shift`` lets time pass. Browsers keep theirs."""
    with time_machine.travel(timezone.now(), tick=True) as clock:
        yield clock


@pytest.fixture
def programme(settings, monkeypatch, clock, shop_settings, shop_url, tmp_path):
    """The demo's shop, terms and staff; Nadia of a store in Lyon, who has no look yet."""
    settings.SPOOL_DIR, settings.MEDIA_ROOT = tmp_path / "spool", tmp_path / "media"
    shop_looks.looks_of.cache_clear()
    monkeypatch.setattr(shop_looks, "PATIENCE_SECONDS", 20)  # A busy machine is slow, not down.
    monkeypatch.setattr(shop_looks, "FRESH_SECONDS", 0)  # Its minute is not the clock's.
    monkeypatch.setitem(world.TERMS, "minimum_payout_minor", 500)
    for role in STAFF:
        StaffRole.objects.get_or_create(name=role.value)
    for lower, _upper in BANDS:
        make_band(lower)
    now = timezone.now()
    stage = world.build(shop_url=shop_url, begins=now - timedelta(days=1))
    secrets.issue(shop_id=stage.shop.pk, actor=stage.people["sam"], now=now)
    shop_file.write(shop_settings.state, stage.shop)
    make_affiliate(
        user=stage.people["nadia"],
        group=stage.groups[cast.STORES],
        name=cast.NADIA.name,
        kind="employee",
        store=cast.NADIA.store,
        staff_number=cast.NADIA.staff_number,
    )
    return stage


def test_from_a_phone_to_the_product_page_and_to_payroll(
    browsers, clock, programme, shop_settings, shop_url, tmp_path
):
    nadia, sam = phone(browsers, programme.people["nadia"]), browsers.open(programme.people["sam"])
    make_look(nadia, tmp_path)
    ask_for_a_change(sam)
    change_it(nadia)
    approve(sam)
    tick()
    look = Look.objects.get()
    assert shown_on(browsers.open(language="fr"), shop_url) == WORN

    visitor = browsers.open(language="fr")
    tap_in_the_look(visitor, shop_url, look)
    clock.shift(timedelta(minutes=4))  # Who orders at once is looked at by a person first.
    buy(visitor)
    assert messages.deliver_due(shop_settings, at=time.time()) == 1
    tick()
    assert Credit.objects.get().surface == f"look:{look.pk}:pdp"

    clock.shift(timedelta(days=31))
    tick()
    rows = pay(browsers, programme)
    tick()
    read_the_line(phone(browsers, programme.people["nadia"]), rows)

    revoke(look, programme.people["sam"])
    clock.shift(timedelta(minutes=10))
    tick()
    gone(browsers, shop_url, look)
    assert checks.check() == []


def tick():
    """Ship the landings and let every pull and the clock of looks run, as Celery beat would."""
    Stage.tick()
    run_look_clock()
    complete_renditions()


def phone(browsers, person):
    return browsers.open(person, width=390, has_touch=True, is_mobile=True)


def sound(tab):
    """Nothing on the page keeps somebody out, and it does not scroll sideways.

    From its top: what a bar covers half, scrolled, is a small target only there.
    """
    tab.evaluate("window.scrollTo(0, 0)")
    found = Axe().run(tab, options=RULES).response["violations"]
    faults = [(one["id"], node["html"]) for one in found for node in one["nodes"]]
    assert faults == [], tab.url
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), tab.url


def tap_stage(tab, across, down):
    stage = tab.locator("[data-stage]")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    tab.touchscreen.tap(box["x"] + across * box["width"], box["y"] + down * box["height"])


def go_on(tab, name):
    tab.get_by_role("button", name=re.compile(f"Go on: {name}")).tap()


def send(tab):
    go_on(tab, "check")
    expect(tab.locator("look-saving")).to_have_attribute("data-state", "saved")
    sound(tab)
    tab.get_by_role("button", name="Send the look").tap()
    expect(tab.get_by_role("heading", name="What happens next")).to_be_visible()
    sound(tab)


def make_look(tab, tmp_path):
    """Nadia uploads a photo, tags four products, says what the law and the house ask, sends it."""
    photo = tmp_path / "quais.jpg"
    photo.write_bytes(jpeg((1_200, 1_600)))
    tab.goto("/portal/looks/")
    sound(tab)
    tab.get_by_role("button", name="New look").first.tap()
    tab.set_input_files("look-photos input[type=file]", photo)
    tab.get_by_label("What it shows").fill("Une femme en manteau camel sur un quai, de face.")
    sound(tab)
    go_on(tab, "products")

    for product, place in zip(WORN, PLACES, strict=True):
        tap_stage(tab, *place)
        tab.get_by_role("combobox", name=re.compile("Name, number")).fill(product.name)
        tab.get_by_role("option", name=re.compile(product.name)).tap()
    expect(tab.locator("[data-stage] button.pin")).to_have_count(len(WORN))
    sound(tab)

    go_on(tab, "details")
    tab.get_by_label("Title", exact=True).fill(TITLE)
    tab.get_by_text("Commercial collaboration", exact=True).tap()
    tab.get_by_label("Nobody else can be recognised").check()
    tab.get_by_label(re.compile("I took these photos")).check()
    sound(tab)
    send(tab)


def ask_for_a_change(tab):
    """Sam pins a remark on the first point and sends the look back."""
    tab.goto("/manage/looks/")
    sound(tab)
    tab.get_by_role("link", name=TITLE).first.click()
    tab.get_by_label("About").select_option(label=f"1. {COAT.name}")
    frame = tab.locator("[data-pin-photo]")
    box = frame.bounding_box()
    frame.click(position={"x": box["width"] * 0.3, "y": box["height"] * 0.2})
    expect(tab.get_by_label("What to change")).to_be_focused()
    tab.keyboard.type(REMARK)
    tab.get_by_role("button", name="Write the remark").click()
    expect(tab.get_by_text(REMARK)).to_be_visible()
    sound(tab)
    tab.get_by_role("button", name="Ask for changes").click()
    sheet = tab.get_by_role("dialog", name="Ask for changes")
    expect(sheet.get_by_text("1 remark is written")).to_be_visible()
    sound(tab)
    sheet.get_by_role("button", name="Send it back").click()
    expect(tab.get_by_text("Nothing waits for you")).to_be_visible()


def change_it(tab):
    """Nadia reads the remark beside her photo, moves the point, marks it as done, sends again."""
    tab.goto("/portal/looks/")
    tab.get_by_role("link", name=TITLE).first.tap()
    tab.get_by_role("link", name="Go on writing").tap()
    remark = tab.locator(".remark").filter(has_text=REMARK)
    expect(remark).to_be_visible()
    tab.get_by_role("button", name=re.compile("Products")).first.tap()
    expect(tab.locator("[data-stage] .pin--remark")).to_have_count(1)
    tab.locator("[data-set=x]").first.fill("45")
    tab.locator("[data-set=x]").first.press("Tab")
    remark.get_by_role("button", name="Done").tap()
    expect(tab.locator(".remark--done")).to_be_visible()
    sound(tab)
    go_on(tab, "details")
    tab.get_by_label("Nobody else can be recognised").check()
    tab.get_by_label(re.compile("I took these photos")).check()
    send(tab)


def approve(tab):
    """Sam looks at every point of the list; the look appears at once."""
    tab.goto("/manage/looks/")
    tab.get_by_role("link", name=TITLE).first.click()
    tab.get_by_role("button", name="Approve").click()
    sheet = tab.get_by_role("dialog", name="Approve")
    expect(sheet.get_by_role("checkbox").first).to_be_visible()
    for box in sheet.get_by_role("checkbox").all():
        box.check()
    sound(tab)
    sheet.get_by_role("button", name="Approve").click()
    expect(tab.get_by_text("Nothing waits for you")).to_be_visible()
    assert Look.objects.get().status == LookStatus.PUBLISHED


def shown_on(tab, shop_url):
    """Return the products of the look on whose pages in the shop it is."""
    seen = []
    for product in WORN:
        tab.goto(f"{shop_url}{product.path}")
        expect(tab.get_by_role("heading", level=1)).to_have_text(product.name)
        if tab.locator("section.looks").get_by_role("link", name=TITLE).count():
            seen.append(product)
            sound(tab)
    return seen


def tap_in_the_look(tab, shop_url, look):
    """A visitor who consented sees the trousers, taps the coat of the look, and goes there."""
    tab.goto(shop_url)
    tab.get_by_role("button", name="Accepter", exact=True).click()
    tab.goto(f"{shop_url}{TROUSERS.path}")
    tab.get_by_role("button", name=re.compile(re.escape(COAT.name))).click()
    card = tab.get_by_role("group", name=COAT.name)
    with tab.expect_request("**/c/**") as asked:
        card.get_by_role("link").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(COAT.name)
    address = urlsplit(asked.value.url)
    assert f"{address.scheme}://{address.netloc}" == shop_url
    assert address.path == f"/c/{look.link.code}"
    assert parse_qs(address.query) == {"surface": [f"look:{look.pk}:pdp"], "to": [COAT.path]}


def buy(tab):
    """The visitor orders three coats."""
    tab.get_by_role("radio", name="38").check()
    tab.get_by_role("button", name="Ajouter au panier").click()
    for quantity in (2, 3):
        tab.get_by_role("button", name=f"Un de plus : {COAT.name}").click()
        expect(tab.locator(".basket__quantity")).to_have_text(str(quantity))
    tab.get_by_role("link", name="Commander", exact=True).click()
    tab.get_by_label("Nom").fill("Jeanne Duval")
    tab.get_by_label("E-mail").fill("jeanne@example.com")
    tab.get_by_role("button", name="Valider la commande").click()
    expect(tab.get_by_role("heading", name="Merci, Jeanne Duval")).to_be_visible()


def pay(browsers, programme):
    """Fiona prepares the month's payroll, Hugo approves it. The lines of the file."""
    fiona = browsers.open(programme.people["fiona"])
    hugo = browsers.open(programme.people["hugo"])
    fiona.goto("/finance/batches/new/")
    fiona.get_by_label(str(Rail.PAYROLL.label), exact=True).check()
    fiona.get_by_role("button", name="Preview").click()
    expect(fiona.get_by_role("table", name="Payees", exact=True)).to_contain_text(cast.NADIA.name)
    fiona.get_by_role("button", name="Make the draft").click()
    fiona.get_by_role("button", name="Submit for approval").click()
    approval = fiona.get_by_role("button", name=re.compile("^Approve"))
    expect(approval).to_have_attribute("aria-disabled", "true")

    hugo.goto(fiona.url)
    hugo.get_by_role("checkbox", name=re.compile(cast.NADIA.name)).check()
    hugo.get_by_role("button", name=re.compile("^Approve")).click()
    hugo.get_by_role("button", name="Make the file").click()
    with hugo.expect_download() as download:
        hugo.get_by_role("link", name="Download the file").click()
    hugo.get_by_role("button", name="Mark as sent").first.click()
    hugo.get_by_role("dialog").get_by_role("button", name="Mark as sent").click()
    expect(hugo.get_by_text("Sent").first).to_be_visible()
    hugo.goto(item_page(Item.objects.get()))
    expect(hugo.locator("main")).to_contain_text(f"Commission: {BROUGHT_BY}")
    text = download.value.path().read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def read_the_line(tab, rows):
    """Nadia finds the line of her payslip, the sale behind it, and why it is hers."""
    [row] = rows
    amount = row["montant_brut"].replace(",", ".")
    item = Item.objects.get()
    assert row["reference"] == item.reference
    assert (row["magasin"], row["matricule"]) == (cast.NADIA.store, cast.NADIA.staff_number)
    assert row["nombre_ventes"] == "1"
    tab.goto("/portal/payouts/")
    sound(tab)
    tab.locator(f"a[href*='{item.public_id}']").first.tap()
    expect(tab.get_by_role("heading", level=1)).to_contain_text(amount)
    expect(tab.locator("main")).to_contain_text(row["reference"])
    expect(tab.locator("main")).to_contain_text(f"Commission: {BROUGHT_BY}")
    sound(tab)
    tab.get_by_role("table", name="Lines of the payout").get_by_role("link").first.tap()
    main = tab.locator("main")
    expect(main).to_contain_text(f"tapped in your {BROUGHT_BY}")
    expect(main).to_contain_text("Look sur une fiche produit")  # The rule, and its own rate.
    expect(main).to_contain_text("6% of the margin")
    expect(main).to_contain_text("Paid by payslip")
    expect(tab.locator(".sum__row--total")).to_contain_text(amount)
    sound(tab)


def revoke(look, sam):
    """The right to show the photo ends."""
    [licence] = ImageLicence.objects.filter(
        picture__in=look.live.images.values("picture"), revoked_at__isnull=True
    )
    licences.revoke(licence.pk, by_id=sam.pk, reason="Nadia asked for it.", now=timezone.now())


def gone(browsers, shop_url, look):
    """The look is on none of its pages any more, and its own page says so."""
    look.refresh_from_db()
    assert look.status == LookStatus.PAUSED
    tab = browsers.open(language="fr")
    assert shown_on(tab, shop_url) == []
    answer = tab.request.get(f"{shop_url}/looks/{look.slug}/")
    assert answer.status in {404, 410}
    assert TITLE not in answer.text()
