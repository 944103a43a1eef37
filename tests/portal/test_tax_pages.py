"""A payee's taxes and mandate on its pages (docs/rules/payees.md)."""

from datetime import timedelta

import pytest
from pypdf import PdfReader

from affiliates.models import Mandate, PayeeChange, TaxProfile
from affiliates.services import mandates, vat_checks
from tests.affiliates.tax_world import COMPANY, EXEMPT, UNKNOWN, declare, make_text, vies
from tests.builders import make_affiliate
from tests.people import person_of

PAGE = "/portal/payee/"
TAX = "/portal/payee/tax/"
MANDATE = "/portal/payee/mandate/"
GERMAN_IBAN = "DE89370400440532013000"


def accept(browser, text, language="en"):
    return browser.post(f"{MANDATE}accept/", {"text": text.pk, "language": language})


def test_the_page_says_what_is_missing_before_a_payout(ada, world):
    page = ada.get(PAGE).content.decode()
    assert "Before you can be paid" in page
    assert "Declare your taxes" in page

    declare(world.ada, base=EXEMPT, postcode="")
    page = ada.get(PAGE).content.decode()
    assert "The address is missing." in page

    declare(world.ada, base=EXEMPT)
    accept(ada, make_text())
    assert "Before you can be paid" not in ada.get(PAGE).content.decode()


def test_a_profile_is_declared_and_shown(ada, world):
    assert ada.post(TAX, {**COMPANY, "vat_regime": "franchise"})["Location"] == PAGE

    profile = TaxProfile.objects.get()
    assert (profile.affiliate, profile.declared_by) == (world.ada, world.people["ada"])
    page = ada.get(PAGE).content.decode()
    assert "73282932000074" in page
    assert "Below the VAT threshold" in page
    assert "Being checked" in page
    assert "73282932000074" in ada.get(TAX).content.decode()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"siret": "123"}, "siret", "This is no SIRET"),
        ({"vat_number": "FR40303265045"}, "vat_number", "ends with the SIREN"),
        ({"vat_regime": "none"}, "vat_regime", "does not go with"),
        ({"legal_name": ""}, "legal_name", "required"),
        ({"country": "US"}, "country", "valid choice"),
        ({"legal_name": "Nul\0"}, "legal_name", "Null characters"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_changes_nothing(ada, change, field, sentence):
    answer = ada.post(TAX, {**COMPANY, **change})
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert not TaxProfile.objects.exists()


def test_a_profile_of_last_year_is_confirmed_on_the_page(ada, world, payday):
    declare(world.ada, now=payday - timedelta(days=400))
    assert "It still holds" in ada.get(PAGE).content.decode()

    assert ada.post(f"{TAX}confirm/")["Location"] == PAGE

    assert TaxProfile.objects.get().confirmed_at == payday
    assert "It still holds" not in ada.get(PAGE).content.decode()


def test_nothing_declared_is_nothing_to_confirm(ada):
    page = ada.post(f"{TAX}confirm/", follow=True).content.decode()
    assert "Declare your tax profile first." in page


def test_an_unknown_vat_number_is_said(ada, world, payday):
    declare(world.ada)
    with vies() as double:
        double.says(UNKNOWN)
        vat_checks.check_pending(register=double.register(), now=payday)
    assert "Not in the register" in ada.get(PAGE).content.decode()


def test_the_mandate_is_read_accepted_and_ended(ada, world, payday):
    text = make_text()
    page = ada.get(MANDATE).content.decode()
    assert "I have read and accept" in page
    assert "Not given yet." in page

    accept(ada, text)

    mandate = Mandate.objects.get()
    assert (mandate.affiliate, mandate.accepted_by) == (world.ada, world.people["ada"])
    assert (mandate.accepted_at, mandate.language) == (payday, "en")
    page = ada.get(MANDATE).content.decode()
    assert "I have read and accept" not in page
    assert "End the mandate" in page

    ada.post(f"{MANDATE}end/")
    mandate.refresh_from_db()
    assert (mandate.ended_at, mandate.ended_by) == (payday, world.people["ada"])
    assert "I have read and accept" in ada.get(MANDATE).content.decode()


@pytest.mark.parametrize("number", ["", "0", "-1", "hello", "9" * 30, "²"])
def test_a_text_that_is_not_in_force_is_not_accepted(ada, number):
    ada.post(f"{MANDATE}accept/", {"text": number, "language": "en"})
    assert not Mandate.objects.exists()


def test_the_mandate_on_paper_says_who_accepted_which_words(ada, world, tmp_path):
    text = make_text()
    before = ada.get("/portal/payee/mandate.pdf")
    accept(ada, text, "fr")
    after = ada.get("/portal/payee/mandate.pdf")

    def read(answer):
        path = tmp_path / "mandate.pdf"
        path.write_bytes(answer.content)
        return " ".join("".join(page.extract_text() for page in PdfReader(path).pages).split())

    assert "not yet" in read(before)
    said = read(after)
    assert "Ada Blanchet" in said
    assert "Autofacturation" in said or "We write your invoices" in said
    assert text.sha256[:20] in said.replace(" ", "")
    assert after.content == ada.get("/portal/payee/mandate.pdf").content


def test_another_account_is_shown_as_a_change_that_waits(ada, world, payday):
    bank = {"legal_name": "Ada Blanchet", "iban": GERMAN_IBAN, "country": "FR", "town": ""}
    ada.post(PAGE, bank)

    change = PayeeChange.objects.get(affiliate=world.ada, kind="account")
    assert change.cools_until == payday + timedelta(hours=72)
    page = ada.get(PAGE).content.decode()
    assert "Payments wait after a change" in page
    assert "•••• 3000" in page
    assert GERMAN_IBAN not in page


def test_an_employee_has_no_taxes_and_no_mandate(sign_in, payday, db):
    text = make_text()
    browser = sign_in(person_of(make_affiliate(kind="employee")))
    assert browser.get(TAX)["Location"] == browser.get(MANDATE)["Location"] == PAGE
    assert browser.get("/portal/payee/mandate.pdf").status_code == 404
    browser.post(TAX, COMPANY)
    accept(browser, text)
    assert not TaxProfile.objects.exists()
    assert not Mandate.objects.exists()


def test_what_one_partner_declares_another_does_not_see(sign_in, world):
    declare(world.ada)
    mandates.accept(
        affiliate_id=world.ada.pk,
        text_id=make_text().pk,
        language="fr",
        actor_id=world.people["ada"].pk,
        now=world.ada.joined_at.replace(year=2027),
    )
    browser = sign_in(world.people["mallory"])
    for address in (PAGE, TAX, MANDATE):
        assert "Ada" not in browser.get(address).content.decode()
    browser.post(f"{MANDATE}end/")
    assert Mandate.objects.get().ended_at is None
