"""A payee takes its own documents of a year along, and nobody else's (A13)."""

import csv
import io
from zipfile import ZipFile

import pytest
from django.urls import reverse

from payouts.services import invoices, statements
from tests.payouts.invoice_stories import COMPANY, FRANCHISE, make_invoiceable
from tests.payouts.paydays import LATER, sent_batch
from tests.people import make_ada, make_mallory, person_of

pytestmark = pytest.mark.django_db


def address(year=LATER.year):
    return reverse("portal:payout-year", args=[year])


@pytest.fixture
def paid(settings):
    """Ada and Mallory were paid and invoiced."""
    settings.COMPANY = COMPANY
    people = [make_ada(), make_mallory()]
    for affiliate in people:
        make_invoiceable(FRANCHISE, affiliate=affiliate)
    sent_batch()
    statements.issue_missing(now=LATER)
    invoices.issue_missing(now=LATER)
    return people


def test_a13_the_zip_has_the_payees_own_documents_and_no_others(client, paid):
    ada, mallory = paid
    client.force_login(person_of(ada))

    answer = client.get(address(), headers={"accept-language": "en"})

    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        names = archive.namelist()
        index = list(
            csv.DictReader(
                io.StringIO(archive.read("index.csv").decode("utf-8-sig")), delimiter=";"
            )
        )
        own = ada.payout_items.get()
        assert set(names) == {
            "index.csv", f"statements/{own.statement.number}.pdf",
            f"invoices/{own.invoice.number}.pdf",
        }  # fmt: skip
        assert archive.read(names[1]) == bytes(own.statement.body)
    assert [row["Document"] for row in index] == ["Statement", "Self-billed invoice"]
    assert mallory.payout_items.get().reference not in str(index)


def test_a13_the_page_offers_the_years_that_have_documents(client, paid):
    client.force_login(person_of(paid[0]))

    page = client.get(reverse("portal:payout-list")).content.decode()

    assert address() in page
    assert address(LATER.year - 1) not in page
    assert client.get(address(LATER.year - 1)).status_code == 404


def test_a13_who_was_paid_nothing_has_no_year(client):
    client.force_login(person_of(make_ada()))

    assert client.get(address()).status_code == 404
    assert (
        "/portal/payouts/years/" not in client.get(reverse("portal:payout-list")).content.decode()
    )
