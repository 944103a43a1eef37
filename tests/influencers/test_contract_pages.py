"""Contracts on their pages: written and offered by managers, read and signed by influencers."""

import hashlib
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from core.models import Delivery
from influencers.models import Contract, ContractSignature, Gift
from influencers.services.contract_words import document_of
from payouts.services import contract_warnings
from portal.contract_pdf import contract_pdf
from tests.builders import NOW, PASSWORD, make_affiliate
from tests.influencers.contract_world import (
    AGREED,
    COMPANY,
    drafted,
    give,
    make_influencer,
    offered,
    signed,
)
from tests.payouts.paydays import LATER, make_due
from tests.payouts.stories import AFTER_HOLD
from tests.people import make_ada, make_fin, make_mallory, make_sam, person_of
from tests.portal.proving import proved

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings, time_machine):
    settings.COMPANY = COMPANY
    settings.ON_THIS_MACHINE = True
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def ines():
    return make_influencer(name="Ines Moreau")


def typed(affiliate, **changes):
    """What a manager types into the form of a contract."""
    text = {key: value for key, value in AGREED.items() if key != "renews"}
    return {"key": uuid4(), "affiliate": affiliate.public_id, **text, **changes}


def own(contract, act=""):
    return f"/portal/contracts/{contract.public_id}/{act}"


def ours(contract, act=""):
    return f"/manage/contracts/{contract.public_id}/{act}"


def signing(contract, **changes):
    shown = document_of(contract, "en").sha256
    return {"language": "en", "shown_sha256": shown, "name": "Ines Moreau", "accepts": "on",
            **changes}  # fmt: skip


def test_a_manager_writes_and_offers_a_contract_that_the_influencer_signs(browse, ines, tmp_path):
    sam = browse(make_sam())
    sam.post("/manage/contracts/new/", typed(ines, in_kind="A dress", in_kind_value="120.00"))
    contract = Contract.objects.get()
    assert (contract.status, contract.in_kind_minor) == ("draft", 12_000)
    sam.post(ours(contract, "edit/"), typed(ines, purpose="Autumn collection"))
    sam.post(ours(contract, "offer/"))
    contract.refresh_from_db()
    assert (contract.status, contract.purpose) == ("offered", "Autumn collection")
    mail = Delivery.objects.get(key=f"contract:{contract.pk}:offered:{person_of(ines).pk}")
    assert mail.recipient == person_of(ines).email

    page = browse(person_of(ines)).get(own(contract)).content.decode()
    assert "Autumn collection" in page
    assert "Maison Lutèce SAS" in page
    answer = browse(person_of(ines)).post(own(contract, "sign/"), signing(contract))

    assert answer["Location"] == own(contract)
    signature = ContractSignature.objects.get()
    assert signature.signed_at == NOW
    answer = browse(person_of(ines)).get(own(contract, "contract.pdf"))
    assert hashlib.sha256(answer.content).hexdigest() == signature.body_sha256
    path = tmp_path / "contract.pdf"
    path.write_bytes(answer.content)
    words = "".join(page.extract_text() for page in PdfReader(path).pages)
    assert "Autumn collection" in words
    assert "Ines Moreau" in words
    assert signature.shown_sha256[:30] in words.replace("\u200b", "").replace("\n", "")
    seen = browse(contract.created_by).get(ours(contract, "contract.pdf"))
    assert seen.content == answer.content


def test_the_same_rows_give_the_same_paper(ines):
    contract = signed(ines, paper=contract_pdf)
    signature = contract.signature
    words = document_of(contract, signature.language)
    assert contract_pdf(contract, words, signature) == bytes(signature.body)
    assert bytes(signature.body).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"accepts": ""}, "accepts"), ({"name": ""}, "name"), ({"shown_sha256": "0" * 64}, None)],
)
def test_without_tick_name_or_the_words_that_stand_nothing_is_signed(browse, ines, change, field):
    contract = offered(ines)

    answer = browse(person_of(ines)).post(own(contract, "sign/"), signing(contract, **change))

    assert answer.status_code == 422
    assert answer.context["form"].errors[field or "__all__"]
    assert not ContractSignature.objects.exists()


def test_a_session_alone_signs_nothing(browse, ines, settings):
    settings.ON_THIS_MACHINE = False
    contract, browser = offered(ines), browse(person_of(ines))

    ask = browser.post(own(contract, "sign/"), signing(contract))["Location"]
    assert ask.startswith("/account/reauthenticate/")
    assert not ContractSignature.objects.exists()

    browser.post(ask, {"password": PASSWORD}, follow=True)
    assert ContractSignature.objects.get().name == "Ines Moreau"


def test_who_signs_in_by_mailed_codes_signs_only_after_a_fresh_one(client, ines, settings):
    settings.ON_THIS_MACHINE = False
    contract, person = offered(ines), person_of(ines)
    person.set_unusable_password()
    person.save(update_fields=["password"])

    proved(client, person, "code", ago=3_600)
    assert client.post(own(contract, "sign/"), signing(contract)).status_code == 403
    assert not ContractSignature.objects.exists()

    proved(client, person, "code")
    client.post(own(contract, "sign/"), signing(contract))
    assert ContractSignature.objects.get().name == "Ines Moreau"


