"""From a first visit to a paid commission, as the people of the story click it."""

import re
import time
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.contrib.auth.models import Group as StaffRole
from django.utils import timezone
from lxml import etree
from playwright.sync_api import expect

from core.models import OutboxMail
from demo.shop import messages
from payouts.models import Batch
from payouts.services import checks
from payouts.tasks import issue_statements
from portal.access import STAFF
from portal.demo import shop_file, world
from shop.services import secrets
from tests.builders import BANDS, IBAN, PASSWORD, make_band
from tests.journeys.stage import Stage
from tests.mails import code_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ADA = "ada.blanchet@example.com"
PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
COAT = "Manteau droit Vendôme, camel"


@pytest.fixture
def programme(settings, shop_settings, shop_url, tmp_path):
    """The demo's shop, terms and staff, and a shop that may sign. Nobody has joined yet."""
    settings.STAFF_NEED_SECOND_FACTOR = True
    settings.SPOOL_DIR = tmp_path / "spool"
    for role in STAFF:
        StaffRole.objects.get_or_create(name=role.value)
    for lower, _upper in BANDS:
        make_band(lower)
    now = timezone.now()
    stage = world.build(shop_url=shop_url, begins=now - timedelta(days=1))
    secrets.issue(shop_id=stage.shop.pk, actor=stage.people["sam"], now=now)
    shop_file.write(shop_settings.state, stage.shop)
    return stage


@pytest.fixture
def clock():
    """The server's clock, which runs on; ``clock.shift`` lets time pass. Browsers keep theirs."""
    with time_machine.travel(timezone.now(), tick=True) as clock:
        yield clock


@pytest.mark.usefixtures("programme")
def test_from_the_first_visit_to_a_paid_commission(browsers, clock, shop_settings, shop_url):
    ada, sam, visitor = browsers.open(), browsers.open(), browsers.open(language="fr")
    sign_up(ada)
    apply(ada)
    approve_application(sam)
    give_bank_details(ada)
    address = make_link(ada, f"{shop_url}/produit/mv02-cam")

    look(visitor, shop_url, address)
    clock.shift(timedelta(minutes=4))  # Who orders at once is looked at by a person first.
    buy(visitor)
    assert messages.deliver_due(shop_settings, at=time.time()) == 1
    tick()
    earned = see_why(ada)

    clock.shift(timedelta(days=31))
    tick()
    fiona, hugo = browsers.open(), browsers.open()
    file = pay(fiona, hugo)
    tick()

    assert instructed(file) == [(earned, IBAN, "Ada Blanchet")]
    read_statement(ada, earned)
    assert checks.check() == []


def tick():
    """Ship the landings and let every pull run once, as Celery beat would."""
    Stage.tick()
    issue_statements()


def click(page, name, role="button"):
    page.get_by_role(role, name=name, exact=True).first.click()


def sign_up(page):
    """Ada reads the programme, makes an account, and copies the code of the mail."""
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("18%")
    click(page, "Apply", "link")
    page.get_by_label("Email").fill(ADA)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    click(page, "Create an account")
    expect(page.get_by_role("heading", name="Look in your mailbox")).to_be_visible()
    page.get_by_label("Code").fill(code_in(OutboxMail.objects.get(recipient=ADA).body))
    click(page, "Confirm")


def sign_in(page):
    page.goto("/account/login/")
    page.get_by_label("Email").fill(ADA)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    click(page, "Sign in")


def sign_in_as(page, name):
    """One of the demo's staff signs in by one click."""
    page.goto("/account/login/")
    page.get_by_role("button", name=name).click()


def apply(page):
    """Whoever has no account yet is led to the application."""
    page.get_by_label("Site, blog or newsletter").check()
    page.get_by_label("Name you are known by").fill("Le Carnet d'Ada")
    page.get_by_label("Sole trader").check()
    page.get_by_label("Site or blog").check()
    page.get_by_label("Addresses of your sites").fill("carnet.example")
    page.get_by_label("Articles and guides").check()
    page.get_by_label("What you would do, in your own words").fill("Honest guides about linen.")
    page.get_by_label("I have read the programme page").check()
    click(page, "Send my application")
    expect(page).to_have_url(re.compile("/apply/status/"))
    expect(page.get_by_role("heading", name="Your application")).to_be_visible()


def approve_application(page):
    """Sam takes Ada into the first group."""
    sign_in_as(page, "Sam Petit")
    page.get_by_role("link", name="Applications").first.click()
    page.get_by_role("link", name="Le Carnet d'Ada").click()
    page.get_by_role("radio", name="Contenu").check()
    click(page, "Accept")
    expect(page.get_by_text("Accepted").first).to_be_visible()


