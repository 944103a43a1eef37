"""Files that finance keeps with a batch: encrypted, hashed, never changed (P58)."""

import hashlib

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from core.attachments import AttachmentRefused
from core.models import AuditEntry
from payouts.models import BatchAttachment
from payouts.services import batch_attachments
from payouts.services.batch_attachments import TooManyFiles
from tests.payouts.paydays import LATER, finance, make_due, sent_batch, submitted

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 I agree. The director."


def attach(batch, *, name="../agreed.pdf", body=PDF, actor=None):
    actor = actor or finance()
    return batch_attachments.attach(
        batch_id=batch.pk, name=name, body=body, actor_id=actor.pk, now=LATER
    )


def test_p58_a_file_is_kept_once_encrypted_with_its_hash():
    make_due()
    batch, fin = submitted(), finance()

    made = attach(batch, actor=fin)
    again = attach(batch, name="other.pdf")

    assert made == again == BatchAttachment.objects.get()
    made.refresh_from_db()
    assert (made.name, made.size, made.added_by) == ("agreed.pdf", len(PDF), fin)
    assert made.sha256 == hashlib.sha256(PDF).hexdigest()
    assert bytes(made.body) == PDF
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM payouts_batchattachment")
        assert PDF not in bytes(cursor.fetchone()[0])
    assert AuditEntry.objects.get(verb="batch.file_attached").data["sha256"] == made.sha256


def test_p58_it_moves_nothing_and_may_come_late():
    make_due()
    batch = sent_batch()
    before = (batch.status, batch.content_hash)

    attach(batch)

    batch.refresh_from_db()
    assert (batch.status, batch.content_hash) == before


@pytest.mark.parametrize("change", ["UPDATE payouts_batchattachment SET name = 'x'",
                                    "DELETE FROM payouts_batchattachment"])  # fmt: skip
def test_p58_nobody_changes_or_removes_it(change):
    make_due()
    attach(submitted())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert BatchAttachment.objects.count() == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"%PDF-" + b"x" * 2 * 1024 * 1024])
def test_p58_other_files_are_refused(body):
    make_due()
    batch = submitted()

    with pytest.raises(AttachmentRefused):
        attach(batch, body=body)
    assert not BatchAttachment.objects.exists()


def test_p58_a_batch_has_twenty_files_at_most():
    make_due()
    batch = submitted()
    for number in range(20):
        attach(batch, body=PDF + bytes([number]))

    attach(batch, body=PDF + bytes([19]))
    with pytest.raises(TooManyFiles):
        attach(batch, body=PDF)
