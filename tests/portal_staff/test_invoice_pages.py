"""Finance sees every document, what is missing and why, the series, and the declaration (F8)."""

import pytest
from django.urls import reverse

from payouts.models import Invoice, InvoiceDelivery
from payouts.services import invoice_deliveries
from tests.payouts.invoice_stories import (
    COMPANY,
    GERMAN,
    came_back,
    invoice_of,
    make_invoiceable,
    make_profile,
    paid,
)
from tests.payouts.paydays import LATER, MUCH_LATER, item_of, make_due, sent_batch
from tests.people import make_fin

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def fin(client, settings, tmp_path):
    settings.COMPANY = COMPANY
    settings.INVOICE_DROP_DIR = str(tmp_path)
    client.force_login(make_fin())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(client, name, *args, **query):
    answer = client.get(reverse(f"portal:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_says_where_each_document_stands(fin):
    invoice = invoice_of(paid(GERMAN))

    assert "Waiting" in page(fin, "invoice-list")
    assert invoice.number in page(fin, "invoice-list", state="waiting")
    assert invoice.number not in page(fin, "invoice-list", state="sent")

    invoice_deliveries.deliver_waiting(now=MUCH_LATER)

    assert invoice.number in page(fin, "invoice-list", state="sent", q=invoice.number[:8])
    assert invoice.number not in page(fin, "invoice-list", q="nobody")


def test_the_list_of_what_is_missing_says_why_until_it_is_there(fin, settings):
    ready, lacking = make_invoiceable(), make_due()
    make_profile(lacking)
    batch = sent_batch()

    text = page(fin, "invoice-missing-list")
    assert "has not accepted the self-billing mandate" in text
    assert "It is written with the next run." in text
    assert lacking.name in text

    answer = fin.post(reverse("portal:invoices-issue"), follow=True).content.decode()
    assert "1 document written." in answer
    assert Invoice.objects.get().item == item_of(batch, ready)
    settings.COMPANY = {**COMPANY, "siren": ""}
    assert "COMPANY_SIREN" in page(fin, "invoice-missing-list")


def test_why_many_are_missing_takes_as_many_queries_as_why_one_is(
    fin, django_assert_max_num_queries
):
    def asked():
        page(fin, "invoice-missing-list")
        with django_assert_max_num_queries(15) as queries:
            page(fin, "invoice-missing-list")
        return len(queries)

    make_profile(make_due())
    sent_batch()
    one = asked()
    for _ in range(3):
        make_invoiceable()
    sent_batch(now=LATER)

    assert asked() == one


def test_a_document_has_its_page_its_bytes_and_its_credit_notes(fin):
    invoice = invoice_of(paid(GERMAN))
    came_back(invoice.item, 100)
    fin.post(reverse("portal:invoices-issue"))

    text = page(fin, "invoice-detail", invoice.public_id)
    assert invoice.sha256 in text
    assert Invoice.objects.get(kind="261").number in text
    address = reverse("portal:invoice-document", args=[invoice.public_id])
    assert fin.get(address).content == fin.get(address).content == bytes(invoice.body)


def test_a_document_is_handed_over_again_by_hand(fin, settings):
    invoice = invoice_of(paid(GERMAN))
    address = reverse("portal:invoice-send-again", args=[invoice.public_id])

    assert "handed over again" in fin.post(address, follow=True).content.decode()
    assert InvoiceDelivery.objects.get().invoice == invoice

    settings.INVOICE_DROP_DIR = ""
    assert "INVOICE_DROP_DIR" in fin.post(address, follow=True).content.decode()
    assert InvoiceDelivery.objects.count() == 1


def test_the_series_shows_that_no_number_is_missing(fin, as_superuser):
    invoice = invoice_of(paid(GERMAN))

    assert "Complete" in page(fin, "invoice-series-list")

    with as_superuser() as cursor:
        cursor.execute("UPDATE payouts_invoiceseries SET last = 7")
    assert "A number is missing" in page(fin, "invoice-series-list")
    assert invoice.affiliate.name in page(fin, "invoice-series-list")


def test_the_declaration_is_shown_and_taken_along(fin):
    payee = make_due(units=250)
    make_profile(payee)
    sent_batch()

    assert "Ada Blanchet" in page(fin, "das2")
    assert "Ada Blanchet" in page(fin, "das2", year="nonsense")
    answer = fin.get(reverse("portal:das2-export"))
    assert b"2500,00" in answer.content
    assert b"2500.00" in fin.get(reverse("portal:das2-export"), {"form": "international"}).content
    assert "das2-" in answer["Content-Disposition"]


def test_empty_pages_say_what_comes(fin):
    assert "No invoice yet" in page(fin, "invoice-list")
    assert "Every payout that left is invoiced" in page(fin, "invoice-missing-list")
    assert "No series yet" in page(fin, "invoice-series-list")
    assert "Nobody is above the threshold" in page(fin, "das2")
