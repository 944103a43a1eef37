"""Setting pages: one bundled font, the archivable kind of PDF, and no glyph that is missing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import typst

#: Archivable and accessible: PDF/A-3a and PDF/UA-1.
STANDARDS: tuple[typst.PDFStandard, ...] = ("a-3a", "ua-1")
#: What both cuts of the bundled font can draw, as first and last code points.
DRAWABLE = (
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x148), (0x14A, 0x17F), (0x384, 0x38A), (0x38E, 0x3A1),
    (0x3A3, 0x3CE), (0x400, 0x479), (0x490, 0x49D), (0x1E00, 0x1E9B), (0x200B, 0x200B),
    (0x2010, 0x2027), (0x202F, 0x202F), (0x2030, 0x203A), (0x20A0, 0x20AF), (0x20BD, 0x20BD),
    (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212), (0x25A1, 0x25A1),
)  # fmt: skip
_LONG_WORD = re.compile(r"(\S{40})(?=\S)")


def typeset(template: Path, *, standards: Sequence[typst.PDFStandard] = (), **inputs: str) -> bytes:
    """Return a template set with ``inputs`` as PDF. Equal inputs give equal bytes."""
    pdf = typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        format="pdf",
        pdf_standards=list(standards),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave pages instead of one document")
    return pdf


def printable(text: str) -> str:
    """Return ``text`` with a hollow square for what the bundled font cannot draw (rule F26).

    An archivable PDF with a missing glyph would be refused. Controls become blanks, invisible
    marks go, and words of more than 40 characters may break.
    """
    drawn = "".join(_drawn(character) for character in unicodedata.normalize("NFC", text))
    return _LONG_WORD.sub(r"\1" + "\u200b", drawn)


def _drawn(character: str) -> str:
    if any(first <= ord(character) <= last for first, last in DRAWABLE):
        return character
    kind = unicodedata.category(character)
    if kind == "Cc" or kind.startswith("Z"):
        return " "
    return "" if kind in {"Cf", "Mn"} else "□"


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[Path(__file__).parent / "fonts"],
    )