def give_bank_details(page):
    page.goto("/apply/status/")
    click(page, "Open your account", "link")
    page.get_by_role("link", name="Payment details").first.click()
    page.get_by_label("Legal name").fill("Ada Blanchet")
    page.get_by_label("IBAN").fill(IBAN)
    page.get_by_label("Town").fill("Lyon")
    click(page, "Save")
    expect(page.locator("main")).to_contain_text(IBAN[-4:])


def make_link(page, destination):
    """Return the address that Ada copies."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Links").first.click()
    click(page, "New link", "link")
    page.get_by_label("Page of the shop").fill(destination)
    click(page, "Make the link")
    page.get_by_role("button", name="Copy: Address to copy").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
    address = page.evaluate("navigator.clipboard.readText()")
    assert address == page.get_by_label("Address to copy", exact=True).input_value()
    return address


def look(page, shop_url, address):
    """A visitor who consented follows Ada's link."""
    page.goto(shop_url)
    click(page, "Accepter")
    page.goto(address)
    expect(page.get_by_role("heading", name=COAT)).to_be_visible()


def buy(page):
    """The visitor orders three coats."""
    page.get_by_role("radio", name="38").check()
    click(page, "Ajouter au panier")
    for quantity in (2, 3):
        click(page, f"Un de plus : {COAT}")
        expect(page.locator(".basket__quantity")).to_have_text(str(quantity))
    click(page, "Commander", "link")
    page.get_by_label("Nom").fill("Jeanne Duval")
    page.get_by_label("E-mail").fill("jeanne@example.com")
    page.get_by_role("button", name="Valider la commande").click()
    expect(page.get_by_role("heading", name="Merci, Jeanne Duval")).to_be_visible()


def see_why(page):
    """Ada opens her sale, reads its computation, and returns what it says she earned."""
    page.get_by_role("link", name="Sales").first.click()
    row = page.get_by_role("row").filter(has_text="•••• 0001")
    expect(row).to_contain_text("Pending")
    amount = re.search(r"\d+\.\d\d", row.inner_text().replace("\n", " ").split("Pending")[-1])[0]
    row.locator(".table__link").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("heading", name="Why this amount")).to_be_visible()
    expect(sheet).to_contain_text("18%")
    expect(sheet.locator(".sum__row--total")).to_contain_text(amount)
    sheet.get_by_role("link", name="Open as a page").click()
    expect(page.locator("main")).to_contain_text(amount)
    return amount


def pay(fiona, hugo):
    """Fiona prepares and submits, may not approve herself; Hugo looks and approves. The file."""
    sign_in_as(fiona, "Fiona Lambert")
    fiona.get_by_role("link", name="Batches").first.click()
    click(fiona, "Prepare a batch", "link")
    expect(fiona.get_by_role("table", name="Payees", exact=True)).to_contain_text("Ada")
    click(fiona, "Make the draft")
    click(fiona, "Submit for approval")
    approval = fiona.get_by_role("button", name=re.compile("^Approve"))
    expect(approval).to_have_attribute("aria-disabled", "true")
    expect(approval).to_have_accessible_description(re.compile("prepared|submitted"))
    expect(fiona.locator(".button__reason")).to_be_visible()
    batch_url = fiona.url

    sign_in_as(hugo, "Hugo Garnier")
    hugo.goto(batch_url)
    hugo.get_by_role("checkbox", name=re.compile("Le Carnet d'Ada")).check()
    hugo.get_by_role("button", name=re.compile("^Approve")).click()
    click(hugo, "Make the file")
    with hugo.expect_download() as download:
        click(hugo, "Download the file", "link")
    reference = Batch.objects.get().reference
    assert download.value.suggested_filename == f"{reference}.xml"
    click(hugo, "Mark as sent")
    hugo.get_by_role("dialog").get_by_role("button", name="Mark as sent").click()
    expect(hugo.get_by_text("Sent").first).to_be_visible()
    return download.value.path().read_bytes()


def instructed(file):
    """Return amount, account and name of each transfer of a pain.001."""
    document = etree.parse(BytesIO(file))
    return [
        (
            transfer.findtext(f".//{PAIN}InstdAmt"),
            transfer.findtext(f".//{PAIN}CdtrAcct//{PAIN}IBAN"),
            transfer.findtext(f".//{PAIN}Cdtr/{PAIN}Nm"),
        )
        for transfer in document.iter(f"{PAIN}CdtTrfTxInf")
    ]


def read_statement(page, earned):
    """A month later Ada signs in again and finds her payout and its statement."""
    sign_in(page)
    page.get_by_role("link", name="Payouts").first.click()
    row = page.get_by_role("table").get_by_role("row").filter(has_text=earned)
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(earned)
    with page.expect_download() as download:
        click(page, "Statement (PDF)", "link")
    assert download.value.path().read_bytes().startswith(b"%PDF")
