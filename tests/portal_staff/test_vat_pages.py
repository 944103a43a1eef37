"""The VAT of a year and all its documents at once, as finance takes them along (F7)."""

import csv
import hashlib
import io
from zipfile import ZipFile

import pytest
import time_machine
from django.urls import reverse

from core.models import AuditEntry
from payouts.models import Invoice
from payouts.services import invoices
from tests.payouts.invoice_stories import CHARGED, COMPANY, GERMAN, came_back, make_invoiceable
from tests.payouts.paydays import LATER, MUCH_LATER, item_of, sent_batch
from tests.people import make_fin

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def fin(client, settings):
    settings.COMPANY = COMPANY
    client.force_login(make_fin())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    with time_machine.travel(MUCH_LATER, tick=False):
        yield client


@pytest.fixture
def documents():
    """An invoice with French VAT, its credit note, and one of a German payee."""
    charged = make_invoiceable(CHARGED, units=10, name="=cmd|' /C calc'!A0")
    make_invoiceable(GERMAN, units=4)
    batch = sent_batch()
    invoices.issue_missing(now=LATER)
    came_back(item_of(batch, charged), 6_000)
    invoices.issue_missing(now=MUCH_LATER)
    return list(Invoice.objects.order_by("pk"))


def body_of(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_the_page_shows_rows_and_totals_of_the_year(fin, settings, documents):
    page = fin.get(reverse("portal:vat")).content.decode()

    assert "Germany" in page
    assert "Reverse charge" in page
    assert "€90.00" in page.replace("\xa0", " ")


def test_a_year_without_documents_says_so(fin):
    assert "No invoice was issued in this year" in fin.get(reverse("portal:vat")).content.decode()


def test_the_file_is_for_a_french_spreadsheet(fin, documents):
    body = body_of(fin.get(reverse("portal:vat-export")))

    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    assert [(row["Country"], row["VAT rate (%)"], row["Net"], row["VAT"]) for row in rows] == [
        ("DE", "0.00".replace(".", ","), "40,00", "0,00"), ("FR", "20,00", "50,00", "10,00"),
    ]  # fmt: skip


def test_the_zip_has_every_document_byte_for_byte_and_an_index(fin, documents):
    answer = fin.get(reverse("portal:invoice-year-archive"))
    body = body_of(answer)

    assert answer["Content-Disposition"] == f'attachment; filename="invoices-{LATER.year}.zip"'
    with ZipFile(io.BytesIO(body)) as archive:
        index = archive.read("index.csv").decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(index), delimiter=";"))
        assert {row["File"] for row in rows} | {"index.csv"} == set(archive.namelist())
        for row in rows:
            assert hashlib.sha256(archive.read(row["File"])).hexdigest() == row["SHA-256"]
    assert sorted(row["Number"] for row in rows) == sorted(one.number for one in documents)
    back = next(row for row in rows if row["File"].startswith("credit-notes/"))
    assert (back["Net"], back["Total incl. VAT"]) == ("-50,00", "-60,00")
    assert back["Corrects"] == documents[0].number
    assert not any(row["Payee"].startswith("=") for row in rows)
    assert AuditEntry.objects.get(verb="invoices.year_taken").data["documents"] == 3
