"""A payee downloads its own invoices and credit notes, and nobody else's."""

import pytest
from django.urls import reverse

from payouts.services import invoices
from tests.payouts.invoice_stories import COMPANY, came_back, invoice_of, paid
from tests.payouts.paydays import MUCH_LATER
from tests.people import make_mallory, person_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _company(settings):
    settings.COMPANY = COMPANY


def test_a_payee_finds_its_documents_with_its_payout(client):
    invoice = invoice_of(paid())
    note = invoices.credit(came_back(invoice.item, 100).pk, now=MUCH_LATER)
    client.force_login(person_of(invoice.affiliate))

    addresses = [reverse("portal:payout-invoice", args=[one.public_id]) for one in (invoice, note)]
    for shown in (
        reverse("portal:payout-list"),
        reverse("portal:payout-detail", args=[invoice.item.public_id]),
    ):
        text = client.get(shown).content.decode()
        assert all(address in text for address in addresses)
    answer = client.get(addresses[0])
    assert answer.content == client.get(addresses[0]).content == bytes(invoice.body)
    assert f'{invoice.number}.pdf"' in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]


def test_somebody_elses_invoice_is_not_found(client):
    invoice = invoice_of(paid())
    client.force_login(person_of(make_mallory()))

    address = reverse("portal:payout-invoice", args=[invoice.public_id])
    assert client.get(address).status_code == 404
    staff = reverse("portal:invoice-document", args=[invoice.public_id])
    assert client.get(staff).status_code == 403
