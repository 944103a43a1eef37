"""Files that come with claims: judged by their content (CL5), deleted in the end (CL16)."""

from datetime import timedelta

import pytest
import time_machine

from affiliates.models import Programme
from core.attachments import MOST_BYTES, Attachment, AttachmentRefused, checked, content_type
from core.models import AuditEntry
from core.tasks import purge_rule
from payouts.models import Claim, ClaimMessage
from payouts.services import claim_retention, claims
from tests.builders import NOW
from tests.payouts.claim_stories import claimed
from tests.people import make_ada, make_sam

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.mark.parametrize(
    ("name", "body", "kept", "kind"),
    [
        ("Mail of 3 May.PDF", b"%PDF-1.7 ...", "Mail of 3 May.pdf", "application/pdf"),
        ("shot.png", PNG, "shot.png", "image/png"),
        ("photo.JPEG", b"\xff\xd8\xff\xe0", "photo.jpeg", "image/jpeg"),
        ("photo.pdf", b"\xff\xd8\xff\xe0", "photo.jpg", "image/jpeg"),
        ("page.html", PNG, "page.png", "image/png"),
        ('C:\\x\\a";\r\nb.png', PNG, "a-b.png", "image/png"),
        ("../../.png", PNG, "png.png", "image/png"),
        ("...", PNG, "file.png", "image/png"),
        ("", PNG, "file.png", "image/png"),
        (f"{'x' * 300}.png", PNG, f"{'x' * 100}.png", "image/png"),
    ],
)
def test_what_is_kept_has_a_safe_name_and_the_type_of_its_content(name, body, kept, kind):
    assert checked(name=name, body=body).name == kept
    assert content_type(body) == kind


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (PNG + b"0" * MOST_BYTES, "larger than 2 MB"),
        (b"<html><script>alert(1)</script>", "no PDF, PNG or JPEG"),
        (b"GIF89a", "no PDF, PNG or JPEG"),
        (b"PK\x03\x04", "no PDF, PNG or JPEG"),
        (b" %PDF-1.7", "no PDF, PNG or JPEG"),
    ],
)
def test_other_files_are_refused_whatever_they_are_called(body, why):
    with pytest.raises(AttachmentRefused, match=why):
        checked(name="proof.pdf", body=body)


def test_the_largest_file_is_taken():
    assert checked(name="a.png", body=PNG.ljust(MOST_BYTES, b"0"))


def test_bytes_of_another_time_are_sent_as_nothing_in_particular():
    assert content_type(b"odd") == "application/octet-stream"


def with_files(affiliate, sam, number):
    """A claim with a file of its own and one that came with an answer."""
    claim = claimed(affiliate, order_number=number, proof=Attachment(name="a.png", body=PNG))
    claims.ask(claim_id=claim.pk, text="And the mail?", actor_id=sam.pk, now=NOW)
    claims.reply(
        claim_id=claim.pk, affiliate_id=affiliate.pk, text="Here", actor_id=claim.author_id,
        now=NOW, proof=Attachment(name="b.png", body=PNG),
    )  # fmt: skip
    return claim


def files():
    kept = Claim.objects.filter(proof__isnull=False).values_list("order_number", flat=True)
    said = ClaimMessage.objects.filter(proof__isnull=False).values_list(
        "claim__order_number", flat=True
    )
    return sorted([*kept, *said])


@pytest.mark.django_db
def test_files_of_closed_claims_are_deleted_when_they_were_kept_long_enough():
    ada, sam = make_ada(), make_sam()
    Programme.objects.create(pk=1, proof_keep_days=30)
    closed, later, _waiting = (with_files(ada, sam, number) for number in "123")
    for claim, days in ((closed, 0), (later, 1)):
        claims.withdraw(
            claim_id=claim.pk, affiliate_id=ada.pk, actor_id=claim.author_id,
            now=NOW + timedelta(days=days),
        )  # fmt: skip
    assert claim_retention.delete_proofs(now=NOW + timedelta(days=30, seconds=-1)) == 0

    due = NOW + timedelta(days=30)
    assert [claim_retention.delete_proofs(now=due) for _again in range(2)] == [2, 0]

    assert files() == ["2", "2", "3", "3"]
    closed.refresh_from_db()
    assert closed.proof_name == "a.png"
    entry = AuditEntry.objects.get(verb="claim.files_deleted")
    assert (entry.subject_id, entry.data) == (str(closed.pk), {"files": 2})


@pytest.mark.django_db
def test_the_nightly_task_says_how_many(caplog):
    ada, sam = make_ada(), make_sam()
    claim = with_files(ada, sam, "1")
    claims.withdraw(claim_id=claim.pk, affiliate_id=ada.pk, actor_id=claim.author_id, now=NOW)

    with (
        caplog.at_level("INFO", logger="core.privacy.purging"),
        time_machine.travel(NOW + timedelta(days=365), tick=False),
    ):
        assert purge_rule("payouts.claim_files") == 2
    assert "payouts.claim_files: 2 rows ended" in caplog.text
