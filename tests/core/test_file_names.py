"""Names of files that others sent."""

import pytest

from core.file_names import kept_name, kept_name_as


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("relevé 12.xml", "relevé 12.xml"),
        ("C:\\Users\\ada\\file.xml", "file.xml"),
        ("../../etc/passwd", "passwd"),
        ('a"\r\nX-Header: 1.xml', "a-X-Header- 1.xml"),
        ("...", "file.xml"),
        ("", "file.xml"),
        ("/", "file.xml"),
        ("x" * 200, "x" * 120),
    ],
)
def test_a_kept_name_is_a_name_and_nothing_else(given: str, kept: str) -> None:
    assert kept_name(given, most=120, otherwise="file.xml") == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("proof.PDF", "proof.pdf"),
        ("proof.exe", "proof.pdf"),
        ("picture.jpeg", "picture.jpeg"),
        ("no ending", "no ending.pdf"),
        (".pdf", "pdf.pdf"),
        ("", "proof.pdf"),
    ],
)
def test_the_ending_is_one_of_those_that_the_content_asks_for(given: str, kept: str) -> None:
    assert kept_name_as(given, ("pdf", "jpeg"), most=100, otherwise="proof") == kept
