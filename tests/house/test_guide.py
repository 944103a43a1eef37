"""docs/guide.md: every picture that it shows is taken by bin/pictures, and is there."""

import re
from pathlib import Path

from demo.pictures import PICTURES, PLACE

DOCS = Path(__file__).resolve().parents[2] / "docs"
SHOWN = re.compile(r"!\[[^\]]+\]\((guide/pictures/([\w-]+)\.png)\)")
NAMED = re.compile(r"`(docs/[\w/.-]+)`")
MOST_BYTES = 150_000


def shown():
    """The pictures of the guide, by name."""
    return {name: DOCS / path for path, name in SHOWN.findall((DOCS / "guide.md").read_text())}


def test_every_picture_of_the_guide_is_there_and_small():
    for name, file in shown().items():
        assert file.is_file(), f"Take it: bin/pictures --only {name}"
        assert file.stat().st_size < MOST_BYTES, name


def test_every_picture_that_is_kept_is_shown_and_can_be_taken_again():
    taken = {picture.name for picture in PICTURES}
    assert {file.stem for file in PLACE.glob("*.png")} == set(shown()) == taken


def test_every_document_that_the_guide_names_is_there():
    for path in NAMED.findall((DOCS / "guide.md").read_text()):
        assert (DOCS.parent / path).exists(), path
