"""A payment is left out of a batch in review; the next contract text is read and published."""

import re

import pytest
import time_machine
from playwright.sync_api import expect

from influencers.models import ContractText
from payouts.models import Batch
from tests.browser.test_cases import picture
from tests.browser.test_every_page import faults_of, look_at
from tests.influencers.contract_world import law
from tests.payouts.paydays import LATER, finance, item_of, make_due, submitted
from tests.people import make_sam

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_payment_is_left_out_and_the_rest_waits_for_somebody_else(browsers):
    with time_machine.travel(LATER, tick=True):
        ada = make_due(name="Ada Lovelace with a rather long name of her company", units=5)
        make_due(name="Bea", units=3)
        batch = submitted()
        tab = browsers.open(finance())
        page = f"/finance/batches/{batch.public_id}/"
        faults = faults_of(tab, f"{page}leave-out/")
        picture(tab, "leave-out")
        tab.set_viewport_size({"width": 1_280, "height": 900})
        tab.get_by_label(f"Why the payment to {ada.name} is left out").fill("Contested.")
        tab.get_by_role("button", name="Leave them out and submit the rest").click()
        expect(tab).to_have_url(re.compile(f"{page}$"))
        faults += look_at(tab)

    assert faults == [], "\n".join(faults)
    assert Batch.objects.get().item_count == 1
    assert item_of(batch, ada).reason == "Contested."


def test_a_contract_text_is_previewed_and_published(browsers):
    law()
    tab = browsers.open(make_sam())
    faults = faults_of(tab, "/manage/contracts/texts/new/")
    tab.set_viewport_size({"width": 1_280, "height": 900})
    tab.get_by_label("Law and signature, in English").fill("Under French law, signed online.")
    tab.get_by_role("button", name="Preview").click()
    expect(tab.get_by_role("button", name="Publish")).to_be_visible()
    picture(tab, "contract-text-preview")
    faults += look_at(tab)

    tab.get_by_role("button", name="Publish").click()
    expect(tab).to_have_url(re.compile(r"/manage/contracts/texts/\d+/$"))
    picture(tab, "contract-text")
    faults += look_at(tab)

    assert faults == [], "\n".join(faults)
    newest = ContractText.objects.order_by("-number").first()
    assert newest.clauses_en["law"] == "Under French law, signed online."