def test_an_influencer_refuses_with_a_reason(browse, ines):
    contract, browser = offered(ines), browse(person_of(ines))
    browser.post(own(contract, "refuse/"), {"reason": ""})
    contract.refresh_from_db()
    assert contract.status == "offered"

    browser.post(own(contract, "refuse/"), {"reason": "Two years is too long"})

    contract.refresh_from_db()
    assert (contract.status, contract.status_reason) == ("refused", "Two years is too long")


def test_a_draft_and_another_influencers_contract_are_not_found(browse, ines):
    contract, draft = signed(ines, paper=contract_pdf), drafted(ines)
    other = person_of(make_influencer())
    for person in (other, person_of(make_ada()), person_of(make_mallory())):
        browser = browse(person)
        assert browser.get("/portal/contracts/").status_code == 200
        assert browser.get(own(contract)).status_code == 404
        assert browser.get(own(contract, "contract.pdf")).status_code == 404
        assert browser.post(own(contract, "sign/"), signing(contract)).status_code == 404
        assert browser.post(own(contract, "refuse/"), {"reason": "No"}).status_code == 404
    assert browse(person_of(ines)).get(own(draft)).status_code == 404
    for person in (make_sam(), make_fin()):
        assert browse(person).get(own(contract)).status_code == 403


def test_contracts_stand_in_the_menu_of_influencers_only(browse, ines):
    link = 'href="/portal/contracts/"'
    assert link in browse(person_of(ines)).get("/portal/").content.decode()
    assert link not in browse(person_of(make_ada())).get("/portal/").content.decode()


def test_the_list_draws_each_year_against_the_amount(browse, ines):
    give(ines, 750)
    free = make_influencer(name="Nina")
    browser = browse(make_sam())

    page = browser.get("/manage/contracts/").content.decode()
    assert "€750.00 of €1,000.00" in page
    assert "Contract needed soon" in page
    assert 'value="75000" max="100000"' in page
    near = browser.get("/manage/contracts/?state=near").context["page"]
    assert [row.affiliate for row in near] == [ines]
    assert [row.affiliate for row in browser.get("/manage/contracts/?q=nin").context["page"]] == [
        free
    ]


def test_a_manager_ends_a_contract_and_says_why(browse, ines):
    contract, browser = signed(ines), browse(make_sam())
    browser.post(ours(contract, "end/"), {"last_day": "2026-06-14", "reason": "Over"})
    contract.refresh_from_db()
    assert contract.status == "signed"

    browser.post(ours(contract, "end/"), {"last_day": "2026-06-30", "reason": "Over"})

    contract.refresh_from_db()
    assert (contract.status, contract.ended_on) == ("ended", date(2026, 6, 30))
    assert browser.get(ours(contract)).status_code == 200
    assert browser.get(ours(contract, "edit/"))["Location"] == ours(contract)


def test_a_gift_is_added_once_and_taken_back(browse, ines):
    browser = browse(make_sam())
    form = {
        "key": uuid4(),
        "affiliate": ines.public_id,
        "what": "Linen dress",
        "purpose": "Summer",
        "value": "99.90",
        "given_on": "2026-06-10",
    }
    browser.post("/manage/gifts/new/", form)
    browser.post("/manage/gifts/new/", form)
    gift = Gift.objects.get()
    assert gift.value_minor == 9_990

    browser.post(reverse("portal:gift-take-back", args=[gift.pk]), {"reason": "Sent back"})

    assert sum(Gift.objects.values_list("value_minor", flat=True)) == 0
    page = browser.get("/manage/gifts/").content.decode()
    assert "Sent back" in page
    refused = browser.post("/manage/gifts/new/", {**form, "key": uuid4(), "value": "0"})
    assert refused.status_code == 422


def test_others_than_influencers_cannot_be_chosen(browse):
    answer = browse(make_sam()).post("/manage/contracts/new/", typed(make_affiliate()))
    assert answer.status_code == 422
    assert "affiliate" in answer.context["form"].errors


def test_who_cannot_be_paid_is_led_to_the_contract(browse, ines, time_machine):
    give(ines, 1_000)
    make_due(units=5, affiliate=ines)
    time_machine.move_to(LATER, tick=False)

    browser = browse(person_of(ines))
    page = browser.get("/portal/payouts/").content.decode()

    assert "a signed contract" in page
    assert 'href="/portal/contracts/"' in page


def test_managers_are_warned_at_seventy_percent_and_again_at_the_amount(ines):
    sam = make_sam()

    def warned():
        contract_warnings.warn(now=AFTER_HOLD)
        contract_warnings.warn(now=AFTER_HOLD + timedelta(days=1))
        told = Delivery.objects.filter(key__startswith="contract-threshold:", recipient=sam.email)
        return [mail.key.split(":")[3] for mail in told.order_by("pk")]

    give(ines, 699)
    assert warned() == []
    give(ines, 1)
    assert warned() == ["near"]
    give(ines, 300)
    assert warned() == ["near", "reached"]


def test_nobody_is_warned_of_who_has_signed(ines):
    make_sam()
    give(ines, 900)
    signed(ines)

    assert contract_warnings.warn(now=AFTER_HOLD) == 0
    assert not Delivery.objects.filter(key__startswith="contract-threshold:").exists()
