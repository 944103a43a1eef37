"""Files that come with claims are judged by their content (CL5)."""

import pytest

from payouts.services.claim_proofs import MOST_BYTES, ProofRefused, checked, content_type

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
        ("...", PNG, "proof.png", "image/png"),
        ("", PNG, "proof.png", "image/png"),
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
    with pytest.raises(ProofRefused, match=why):
        checked(name="proof.pdf", body=body)


def test_the_largest_file_is_taken():
    assert checked(name="a.png", body=PNG.ljust(MOST_BYTES, b"0"))


def test_bytes_of_another_time_are_sent_as_nothing_in_particular():
    assert content_type(b"odd") == "application/octet-stream"
