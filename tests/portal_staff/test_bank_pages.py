"""Finance brings files of the bank in, says what lines are about, and pays by hand."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from payouts.models import BankEntry, BankFile, ManualProof
from tests.payouts.bank_messages import Sent
from tests.portal_staff.bank_world import make_bank_line, make_by_hand

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 the bank's confirmation"


def upload(client, body, name="releve.xml"):
    return client.post(
        reverse("portal:bank-file-new"), {"file": SimpleUploadedFile(name, body)}, follow=True
    )


def test_a_statement_is_brought_in_and_its_result_shown(client, fin):
    sent = Sent()

    answer = upload(client, sent.fill("camt053_08_day.xml"))

    assert answer.status_code == 200
    assert sent.statuses() == ["settled"] * 3
    assert BankFile.objects.get().received_by == fin
    page = answer.content.decode()
    assert sent.ada.reference in page
    assert "releve.xml" in page
    assert "Mme Customer" not in page


def test_the_same_statement_twice_is_said_to_be_known(client, fin):
    sent = Sent()
    upload(client, sent.fill("camt053_08_day.xml"))

    answer = upload(client, sent.fill("camt053_08_day.xml"))

    assert BankFile.objects.count() == 1
    assert [str(one) for one in answer.context["messages"]]


@pytest.mark.parametrize("body", [b"<!DOCTYPE x [<!ENTITY a 'a'>]><x/>", b"a;b", b"<Document/>"])
def test_what_is_no_file_of_a_bank_is_refused_in_the_form(client, fin, body):
    answer = upload(client, body)

    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not BankFile.objects.exists()


def test_lines_that_wait_say_why_and_are_filtered(client, fin):
    line = make_bank_line()

    page = client.get(reverse("portal:bank-file", args=[line.file_id]), {"state": "unmatched"})
    other = client.get(reverse("portal:bank-file", args=[line.file_id]), {"state": "matched"})

    assert page.context["rows"][0]["line"].why
    assert other.context["rows"] == []


def test_a_line_is_matched_by_hand_with_a_reason(client, fin):
    sent, line = Sent(), make_bank_line()
    address = reverse("portal:bank-line-match", args=[line.pk])

    assert client.post(address, {"payout": "AP1", "reason": "x"}).status_code == 422
    assert client.post(address, {"payout": sent.ada.reference}).status_code == 422
    answer = client.post(address, {"payout": sent.ada.reference.lower(), "reason": "The bank."})

    assert answer.status_code == 302
    assert sent.statuses() == ["settled", "sent", "sent"]
    assert AuditEntry.objects.get(verb="bank_entry.matched").actor == fin
    shown = client.get(reverse("portal:bank-line", args=[line.pk]))
    assert sent.ada.reference in shown.content.decode()


def test_a_line_shows_the_payouts_of_its_amount(client, fin):
    sent, line = Sent(), make_bank_line()

    page = client.get(reverse("portal:bank-line", args=[line.pk]))

    assert [one["item"] for one in page.context["suggested"]] == [sent.ada]


def test_a_line_is_set_aside_with_a_reason(client, fin):
    line = make_bank_line()
    address = reverse("portal:bank-line-set-aside", args=[line.pk])

    client.post(address, {"reason": ""})
    assert BankEntry.objects.get().state == "unmatched"
    client.post(address, {"reason": "Another company's."})

    assert BankEntry.objects.get().state == "ignored"


def test_a_payment_by_hand_is_marked_with_its_proof_and_the_proof_is_shown(client, fin):
    item = make_by_hand()
    args = [item.batch.public_id, item.public_id]
    address = reverse("portal:manual-item", args=args)
    paid_on = timezone.now().date() - timedelta(days=1)

    shown = client.get(address).content.decode()
    assert item.iban in shown
    assert AuditEntry.objects.filter(verb="item.account_viewed", actor=fin).count() == 1
    refused = client.post(address, {"reference": "SWIFT-9", "paid_on": paid_on})
    assert refused.status_code == 422
    proof = SimpleUploadedFile("avis.pdf", PDF)
    answer = client.post(address, {"reference": "SWIFT-9", "paid_on": paid_on, "proof": proof})

    assert answer.status_code == 302
    item.refresh_from_db()
    assert (item.status, item.rail_reference) == ("sent", "SWIFT-9")
    assert item.iban not in client.get(address).content.decode()
    kept = client.get(reverse("portal:manual-proof", args=args))
    assert (kept.content, kept["Content-Type"]) == (PDF, "application/pdf")
    assert AuditEntry.objects.filter(verb="manual_proof.viewed", actor=fin).count() == 1
    assert ManualProof.objects.get().added_by == fin


def test_who_approved_sees_who_else_pays(client):
    item = make_by_hand()
    approver = item.batch.approvals.get().user
    client.force_login(approver)

    page = client.get(reverse("portal:manual-item", args=[item.batch.public_id, item.public_id]))

    assert page.context["why_not"]
    assert 'type="file"' not in page.content.decode()


def test_a_batch_by_file_has_no_page_of_payments_by_hand(client, fin):
    sent = Sent()

    answer = client.get(reverse("portal:manual-batch", args=[sent.batch.public_id]))

    assert answer.status_code == 404
