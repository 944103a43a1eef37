"""Invoices leave by the transport that is set up, again until it takes them (IV16, IV17)."""

from datetime import timedelta

import pytest

from core.models import AuditEntry
from payouts.models import InvoiceDelivery
from payouts.services import invoice_deliveries
from tests.builders import make_user
from tests.payouts.invoice_stories import COMPANY, invoiced
from tests.payouts.paydays import MUCH_LATER

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def folder(settings, tmp_path):
    settings.COMPANY = COMPANY
    settings.INVOICE_DROP_DIR = str(tmp_path / "drop")
    return tmp_path / "drop"


def test_a_document_is_dropped_once_byte_for_byte_for_its_owner_alone(folder):
    invoice = invoiced()

    assert invoice_deliveries.deliver_waiting(now=MUCH_LATER) == 1
    assert invoice_deliveries.deliver_waiting(now=MUCH_LATER + MINUTE) == 0

    (file,) = folder.iterdir()
    assert file.name == f"{invoice.number}.pdf"
    assert file.read_bytes() == bytes(invoice.body)
    assert file.stat().st_mode & 0o077 == 0
    row = InvoiceDelivery.objects.get()
    assert (row.transport, row.reference, row.error) == ("file-drop", file.name, "")


def test_what_did_not_leave_is_tried_again_later_and_later(folder):
    invoiced()
    folder.write_text("a file where the folder should be")

    assert invoice_deliveries.deliver_waiting(now=MUCH_LATER) == 0
    assert invoice_deliveries.deliver_waiting(now=MUCH_LATER + MINUTE / 2) == 0
    assert InvoiceDelivery.objects.count() == 1
    assert InvoiceDelivery.objects.get().error
    assert invoice_deliveries.deliver_waiting(now=MUCH_LATER + MINUTE) == 0
    assert InvoiceDelivery.objects.count() == 2
    assert invoice_deliveries.deliver_waiting(now=MUCH_LATER + 2 * MINUTE) == 0
    assert InvoiceDelivery.objects.count() == 2

    folder.unlink()

    assert invoice_deliveries.deliver_waiting(now=MUCH_LATER + 3 * MINUTE) == 1
    assert [path.suffix for path in folder.iterdir()] == [".pdf"]


def test_a_person_sends_it_again_and_is_remembered(folder):
    invoice, person = invoiced(), make_user()
    invoice_deliveries.deliver_waiting(now=MUCH_LATER)
    (file,) = folder.iterdir()
    file.unlink()

    again = invoice_deliveries.deliver_again(
        invoice_id=invoice.pk, actor_id=person.pk, now=MUCH_LATER + MINUTE
    )

    assert not again.error
    assert file.read_bytes() == bytes(invoice.body)
    assert AuditEntry.objects.get(verb="invoice.sent_again").actor == person


def test_without_a_transport_nothing_leaves_and_a_person_reads_why(folder, settings):
    invoice, person = invoiced(), make_user()
    settings.INVOICE_DROP_DIR = ""

    assert invoice_deliveries.deliver_waiting(now=MUCH_LATER) == 0
    with pytest.raises(invoice_deliveries.NoTransport, match="INVOICE_DROP_DIR"):
        invoice_deliveries.deliver_again(invoice_id=invoice.pk, actor_id=person.pk, now=MUCH_LATER)
    assert not InvoiceDelivery.objects.exists()
