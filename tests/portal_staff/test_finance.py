import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from payouts.models import Transfer
from tests.builders import make_affiliate, make_payee
from tests.payouts.paydays import LATER, NEXT_PAYDAY, make_due, sent_batch, submitted, take_back
from tests.payouts.stories import accrued, approved
from tests.people import make_fin

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_result_of_another_test():
    cache.clear()


@pytest.fixture
def fin(client):
    client.force_login(make_fin())
    return client


def owed(client):
    page = client.get(reverse("portal:finance-home"))
    return page.context["liabilities"].value[0]["owed"]


def test_liabilities_are_what_the_ledger_says_at_each_step(fin):
    make_due()
    accrued()
    assert (owed(fin).pending.minor, owed(fin).payable.minor) == (1_000, 5_000)

    submitted()
    assert (owed(fin).payable.minor, owed(fin).reserved.minor) == (0, 5_000)


def test_a_debt_is_shown_apart_from_what_is_owed(fin):
    affiliate = make_due()
    sent_batch()
    take_back(affiliate, units=5)
    make_due(name="Somebody else", units=3)

    found = owed(fin)

    assert (found.payable.minor, found.debts.minor, found.debtors) == (3_000, -5_000, 1)


def test_months_add_up_to_what_is_owed(fin):
    accrued()
    make_due()

    page = fin.get(reverse("portal:finance-home"))

    section = page.context["liabilities"].value[0]
    assert sum(minor for _month, minor in section["months"]) == section["owed"].total.minor


def test_nothing_owed_says_when_something_will_be(fin):
    page = fin.get(reverse("portal:finance-home"), headers={"accept-language": "en"})

    assert b"Liabilities appear with the first attributed order." in page.content


def test_the_check_agrees_and_a_broken_ledger_turns_the_overview_red(fin, as_owner):
    make_due()
    fin.post(reverse("portal:checks-run"))
    agrees = fin.get(reverse("portal:checks"), headers={"accept-language": "en"})
    assert b"All agrees" in agrees.content

    transfer = Transfer.objects.first()
    Transfer.objects.create(
        debit=transfer.debit,
        credit=transfer.credit,
        amount_minor=1,
        currency="EUR",
        kind="accrued",
        source_key="nothing:1",
        effective_at=transfer.effective_at,
        recorded_at=transfer.recorded_at,
    )
    fin.post(reverse("portal:checks-run"))

    page = fin.get(reverse("portal:finance-home"), headers={"accept-language": "en"})
    assert b"Do not pay before this is settled" in page.content
    assert b"nothing:1" in fin.get(reverse("portal:checks")).content


def test_a_payee_is_found_by_the_end_of_the_iban(fin):
    payee = make_payee(make_affiliate(name="Found"))
    make_affiliate(name="Not this one")

    page = fin.get(reverse("portal:ledger-list"), {"q": payee.iban_last4}).content.decode()

    assert "Found" in page
    assert "Not this one" not in page
    assert payee.iban not in page


def test_the_ledger_runs_to_the_balance_and_leads_to_its_sources(fin):
    affiliate = make_due(units=3)
    approved(affiliate, lines=[{"quantity": 4}])
    batch = sent_batch()

    url = reverse("portal:ledger-detail", args=[affiliate.public_id])
    page = fin.get(url)

    balances = [row.balance.minor for row in page.context["rows"]]
    assert balances == [0, 7_000, 3_000]
    item = batch.items.get()
    assert reverse("portal:batch-item", args=[batch.public_id, item.public_id]) in (
        page.content.decode()
    )


def test_the_ledger_as_of_a_day_leaves_out_what_came_later(fin):
    affiliate = make_due()
    sent_batch()
    url = reverse("portal:ledger-detail", args=[affiliate.public_id])

    with time_machine.travel(NEXT_PAYDAY, tick=False):
        before = fin.get(url, {"on": "2026-07-16"})
        after = fin.get(url, {"on": LATER.date().isoformat()})

    assert before.context["balances"].payable.minor == 5_000
    assert after.context["balances"].payable.minor == 0
    assert after.context["balances"].paid.minor == 5_000


def test_a_day_that_does_not_exist_is_no_day(fin):
    affiliate = make_due()

    url = reverse("portal:ledger-detail", args=[affiliate.public_id])

    assert fin.get(url, {"on": "2026-02-31"}).status_code == 200
    assert fin.get(url, {"account": "x", "currency": "XXX", "page": "99"}).status_code == 200


def test_the_export_holds_what_the_page_shows_in_both_forms(fin):
    affiliate = make_due()
    url = reverse("portal:ledger-export", args=[affiliate.public_id])

    french = b"".join(fin.get(url).streaming_content).decode()
    international = b"".join(fin.get(url, {"form": "international"}).streaming_content).decode()

    assert ";50,00;50,00;" in french
    assert ",50.00,50.00," in international


def test_an_order_number_that_is_a_formula_is_harmless_in_the_export(fin):
    affiliate = make_affiliate()
    approved(affiliate, number="=1+1")

    url = reverse("portal:ledger-export", args=[affiliate.public_id])
    text = b"".join(fin.get(url).streaming_content).decode()

    assert "=1+1" in text
    assert '"=' not in text
